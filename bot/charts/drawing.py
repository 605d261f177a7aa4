"""Draws charts with Matplotlib: it brings along a font that has every Kazakh letter.

The library takes seconds to load where its font cache is not there yet, so it is loaded with the first chart, on the
thread that draws.
"""

import asyncio
import io
import logging
from typing import TYPE_CHECKING, Final

from bot.core.charts import Chart, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INCHES: Final = (7.2, 2.9)  # of a panel; at DOTS that is 1080 pixels wide, the width at which phones show a photo
DOTS: Final = 150
HEAD_INCHES: Final = 0.9
TEXT_POINTS, TITLE_POINTS = 15, 18  # a phone shows the picture at a third of its size
LEGEND: Final = {
    "handlelength": 1.0,
    "handletextpad": 0.4,
    "columnspacing": 1.0,
}  # three names fit in a row
MOST_TICKS: Final = 3  # «23 September» takes a quarter of the width
MARGIN_INCHES: Final = 0.15
FONT: Final = "DejaVu Sans"
INK, GREY, LINE = "#1f2933", "#5f6c7b", "#dfe5ea"
COLOURS: Final = ("#0b7f8f", "#e08e1b", "#5b5fc7", "#a23b72")  # told apart by colour-blind readers too, by lightness

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of building its font cache, and where


class Charts:
    """``ports.Charts``, one drawing at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def draw(self, chart: Chart) -> bytes:
        """Return the chart as a PNG, 1080 pixels wide, drawn on a thread."""
        async with self._turn:
            return await asyncio.to_thread(draw, chart)


def draw(chart: Chart) -> bytes:
    """Return the chart as a PNG on a light ground."""
    from matplotlib import rc_context  # noqa: PLC0415 - heavy, see above
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.layout_engine import ConstrainedLayoutEngine  # noqa: PLC0415

    with rc_context({"font.family": FONT, "font.size": TEXT_POINTS, "text.color": INK, "text.parse_math": False}):
        size = (INCHES[0], HEAD_INCHES + INCHES[1] * len(chart.panels))
        margins = ConstrainedLayoutEngine(w_pad=MARGIN_INCHES, h_pad=MARGIN_INCHES)
        figure = Figure(figsize=size, dpi=DOTS, facecolor="white", layout=margins)
        FigureCanvasAgg(figure)
        rows = figure.subplots(len(chart.panels), 1, sharex=True, sharey=chart.one_scale, squeeze=False)[:, 0]
        for axes, panel in zip(rows, chart.panels, strict=True):
            _draw_panel(axes, panel)
        _mark_days(rows[-1], chart.days)
        if len(chart.panels[0].series) > 1:
            handles, names = rows[0].get_legend_handles_labels()
            figure.legend(handles, names, loc="outside upper left", ncols=len(names), frameon=False, **LEGEND)
        file = io.BytesIO()
        figure.savefig(file, format="png")
    return file.getvalue()


def _draw_panel(axes: "Axes", panel: Panel) -> None:
    """Draw the series of a panel on each other, with whole numbers beside them."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    base = [0] * len(panel.series[0].values)
    for series, colour in zip(panel.series, COLOURS, strict=False):
        axes.bar(range(len(base)), series.values, bottom=base, width=0.78, color=colour, label=series.name)
        base = [below + value for below, value in zip(base, series.values, strict=True)]
    axes.set_title(panel.title, loc="left", fontweight="bold", fontsize=TITLE_POINTS)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.set_ylim(bottom=0, top=max(1, axes.get_ylim()[1], max(base) * 1.05))
    axes.set_xlim(-0.7, len(base) - 0.3)
    axes.grid(axis="y", color=LINE, linewidth=1)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.tick_params(length=0, colors=GREY, pad=6)


def _mark_days(axes: "Axes", days: tuple[str, ...]) -> None:
    """Write some of the days below, evenly, the last one among them."""
    step = max(1, -(-len(days) // MOST_TICKS))
    shown = list(range(len(days) - 1, -1, -step))[::-1]
    axes.set_xticks(shown, [days[number] for number in shown])
