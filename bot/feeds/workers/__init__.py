"""Parsing in processes that can be killed: what a hostile document costs, it costs its own process.

::

    pool (which document runs when) | process (one worker, asked over a pipe) | child (inside the worker)
"""
