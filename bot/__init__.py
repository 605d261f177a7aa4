"""Jarshy (Жаршы): news digests in Kazakh, Russian and English, brought by Telegram.

The map of the house, and the one direction in which its rooms may import each other::

    language <- core <- ports <- services <- handlers <- app <- command_line <- __main__
                  ^       ^
                  |       +--- feeds, storage, telegram, web, charts      (they implement ports)
                  |
                  +----------- i18n                               (it implements core.texts)

    errors, settings    known to every room; they know none
    language, core      pure: no await, no clock, no input or output, no environment
    services            the verbs, in terms of ports alone
    charts              draws what ``core.charts`` says
    handlers            (top-level package) parse -> call a service -> render -> reply
    sandbox             a local Bot API, a chat page and sample news; knows ``core`` only
    program, app        a running process, and the composition root: with ``receiving`` the only importer of all rooms

One article::

    feeds.fetch | feeds.parse | core.decide | core.matching | core.stories | storage (one transaction a fetch)

One digest::

    storage (due chats) | core.digest | core.render | outbox, next slot (one transaction) | delivery | Telegram

One update::

    Telegram | inbox | handler | state + reply + "done" (one transaction) | delivery | Telegram

``tests/test_architecture.py`` holds the arrow.
"""

__version__ = "0.1.0"
