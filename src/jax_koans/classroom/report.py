"""The records of a class's submissions: for the terminal, as CSV, as JUnit's XML."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree

from jax_koans.classroom.judging import Record
from jax_koans.i18n import _
from jax_koans.judge.outcome import State
from jax_koans.screen.text import Text

_MOST = 5  # reasons that are listed


def lines(records: Sequence[Record]) -> list[Text]:
    """A line per submission, then what was met most, then what could not be read."""
    width = max([len(each.name) for each in records], default=0)
    shown = []
    for each in sorted(records, key=lambda record: record.name):
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
    unread = [(each.name, *item) for each in records for item in each.problems.items()]
    if unread:
        shown += [Text(), Text().add(_("Not read:"), bold=True)]
        shown += [Text().add(f"  {name}: {file}: {why}", red=True) for name, file, why in unread]
    return shown


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
