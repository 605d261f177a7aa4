"""Sources: what outlets publish, fetched politely and read exactly.

::

    fetch (HTTP, politeness, guard) | worker (a killable process) | parse (pure) -> FeedDocument

``parse`` chooses by content among ``xmlfeed``, ``jsonfeed``, ``sitemap`` and ``listing``; ``dates``, ``markup`` and
``charset`` serve all four. ``pages`` fetches what is not a feed: pages for ``discover`` and ``extract``.
"""
