"""What a learner's computer sends to a class: where one learner is. Never code, answers or paths.

A record is a JSON object of at most `LARGEST` bytes. Times are sent as seconds ago, since the
clocks of two computers differ.
"""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from jax_koans.classroom.learners import Learner
from jax_koans.i18n import _

LARGEST = 1000  # bytes
LONGEST_NAME = 40  # characters
_MOST = 1_000_000  # koans, hints, records
_YEAR = 366 * 86400  # seconds
_KOAN = re.compile(r"test_\w{1,120}|")
_COUNTS = ("number", "passed", "total", "hints", "given_up")
_AGES = ("since", "asks")


class Malformed(ValueError):
    """This is no record; the message says why."""


def to_bytes(learner: Learner, number: int, now: datetime) -> bytes:
    """The `number`-th record of a learner."""
    known = vars(learner) | {"number": number}
    data = {key: known[key] for key in ("name", "koan", *_COUNTS)}
    for key in _AGES:
        data[key] = known[key] and max(int((now - known[key]).total_seconds()), 0)
    return json.dumps(data).encode()


def from_bytes(body: bytes, now: datetime) -> tuple[Learner, int]:
    """The learner that a record is about, and its number.

    Raises:
        Malformed
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed(_("a record is a JSON object")) from None
    keys = {"name", "koan", *_COUNTS, *_AGES}
    if not isinstance(data, dict) or data.keys() != keys:
        raise Malformed(_("a record has the keys {keys}").format(keys=", ".join(sorted(keys))))
    checked_name(data["name"])
    for key in _COUNTS:
        _check_whole(data, key, _MOST)
    if data["passed"] > data["total"]:
        raise Malformed(_("passed is at most total"))
    if not isinstance(data["koan"], str) or not _KOAN.fullmatch(data["koan"]):
        raise Malformed(_("koan is the name of a koan"))
    for key in _AGES:
        if data[key] is not None:
            _check_whole(data, key, _YEAR)
            data[key] = now - timedelta(seconds=data[key])
    number: int = data.pop("number")
    return Learner(**data), number


def checked_name(name: Any) -> str:
    """A learner's name as they may choose it.

    Raises:
        Malformed
    """
    if not isinstance(name, str) or not name.isprintable() or name != name.strip():
        raise Malformed(_("a name is printable text, without blanks around it"))
    if not 0 < len(name) <= LONGEST_NAME:
        raise Malformed(_("a name has 1 to {most} characters").format(most=LONGEST_NAME))
    return name


def _check_whole(data: dict[str, Any], key: str, most: int) -> None:
    if type(data[key]) is not int or not 0 <= data[key] <= most:
        raise Malformed(_("{key} is a whole number from 0 to {most}").format(key=key, most=most))
