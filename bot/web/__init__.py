"""The HTTP server: health, readiness, metrics and Telegram's webhook."""
