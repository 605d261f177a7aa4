"""A parsed document as ``python -m bot parse`` prints it. Pure."""

from datetime import UTC, datetime

from bot.core.model import FeedDocument


def describe(document: FeedDocument, source: str = "") -> dict[str, object]:
    """Return ``{"source", "title", "language", "entries": [{"id", "url", "title", "summary", "published"}]}``."""
    return {
        "source": source,
        "title": document.title,
        "language": document.language,
        "entries": [
            {
                "id": entry.id,
                "url": entry.url,
                "title": entry.title,
                "summary": entry.summary,
                "published": iso_utc(entry.published),
            }
            for entry in document.entries
        ],
    }


def iso_utc(moment: datetime | None) -> str | None:
    """Return an instant as ``2025-12-11T05:00:00Z``, or None."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z" if moment else None
