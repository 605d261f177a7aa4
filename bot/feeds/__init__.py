"""Feeds, articles' pages and lists of feeds, over HTTP.

::

    feed_source: a source and its state -> http (client, guard) -> workers (a process) -> parsers -> FeedDocument
    discovery: an address that a reader typed -> the feeds behind it
    article_pages: an article's address -> its text

``feed_services`` builds all of them over one HTTP client and one pool of workers; ``inspection`` serves the command
line; ``catalogue`` reads the built-in sources or the operator's; ``opml`` and ``feed_lists`` read and write lists.
"""
