"""The commands of the command line, one small file each; ``bot.command_line`` parses and calls them.

A command returns its exit code, prints results on standard output and warnings on standard error, and raises
``OperatorError`` for what the operator has to mend: one line, exit code 2.
"""
