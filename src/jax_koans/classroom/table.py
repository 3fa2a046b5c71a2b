"""A class as a table: for the terminal, as CSV, as JSON."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from jax_koans.classroom.learners import Learner
from jax_koans.i18n import _
from jax_koans.screen.text import Text

_MOST = 3  # koans that are named above the table
_WIDEST = 30  # characters of a learner's name
COLUMNS = ("passed", "since", "hints", "given_up", "koan", "asks")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def lines(learners: Sequence[Learner], now: datetime) -> list[Text]:
    """Where most are, then a line per learner, in the order that they come in."""
    heads = (_("learner"), _("passed"), _("since"), _("hints"), _("given up"), _("koan"))
    rows = [heads, *(_row(each, now) for each in learners)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    shown = [*(Text().add(each, yellow=True) for each in where_most_are(learners)), Text()]
    colors = [{"bold": True}, *map(_color, learners)]
    for row, color in zip(rows, colors, strict=True):
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        shown.append(Text().add(text.rstrip(), **color))
    return shown


def to_csv(learners: Sequence[Learner]) -> str:
    """Comma-separated values with a head; times are ISO 8601."""
    text = io.StringIO()
    rows = [_record(each) for each in learners]
    writer = csv.DictWriter(text, list(_record(Learner(""))), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def to_json(learners: Sequence[Learner]) -> str:
    """A list of objects."""
    return json.dumps([_record(each) for each in learners], indent=1) + "\n"


def cells(each: Learner, now: datetime) -> dict[str, str]:
    """What the table says of a learner, by the learner's attributes; times as how long ago."""
    if each.problem:
        return dict.fromkeys(COLUMNS, "") | {"passed": "?", "koan": each.problem}
    asks = _("asks for help, {ago}").format(ago=_ago(each.asks, now)) if each.asks else ""
    return {
        "passed": f"{each.passed}/{each.total}",
        "since": _ago(each.since, now) if each.since and each.koan else "",
        "hints": str(each.hints or ""),
        "given_up": str(each.given_up or ""),
        "koan": each.koan or _("all passed"),
        "asks": asks,
    }


def where_most_are(learners: Sequence[Learner]) -> list[str]:
    """At which koans more than one learner is, the most frequent ones; else how many there are."""
    at = Counter(each.koan for each in learners if each.koan and not each.problem)
    text = _("{count} of {total} are at {koan}")
    return [
        text.format(count=count, total=len(learners), koan=koan)
        for koan, count in at.most_common(_MOST)
        if count > 1
    ] or [_("{total} learners").format(total=len(learners))]


def _color(each: Learner) -> dict[str, bool]:
    return {"red": bool(each.problem), "yellow": bool(each.asks)}


def _record(each: Learner) -> dict[str, str | int]:
    times = {"since": each.since, "asks": each.asks}
    return vars(each) | {
        key: at.isoformat(timespec="seconds") if at else "" for key, at in times.items()
    }


def _row(each: Learner, now: datetime) -> tuple[str, ...]:
    name = each.name if len(each.name) <= _WIDEST else f"...{each.name[-_WIDEST + 3 :]}"
    found = cells(each, now)
    koan = "  ".join(filter(None, (found["koan"], found["asks"])))
    return name, *(found[key] for key in COLUMNS[:4]), koan


def _ago(at: datetime, now: datetime) -> str:
    seconds = max((now - at).total_seconds(), 0)
    if seconds < _HOUR:
        return _("{count} min").format(count=int(seconds // _MINUTE))
    if seconds < _DAY:
        return _("{count} h").format(count=int(seconds // _HOUR))
    return _("{count} d").format(count=int(seconds // _DAY))
