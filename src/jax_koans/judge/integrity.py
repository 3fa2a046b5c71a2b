"""What a koan that raised nothing must still stand: its own lines, and answers that say something.

A test whose own lines were changed or hidden checks nothing, and neither does an answer that
equals everything or repeats the question. Prints, variables and helpers are welcome.
"""

import ast
import builtins
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from jax_koans.i18n import _
from jax_koans.judge import trivial_answers
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Outcome, State
from jax_koans.source import Answers, Change, Extra, answers, erase, reasons
from jax_koans.source.blanks import questions
from jax_koans.source.erase import DEFINITION, bound, stored
from jax_koans.source.match import same
from jax_koans.source.own_source import own_statements
from jax_koans.source.text import Source, first_line, tests

_ENDS = ast.Return | ast.Break | ast.Continue
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_LOOPS = ast.For | ast.While


class Rejected(Exception):
    """A koan raised nothing, and does not pass all the same: why, and at which of its lines."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line

    def outcome(self, file: LearnerFile, name: str, koan: str) -> Outcome:
        excerpt = file.excerpt(self.line, self.line, {}) if self.line else ()
        outcome = Outcome(koan, name, State.REJECTED, line=self.line, excerpt=excerpt)
        return replace(outcome, docstring=file.docstring(koan), reason=self.reason)


@dataclass(frozen=True)
class Review:
    """A learner's file beside its solution; made once a file, asked for each koan."""

    file: LearnerFile
    solution: str

    def require(self, koan: str, namespace: dict[str, Any]) -> None:
        """Raises Rejected: the koan does not pass. None of its code runs again."""
        for problems in (self._changed(koan), self._added(koan), self._trivial(koan, namespace)):
            for problem in problems:
                raise problem

    def changed(self, koan: str) -> str:
        """What to say of a koan that failed, and whose own lines were changed; "" of all others."""
        for problem in self._changed(koan):
            where = _("Besides, line {line}:").format(line=problem.line)
            return f"{where if problem.line else _('Besides:')} {problem.reason}"
        return ""

    @cached_property
    def found(self) -> Answers:
        return answers(self.file.source.text, self.solution)

    @cached_property
    def _original(self) -> Source:
        return Source.read(erase(self.solution))

    def _own(self, koan: str) -> list[ast.stmt]:
        """The koan's own statements that a test uses, also by what the learner's code reads."""
        theirs = own_statements(self.file.source.tree).get(koan, ())
        names = {name for node in theirs for name in bound(node)}
        used = [node for node in self._original.tree.body if not names.isdisjoint(bound(node))]
        return [*own_statements(self._original.tree).get(koan, ()), *used]

    # Lines of the koan's own that are missing or differ.

    def _changed(self, koan: str) -> Iterator[Rejected]:
        own = {node.lineno: node for top in self._own(koan) for node in _statements(top)}
        for change in self.found.changes:
            ours = own.get(change.own)
            if ours is None or change.koan not in (koan, ""):
                continue
            # Editors remove an import that nothing needs; what is needed raises a NameError.
            if change.line or not isinstance(ours, ast.Import | ast.ImportFrom):
                yield self._differs(change, ours, koan)

    def _differs(self, change: Change, ours: ast.stmt, koan: str) -> Rejected:
        inner: list[ast.stmt] = getattr(ours, "body", [])
        last = max(inner[0].lineno - 1, ours.lineno) if inner else ours.end_lineno
        said = textwrap.dedent("".join(self._original.lines[ours.lineno - 1 : last])).splitlines()
        back = _("Restore it, or reset this koan (a backup is made):")
        says = "\n".join(["", "", *(f"    {line}" for line in said), "", back, ""])
        says += f"\n    koans reset {koan}"
        if change.line is None:
            return Rejected(_("A line of the koan's own is missing; it says:") + says)
        mine, theirs = self.file.source.lines[change.line - 1 :], self.file.statement(change.line)
        if isinstance(theirs, DEFINITION) and mine[0].strip() == said[0] and theirs.decorator_list:
            first = theirs.decorator_list[0]
            text = _("The koan has no `@{decorator}` here. Remove it.")
            return Rejected(text.format(decorator=ast.unparse(first)), first.lineno)
        if any(node is not theirs and same(ours, node) for node in self.file.source.tree.body):
            hidden = set(bound(ours)).intersection(bound(theirs) if theirs else ())
            return Rejected(_hidden(", ".join(sorted(hidden))), change.line)
        # Of several lines the first one that differs.
        pairs = enumerate(zip(said, mine, strict=False), change.line)
        line = next((at for at, (one, two) in pairs if one.strip() != two.strip()), change.line)
        return Rejected(_("The line is the koan's own and differs; it says:") + says, line)

    # Lines of the learner's that hide or change what the koan's own lines check.

    def _added(self, koan: str) -> Iterator[Rejected]:
        for extra in self.found.extras:
            if extra.koan not in (koan, ""):
                continue
            if not extra.text[:1].isspace():  # it stands beside the koan's own definitions
                own = own_statements(self._original.tree).get(koan, ())
                for name in _read(own).intersection(bound(extra.node), vars(builtins)):
                    yield Rejected(_hidden(name), first_line(extra.node))
            elif owner := next((each for each in self._own(koan) if _holds(each, extra)), None):
                for reason in _hides(extra, owner):
                    yield Rejected(reason, first_line(extra.node))

    def _trivial(self, koan: str, namespace: dict[str, Any]) -> Iterator[Rejected]:
        test, mine = tests(self._original.tree.body)[koan], self.file.tests[koan]
        local = {each.arg for each in ast.walk(test) if isinstance(each, ast.arg)}
        local |= {name for node in _statements(mine) for name in bound(node)}
        given = [answer for answer in self.found.spots if answer.spot.koan == koan]
        known = zip(given, questions(test), reasons(self.solution)[koan], strict=True)
        for answer, asked, told in known:
            text, question = answer.text or "", asked.comparison.left
            values = [trivial_answers.value(each, namespace, local) for each in (text, told.answer)]
            reason = trivial_answers.repeated(text, question) or trivial_answers.objection(*values)
            if reason:
                yield Rejected(reason, answer.line)


