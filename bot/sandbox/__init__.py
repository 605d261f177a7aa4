"""A local Telegram: the Bot API, a chat page for the browser, and sample news, on one loopback port.

::

    browser page, tests          -> /sandbox/…         -> control -> readers -> World -> Updates -> the bot
    the bot                      -> /bot<token>/method -> botapi  -> methods -> World -> Journal -> page, tests
    the bot's feed fetcher       -> /news/<source>.xml -> news

``World`` is all the state there is, in memory. The parts under ``methods``, ``readers``, ``entities``,
``keyboards``, ``faults`` and ``limits`` know nothing of HTTP. Texts and codes of errors are Telegram's own.
"""
