"""What the services need of a draughtsman."""

from typing import Protocol

from bot.core.charts import Chart


class Charts(Protocol):
    """Draws charts."""

    async def draw(self, chart: Chart) -> bytes:
        """Return the chart as a PNG, beside the event loop."""
        ...
