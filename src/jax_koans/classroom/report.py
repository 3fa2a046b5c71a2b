"""The records of a class's submissions: for the terminal, as CSV, as JUnit's XML."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from xml.etree import ElementTree

from jax_koans.classroom.judging import Record
from jax_koans.classroom.submission import WHOLE
from jax_koans.i18n import _
from jax_koans.judge.outcome import State
from jax_koans.screen.text import Text

_MOST = 5  # reasons that are listed


def lines(records: Sequence[Record]) -> list[Text]:
    """A line per submission, then what was met most, then what could not be read."""
    width = max([len(each.name) for each in records], default=0)
    shown = []
    records = sorted(records, key=lambda record: record.name)
    for each in records:
        others = Counter(state for state in each.states.values() if state != State.PASSED)
        told = ", ".join(f"{count} {state}" for state, count in sorted(others.items()))
        text = f"{each.name:<{width}}  {each.passed}/{len(each.states)}"
        shown.append(Text().add(text, bold=True).add(f"  {told}", light=True))
    met = Counter((koan, why) for each in records for koan, why in each.reasons.items())
    if met:
        shown += [Text(), Text().add(_("Met most:"), bold=True)]
        shown += [
            Text().add(f"  {count} x  {koan}: {why}")
            for (koan, why), count in met.most_common(_MOST)
        ]
    if unread := [each for each in records if each.problems]:
        shown += [Text(), Text().add(_("Not read:"), bold=True)]
        shown += [Text().add(f"  {line}", red=True) for each in unread for line in _unread(each)]
    return shown


def _unread(record: Record) -> Iterator[str]:
    """A line per reason why something of a submission was not read."""
    for why, group in groupby(sorted(record.problems.items(), key=itemgetter(1)), itemgetter(1)):
        first, *others = (file for file, _why in group)
        more = _(" and {count} more").format(count=len(others)) if others else ""
        yield ": ".join([record.name, *([] if first == WHOLE else [first + more]), why])


def to_csv(records: Sequence[Record]) -> str:
    """A row per submission: its name, how many passed of how many, each koan's state."""
    text = io.StringIO()
    koans = list(records[0].states) if records else []
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["submission", "passed", "total", *koans])
    for each in sorted(records, key=lambda record: record.name):
        states = [each.states.get(koan, "") for koan in koans]
        writer.writerow([each.name, each.passed, len(each.states), *states])
    return text.getvalue()


def to_junit(records: Sequence[Record]) -> str:
    """A test suite per submission, a test case per koan."""
    root = ElementTree.Element("testsuites")
    for each in sorted(records, key=lambda record: record.name):
        failed = len(each.states) - each.passed
        suite = ElementTree.SubElement(
            root, "testsuite", name=each.name, tests=str(len(each.states)), failures=str(failed)
        )
        for koan, state in each.states.items():
            case = ElementTree.SubElement(suite, "testcase", classname=each.name, name=koan)
            if state != State.PASSED:
                ElementTree.SubElement(case, "failure", message=each.reasons.get(koan, state))
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