def _hides(extra: Extra, owner: ast.stmt) -> Iterator[str]:
    """How a statement that was added inside `owner` hides or changes the koan's own lines."""
    node = extra.node
    if ends := next(_ends(node, _ENDS), None):
        text = _("This line is yours: `{line}` can end the test before its last line. Remove it.")
        yield text.format(line=ast.unparse(ends))
    blocks = [each for each in _statements(owner) if _holds(each, extra)]
    caught = any(isinstance(each, ast.With) and "raises(" in ast.unparse(each) for each in blocks)
    if caught and not ast.unparse(node).startswith("print("):
        yield _("An exception of this line counts as the koan's own. Move it out of the `with`.")
    below = [each for each in _statements(owner) if each.lineno >= extra.before]
    read = _read([*below, *(each for each in blocks if isinstance(each, _LOOPS))])
    parts = [each for each in ast.walk(node) if isinstance(each, ast.Subscript | ast.Attribute)]
    written = [ast.unparse(each.value) for each in parts if isinstance(each.ctx, ast.Store)]
    for name in sorted(read.intersection([*stored(node), *written])):
        yield _hidden(name)


def _hidden(name: str) -> str:
    text = _("This line changes `{name}`, which the koan's own lines read. Use another name.")
    return text.format(name=name)


def _holds(block: ast.stmt, extra: Extra) -> bool:
    """Whether a block of the koan's holds a statement of the learner's, by its indentation."""
    indent = len(extra.text) - len(extra.text.lstrip())
    return block.lineno < extra.before <= (block.end_lineno or 0) + 1 and block.col_offset < indent


def _statements(tree: ast.AST) -> list[ast.stmt]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def _read(nodes: Iterable[ast.AST]) -> set[str]:
    names = (each for node in nodes for each in ast.walk(node) if isinstance(each, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Load)}


def _ends(node: ast.AST, ends: Any) -> Iterator[ast.AST]:
    """What ends a test, in a statement but not in the functions and loops inside of it."""
    if isinstance(node, ends):
        yield node
    elif not isinstance(node, _SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from _ends(child, ast.Return if isinstance(node, _LOOPS) else ends)
