"""What was measured of the feedback loop: a line a chapter, what is to be reached, and as JSON."""

import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finding import Finding
from loop import Row

ALL = "all"


@dataclass(frozen=True)
class Line:
    """A chapter's medians in milliseconds, the 95th percentile, and the medians of its ratios."""

    chapter: str
    cold: float
    watch: float
    late: float  # the watch's 95th percentile
    floor: float
    ratio: float  # watch / cold
    above: float  # watch - floor
    ready: float  # a spare's time to be ready / a cold run of the solution


def lines(rows: Sequence[Row]) -> list[Line]:
    """One line a chapter, and one over all."""
    chapters = dict.fromkeys(row["chapter"] for row in rows)
    return [
        *(
            _line(chapter, [row for row in rows if row["chapter"] == chapter])
            for chapter in chapters
        ),
        _line(ALL, rows),
    ]


def findings(rows: Sequence[Row]) -> list[Finding]:
    """What the loop should come to, beside what it came to."""
    *chapters, everything = lines(rows)
    slowest = max(chapters, key=lambda line: line.ratio)
    latest = max(chapters, key=lambda line: line.ready)
    return [
        Finding("the watch beside a cold pytest, median", everything.ratio, 0.15),
        Finding(f"the same in the slowest chapter ({slowest.chapter[:2]})", slowest.ratio, 0.25),
        Finding("the watch above the floor, median", everything.above, 60, "ms"),
        Finding("a spare ready, beside a cold run of the solution", everything.ready, 1.5),
        Finding(f"the same in the slowest chapter ({latest.chapter[:2]})", latest.ready, 1.5),
    ]


def turns(rows: Sequence[Row]) -> str:
    """A scene's turns, as they come."""
    each = (f"{row['cold']:.2f}, {row['watch']:.3f}, {row['floor']:.3f}" for row in rows)
    return "    cold, watch, floor in s: " + "; ".join(each)


HEAD = (
    f"{'milliseconds':<18}{'cold':>7}{'watch':>7}{'p95':>7}{'floor':>7}"
    f"{'watch/cold':>12}{'watch-floor':>12}{'ready':>9}"
)


def text(line: Line) -> str:
    """A line for a terminal, below `HEAD`."""
    return (
        f"{line.chapter:<18}{line.cold:>7.0f}{line.watch:>7.0f}{line.late:>7.0f}{line.floor:>7.0f}"
        f"{line.ratio:>12.3f}{line.above:>12.0f}{line.ready:>9.2f}"
    )


def markdown(rows: Sequence[Row], found: Sequence[Finding], where: str, command: str) -> str:
    """The README's two tables."""
    head = ["chapter", "cold", "watch", "95 of 100 within", "floor", "watch / cold"]
    loop = [
        "| " + " | ".join([f"{line.chapter}", *map(_ms, _times(line)), f"{line.ratio:.2f}"]) + " |"
        for line in lines(rows)
    ]
    return "\n".join(
        [
            f"`{command}`: {where}",
            "",
            f"| {' | '.join(head)} |",
            "|---" * len(head) + "|",
            *loop,
            "",
            "| what | found | at most |",
            "|---|---|---|",
            *(each.row() for each in found),
            "",
        ]
    )


def write(file: Path, rows: Sequence[Row], found: Sequence[Finding], where: str) -> None:
    """Everything as JSON, times in seconds."""
    everything = {
        "where": where,
        "rows": list(rows),
        "findings": [each.to_dict() for each in found],
    }
    file.write_text(json.dumps(everything, indent=1) + "\n")


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that so large a share of all does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _line(chapter: str, rows: Sequence[Row]) -> Line:
    watch = [row["watch"] * 1e3 for row in rows]
    return Line(
        chapter,
        cold=statistics.median(row["cold"] * 1e3 for row in rows),
        watch=statistics.median(watch),
        late=percentile(watch, 0.95),
        floor=statistics.median(row["floor"] * 1e3 for row in rows),
        ratio=statistics.median(row["watch"] / row["cold"] for row in rows),
        above=statistics.median((row["watch"] - row["floor"]) * 1e3 for row in rows),
        ready=statistics.median(row["ready"] / row["cold_solution"] for row in rows),
    )


def _times(line: Line) -> tuple[float, ...]:
    return line.cold, line.watch, line.late, line.floor


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms"
