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
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def lines(learners: Sequence[Learner], total: int, now: datetime) -> list[Text]:
    """Where most are, then a line per learner, in the order that they come in."""
    heads = (_("learner"), _("passed"), _("since"), _("hints"), _("given up"), _("koan"))
    rows = [heads, *(_row(each, total, now) for each in learners)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    shown = [*_where_most_are(learners), Text()]
    for number, row in enumerate(rows):
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        is_problem = bool(number and learners[number - 1].problem)
        shown.append(Text().add(text.rstrip(), bold=not number, red=is_problem))
    return shown


def to_csv(learners: Sequence[Learner], total: int) -> str:
    """Comma-separated values with a head; times are ISO 8601."""
    text = io.StringIO()
    rows = [_record(each, total) for each in learners]
    writer = csv.DictWriter(text, list(_record(Learner(""), total)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def to_json(learners: Sequence[Learner], total: int) -> str:
    """A list of objects."""
    return json.dumps([_record(each, total) for each in learners], indent=1) + "\n"


def _record(each: Learner, total: int) -> dict[str, str | int]:
    since = each.since.isoformat(timespec="seconds") if each.since else ""
    return vars(each) | {"total": total, "since": since}


def _row(each: Learner, total: int, now: datetime) -> tuple[str, ...]:
    name = each.name if len(each.name) <= _WIDEST else f"...{each.name[-_WIDEST + 3 :]}"
    if each.problem:
        return name, "?", "", "", "", each.problem
    since = _ago((now - each.since).total_seconds()) if each.since and each.koan else ""
    counts = [str(count) if count else "" for count in (each.hints, each.given_up)]
    return name, f"{each.passed}/{total}", since, *counts, each.koan or _("all passed")


def _where_most_are(learners: Sequence[Learner]) -> list[Text]:
    at = Counter(each.koan for each in learners if each.koan and not each.problem)
    found = [(koan, count) for koan, count in at.most_common(_MOST) if count > 1]
    text = _("{count} of {total} are at {koan}")
    return [
        Text().add(text.format(count=count, total=len(learners), koan=koan), yellow=True)
        for koan, count in found
    ] or [Text().add(_("{total} learners").format(total=len(learners)))]


def _ago(seconds: float) -> str:
    if seconds < _HOUR:
        return _("{count} min").format(count=int(seconds // _MINUTE))
    if seconds < _DAY:
        return _("{count} h").format(count=int(seconds // _HOUR))
    return _("{count} d").format(count=int(seconds // _DAY))
