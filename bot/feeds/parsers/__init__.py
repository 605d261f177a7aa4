"""Bytes -> documents. Pure: no network, no clock, no files; run in worker processes.

``detection`` chooses by content among ``xml`` (RSS, Atom, RDF), ``json`` (JSON Feed), ``sitemap`` and ``html_listing``.
``charset``, ``dates`` and ``markup`` serve all of them. ``feed_links`` and ``article_text`` read pages.
"""
