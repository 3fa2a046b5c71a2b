"""What a koan that raised nothing must still stand: its own lines, and answers that are some.

A test whose lines were changed shows nothing, and neither does an answer that equals everything
or asks for the other side of its comparison.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jax_koans import no_answer
from jax_koans.i18n import _
from jax_koans.learner import LearnerFile
from jax_koans.outcome import Outcome, State
from jax_koans.source import Answer, Answers, Change, SourceError, answers, erase
from jax_koans.source.erase import bound, reference, stored
from jax_koans.source.match import tests
from jax_koans.source.own import own_statements
from jax_koans.source.text import Source, first_line

_ENDS = ast.Return | ast.Raise | ast.Break | ast.Continue | ast.Yield | ast.YieldFrom


@dataclass(frozen=True)
class Objection:
    """Why a koan does not count: an id, what to say, and the learner's line, where it has one."""

    id: str
    reason: str
    line: int | None = None


class Refused(Exception):
    """A koan raised nothing, and does not count all the same."""

    def __init__(self, objection: Objection) -> None:
        super().__init__(objection.reason)
        self.objection = objection


@dataclass(frozen=True)
class Review:
    """A learner's file beside its solution; made once a file, asked for each koan that passed."""

    file: LearnerFile
    solution: str

    @cached_property
    def found(self) -> Answers:
        """Raises SourceError: one of the texts is not Python."""
        return answers(self.file.source.text, self.solution)

    def objection(
        self, koan: str, namespace: dict[str, Any], arguments: dict[str, Any]
    ) -> Objection | None:
        """What keeps a koan from counting, though it raised nothing; None if nothing does.

        `namespace` is the learner's module, `arguments` are the test's: in doubt it is run once
        more to see what the answers came to.
        """
        try:
            for objections in (self._changed(koan), self._added(koan), self._copied(koan)):
                for objection in objections:
                    return objection
            return next(self._empty(koan, namespace, arguments), None)
        except SourceError:
            return None  # the file has changed since it was imported

    # The koan's own lines.

    @cached_property
    def _koan(self) -> ast.Module:
        return Source.read(erase(self.solution)).tree

    def _changed(self, koan: str) -> Iterator[Objection]:
        if not self.found.changes:
            return
        # What the test uses: by the koan as it was, and by what the learner wrote in its regions.
        own = own_statements(self._koan).get(koan, [])
        lines = {line for node in own for line in range(node.lineno, (node.end_lineno or 0) + 1)}
        theirs = own_statements(self.file.source.tree)[koan]
        names = {name for node in theirs for name in bound(node)}
        for node in self._koan.body:
            if not names.isdisjoint(bound(node)):
                lines |= {*range(node.lineno, (node.end_lineno or 0) + 1)}
        for change in self.found.changes:
            if change.koan == koan or (not change.koan and change.own in lines):
                yield _change(change, koan)

    def _added(self, koan: str) -> Iterator[Objection]:
        """Lines of the learner's that keep the koan's own from saying anything."""
        test = self.file.tests[koan]
        for extra in self.found.extras:
            if extra.koan != koan:
                continue
            for node in Source.read(extra.text.lstrip()).tree.body:
                line = _line_of(test, node)
                if isinstance(ends := next(_inside(node), None), ast.stmt | ast.expr):
                    text = _(
                        "`{line}` is yours, and it can end the test before the last line of the"
                        " koan's is reached. Take it out, and run again."
                    ).format(line=ast.unparse(ends).partition("\n")[0])
                    yield Objection("test-ended-early", text, line)
                for name in sorted({*stored(node)} & self._read_from(koan, extra.before)):
                    text = _(
                        "This line gives `{name}` another meaning, so the koan's own lines below it"
                        " look at something else. Choose another name, and run again."
                    ).format(name=name)
                    yield Objection("own-name-rebound", text, line)

    def _read_from(self, koan: str, line: int) -> set[str]:
        """The names that a koan's own statements read from a line of the koan on."""
        below = [
            node
            for node in ast.walk(tests(self._koan.body)[koan])
            if isinstance(node, ast.stmt) and node.lineno >= line
        ]
        return {
            name.id
            for node in below
            for name in ast.walk(node)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load)
        }

    # Answers that are none.

    def _given(self, koan: str) -> list[Answer]:
        """What stands at a koan's blanks, in order."""
        return [answer for answer in self.found.spots if answer.spot.koan == koan]

    def _copied(self, koan: str) -> Iterator[Objection]:
        test = tests(self._koan.body)[koan]
        for index, other in no_answer.other_sides(test):
            answer = self._given(koan)[index]
            if answer.text is not None and no_answer.asks_again(answer.text, other, test):
                text = _(
                    "`{other}` is what this line asks about. An answer that asks it again agrees"
                    " whatever happens: say what you expect, and run again."
                ).format(other=ast.unparse(other))
                yield Objection("answer-copied", text, answer.line)

    def _empty(
        self, koan: str, namespace: dict[str, Any], arguments: dict[str, Any]
    ) -> Iterator[Objection]:
        given = self._given(koan)
        if not given:
            return
        seen = no_answer.values(koan, self.found, self.solution, namespace, arguments)
        for answer, met, text in zip(given, seen, reference(self.solution, koan), strict=True):
            wanted = no_answer.evaluated(text, namespace)
            for value in met:
                for id, reason in no_answer.reasons(value, wanted):
                    yield Objection(id, reason, answer.line)


def refused(file: LearnerFile, name: str, koan: str, objection: Objection) -> Outcome:
    """The outcome of a koan that raised nothing and does not count all the same."""
    line = objection.line
    return Outcome(
        koan,
        name,
        State.REFUSED,
        idea=file.idea(koan),
        reason=objection.reason,
        line=line,
        excerpt=file.excerpt(line, line, {}) if line else (),
        misconception=objection.id,
    )


def _change(change: Change, koan: str) -> Objection:
    back = _("Put it back, or begin this koan anew (a backup is made):")
    back += f"\n\n    koans reset {koan}"
    if change.line is None:
        text = _("A line of the koan's own is missing, so it does not count yet. It says:")
        return Objection("own-line-missing", f"{text}\n\n    {change.text}\n\n{back}")
    text = _("This line is the koan's own, and it differs, so it does not count yet. It says:")
    return Objection("own-line-changed", f"{text}\n\n    {change.text}\n\n{back}", change.line)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """What ends a test, in a statement but not in the functions and loops inside of it."""
    if isinstance(node, _ENDS):
        yield node
    elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        own_loop = isinstance(node, ast.For | ast.While)
        for child in ast.iter_child_nodes(node):
            yield from (
                each
                for each in _inside(child)
                if not (own_loop and isinstance(each, ast.Break | ast.Continue))
            )


def _line_of(test: ast.FunctionDef, wanted: ast.stmt) -> int | None:
    """Where a statement stands in the learner's test."""
    dump = ast.dump(wanted)
    for node in ast.walk(test):
        if isinstance(node, ast.stmt) and ast.dump(node) == dump:
            return first_line(node)
    return None
