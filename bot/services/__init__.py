"""The verbs of Jarshy, in terms of ports alone.

Each service is bound to a unit of work (a transaction that somebody else commits) or, where it is a loop of its own,
to the storage. What it decides it decides in ``core``; what it returns is data that ``handlers`` put into words.
"""
