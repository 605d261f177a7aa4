"""httpx's own transport over a connection pool with our way of connecting."""

import ssl

import httpcore
import httpx

CONNECTIONS = 64


class GuardedTransport(httpx.AsyncHTTPTransport):
    """``httpx.AsyncHTTPTransport`` offers no place for a network backend: this puts the pool that has one in place.

    No connection is kept alive: feeds live on as many hosts, and looking through a pool costs more than connecting.
    """

    def __init__(self, backend: httpcore.AsyncNetworkBackend, context: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context, max_connections=CONNECTIONS, max_keepalive_connections=0, network_backend=backend
        )
