"""HTTP for feeds: an address -> status, headers and unpacked body, or a ``FeedError``.

::

    client: redirects, time limits | host_limits: one request a host, a pause | transport: connect where guard allows
                                   | content_encoding: unpack within limits

``caching_headers`` reads what an answer says of the next request; ``robots`` asks a host's robots.txt, whose rules
``robots_rules`` reads.
"""
