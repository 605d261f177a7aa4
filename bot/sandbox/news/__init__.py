"""Sample news in three languages, served as feeds whose entries are dated relative to the server's start.

The articles are written for this project; their outlets do not exist, except Kazinform with one headline and lead.
"""

from bot.sandbox.news.newsroom import NewsRoom, sources_toml

__all__ = ["NewsRoom", "sources_toml"]
