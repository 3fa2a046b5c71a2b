"""What a koan that raised nothing must still stand: its own lines, and answers that are some.

A test whose lines were changed shows nothing, and neither does an answer that equals everything
or asks for the other side of its comparison.
"""

import ast
import builtins
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jax_koans.i18n import _
from jax_koans.judge import no_answer
from jax_koans.judge.additions import keeps_from_saying, read_in, rebound, stands_in
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Outcome, State
from jax_koans.source import Answer, Answers, Change, Extra, SourceError, answers, erase
from jax_koans.source.erase import DEFINITION, bound, reference
from jax_koans.source.match import same, tests
from jax_koans.source.own import own_statements
from jax_koans.source.text import Source, first_line


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
        self,
        koan: str,
        function: Callable[..., Any],
        namespace: dict[str, Any],
        arguments: dict[str, Any],
    ) -> Objection | None:
        """What keeps a koan from counting, though it raised nothing; None if nothing does.

        `function` is what ran, `namespace` the learner's module, `arguments` are the test's: in
        doubt it is run once more to see what the answers came to.
        """
        for objections in (
            self._changed(koan),
            self._replaced(koan, function, namespace),
            self._added(koan),
            self._copied(koan),
            self._empty(koan, namespace, arguments),
        ):
            for objection in objections:
                return objection
        return None

    # The koan's own lines.

    def changed(self, koan: str) -> str:
        """What to say of a koan that failed, and whose own lines were changed; "" of all others."""
        for objection in self._changed(koan):
            where = _("Besides, line {line}:").format(line=objection.line)
            return f"{where if objection.line else _('Besides:')} {objection.reason}"
        return ""

    @cached_property
    def _text(self) -> Source:
        """The koan as it was."""
        return Source.read(erase(self.solution))

    @cached_property
    def _koan(self) -> ast.Module:
        return self._text.tree

    @cached_property
    def _statements(self) -> dict[int, ast.stmt]:
        """The koan's own statements, by the lines they begin at."""
        return {node.lineno: node for node in ast.walk(self._koan) if isinstance(node, ast.stmt)}

    def _own_lines(self, koan: str) -> set[int]:
        """The lines of what a test uses: by the koan as it was, and by what the learner wrote in
        its regions."""
        own = own_statements(self._koan).get(koan, [])
        lines = {line for node in own for line in _lines(node)}
        theirs = own_statements(self.file.source.tree).get(koan, [])
        names = {name for node in theirs for name in bound(node)}
        for node in self._koan.body:
            if not names.isdisjoint(bound(node)):
                lines |= {*_lines(node)}
        return lines

    def _changed(self, koan: str) -> Iterator[Objection]:
        if not self.found.changes:
            return
        lines = self._own_lines(koan)
        for change in self.found.changes:
            if change.koan != koan and (change.koan or change.own not in lines):
                continue
            # Editors take an import away that nothing needs; what is needed raises a NameError.
            is_import = isinstance(self._statements[change.own], ast.Import | ast.ImportFrom)
            if not (is_import and change.line is None):
                yield self._differs(change, koan)

    def _differs(self, change: Change, koan: str) -> Objection:
        back = _("Put it back, or begin this koan anew (a backup is made):")
        back += f"\n\n    koans reset {koan}"
        ours = self._statements[change.own]
        said = self._said(ours)
        says = "\n".join(f"    {line}".rstrip() for line in said)
        if change.line is None:
            text = _("A line of the koan's own is missing, so it does not count yet. It says:")
            return Objection("own-line-missing", f"{text}\n\n{says}\n\n{back}")
        mine = self.file.source.lines[change.line - 1 :]
        theirs = self.file.statement(change.line)
        if isinstance(theirs, DEFINITION) and mine[0].strip() == said[0] and theirs.decorator_list:
            first = theirs.decorator_list[0]
            text = _("The koan has no `@{decorator}` here, so it does not count yet. Take it out.")
            text = text.format(decorator=ast.unparse(first))
            return Objection("own-line-changed", text, first.lineno)
        if any(node is not theirs and same(ours, node) for node in self.file.source.tree.body):
            hidden = set(bound(ours)).intersection(bound(theirs) if theirs else ())
            name = ", ".join(sorted(hidden))  # the koan's line is there, and this one hides it
            return Objection("own-name-rebound", rebound(name), change.line)
        text = _("This line is the koan's own, and it differs, so it does not count yet. It says:")
        # Of several lines the first one that differs.
        pairs = enumerate(zip(said, mine, strict=False), change.line)
        line = next((at for at, (one, two) in pairs if one.strip() != two.strip()), change.line)
        return Objection("own-line-changed", f"{text}\n\n{says}\n\n{back}", line)

    def _said(self, node: ast.stmt) -> list[str]:
        """What the koan says: a whole statement, of a compound one the head."""
        inner: list[ast.stmt] = getattr(node, "body", [])
        last = max(inner[0].lineno - 1, node.lineno) if inner else node.end_lineno or 0
        lines = [line.rstrip() for line in self._text.lines[node.lineno - 1 : last]]
        if inner:  # no docstring, no comment
            head = next((i for i, line in enumerate(lines, 1) if line.endswith(":")), len(lines))
            lines = lines[:head]
        return textwrap.dedent("\n".join(lines)).split("\n")

    def _replaced(
        self, koan: str, function: Callable[..., Any], namespace: dict[str, Any]
    ) -> Iterator[Objection]:
        """Not the test of the file has run, but something else that has got its name."""
        test, code = self.file.tests.get(koan), getattr(function, "__code__", None)
        if (
            test is None
            or code is None
            or function.__globals__ is not namespace
            or code.co_firstlineno != first_line(test)
        ):
            text = _("Something else has run in place of this test: what else is called `{koan}`?")
            line = test.lineno if test else None
            yield Objection("own-test-replaced", text.format(koan=koan), line)

    def _added(self, koan: str) -> Iterator[Objection]:
        """Lines of the learner's that keep the koan's own from saying anything."""
        lines = self._own_lines(koan) if self.found.extras else set()
        for extra in self.found.extras:
            if extra.koan not in (koan, ""):
                continue
            if not extra.text[:1].isspace():
                yield from self._hides_builtins(extra, koan)
                continue
            owner = next((node for node in self._koan.body if stands_in(extra, node)), None)
            if owner is None or (not extra.koan and owner.lineno not in lines):
                continue
            # It is indented: as it stands only a block can hold it.
            block = Source.read(f"if True:\n{extra.text}").tree.body[0]
            assert isinstance(block, ast.If)
            for node in block.body:
                for id, reason in keeps_from_saying(node, extra, owner):
                    yield Objection(id, reason, self._line_of(node))

    def _hides_builtins(self, extra: Extra, koan: str) -> Iterator[Objection]:
        """A definition beside the koan's own that takes the place of `len` in the koan's lines."""
        read = read_in(own_statements(self._koan).get(koan, []))
        for node in Source.read(extra.text).tree.body:
            for name in bound(node):
                if name in read and hasattr(builtins, name):
                    yield Objection("own-name-rebound", rebound(name), self._line_of(node))

    def _line_of(self, wanted: ast.stmt) -> int | None:
        """Where a statement stands in the learner's file."""
        dump = ast.dump(wanted)
        for node in ast.walk(self.file.source.tree):
            if isinstance(node, ast.stmt) and ast.dump(node) == dump:
                return first_line(node)
        return None

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
        try:
            seen = no_answer.values(koan, self.found, self.solution, namespace, arguments)
        except SourceError:  # an answer that is no expression by itself, such as `*numbers`
            return
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


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or 0) + 1)
