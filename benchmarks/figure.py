"""One figure of the feedback loop: cold, watch and floor, chapter by chapter."""

from collections.abc import Sequence
from pathlib import Path

from loop import Row
from table import ALL, lines


def draw(rows: Sequence[Row], file: Path, where: str) -> None:
    """Draw each chapter's medians, the watch with its 95th percentile (needs the extra `plots`)."""
    from matplotlib.figure import Figure  # no window, and no state that others share

    table = lines(rows)
    chapters = [line for line in table if line.chapter != ALL]
    places = range(len(chapters))
    figure = Figure(figsize=(8, 1.6 + 0.36 * len(chapters)), layout="constrained")
    axes = figure.add_subplot()
    watch = [line.watch for line in chapters]
    late = [line.late - line.watch for line in chapters]
    axes.hlines(
        places, [line.floor for line in chapters], [line.cold for line in chapters],
        color="0.85", linewidth=1, zorder=0,
    )  # fmt: skip
    axes.scatter([line.floor for line in chapters], places, marker="|", s=120, color="0.35",
                 label="floor: the same again, in a process that has just run it")  # fmt: skip
    axes.errorbar(
        watch, places, xerr=[[0.0] * len(late), late], fmt="o", color="C0", capsize=3,
        label="watch: save to verdict, and its 95th percentile",
    )  # fmt: skip
    axes.scatter([line.cold for line in chapters], places, marker="s", s=42, facecolors="white",
                 edgecolors="C3", label="cold: a fresh pytest of the file")  # fmt: skip
    axes.set_yticks(list(places), [line.chapter for line in chapters])
    axes.invert_yaxis()
    axes.set_xscale("log")
    ticks = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    shown = [value for line in chapters for value in (line.cold, line.late, line.floor)]
    axes.set_xlim(min(shown) / 1.3, max(shown) * 1.3)
    axes.set_xlabel("milliseconds (logarithmic), medians")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    overall = next(line for line in table if line.chapter == ALL)
    figure.suptitle(
        f"From save to verdict: {overall.watch:.0f} ms, a cold pytest {overall.cold:.0f} ms",
        fontsize="medium",
    )
    figure.legend(loc="outside lower left", frameon=False, fontsize="small")
    figure.text(0.995, 0.005, where, ha="right", va="bottom", fontsize=5, color="0.4")
    figure.savefig(file, dpi=150)
