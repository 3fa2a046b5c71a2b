"""The table of explanations, `exceptions.toml`: its entries, and which one fits a failure."""

import ast
import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jax_koans.feedback import forms
from jax_koans.feedback.expression import Expression, is_call_of, quoted
from jax_koans.feedback.frames import Stop, walk
from jax_koans.feedback.values import names_of, public
from jax_koans.i18n import _
from jax_koans.source.own import own_statements

_TABLE = Path(__file__).with_name("exceptions.toml")


@dataclass(frozen=True)
class Explanation:
    """What is certain of a failure (`why`), what to do (`advice`), and the topic it belongs to."""

    why: str
    advice: str
    topic: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry of the table: when it applies, and what it says.

    Every condition that is given must hold; of several values in a list, one. `site`, `call`,
    `made_by`, and what `holds`, `argument`, `index` and `callee` hold, are the expression's;
    `context` is a `with` around it, `uses` a function that the koan's code mentions. `form` is a
    mistake that the syntax tree shows; such an entry has no `error`.
    """

    why: str
    advice: str
    topic: str
    error: tuple[str, ...] = ()
    site: tuple[str, ...] = ()
    call: tuple[str, ...] = ()
    made_by: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    argument: tuple[str, ...] = ()
    index: tuple[str, ...] = ()
    callee: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    form: str = ""

    def explained(self, expression: str = "", name: str = "") -> Explanation:
        """Its sentences, with the parts of the learner's code that they quote."""
        why, advice = (
            text.replace("{expression}", expression).replace("{name}", name)
            for text in (_(self.why), _(self.advice))
        )
        return Explanation(why, advice, self.topic)

    def fits(self, error: BaseException, stops: list[Stop], tree: ast.Module) -> bool:
        """Whether it is about an exception of this class, in this context."""
        classes = [public(name) for name in self.error]
        return any(isinstance(each, type) and isinstance(error, each) for each in classes) and (
            not self.context or any(_stands_in(stop, tree, self.context) for stop in stops)
        )

    def fits_expression(self, found: Expression) -> Explanation | None:
        """What it says of an expression; None where one of its conditions does not hold."""
        if self.site and found.sites.isdisjoint(self.site):
            return None
        conditions = (self.call, found.calls), (self.made_by, found.made_by), (self.uses, found.uses)
        if any(wanted and not any(map(holds, wanted)) for wanted, holds in conditions):
            return None
        name = ""
        for wanted, look in (
            (self.holds, found.holder),
            (self.index, found.index),
            (self.callee, found.callee),
            (self.argument, found.argument),
        ):
            node = next(filter(None, map(look, wanted)), None)
            if wanted and node is None:
                return None
            name = quoted(node) if node is not None else name
        return self.explained(found.text, name)

    @property
    def needs_no_expression(self) -> bool:
        """Whether the class and the context say enough."""
        return not any(
            (self.site, self.call, self.made_by, self.uses, self.holds, self.index, self.callee,
             self.argument)
        )  # fmt: skip


def explanation(
    error: BaseException, tree: ast.Module, path: str, koan: str, solution: str
) -> Explanation | None:
    """The explanation of the first entry that fits; a mistake of form before a bare None."""
    stops = [stop for stop in walk(error.__traceback__) if stop.frame.f_code.co_filename == path]
    code = ast.Module(list(own_statements(tree).get(koan, tree.body)), [])
    nodes = stops[-1].nodes(tree) if stops else []
    found = Expression(nodes[0], stops[-1], tree, code) if nodes else None
    fallback = None
    for entry in entries() if not isinstance(error, AssertionError) else ():
        if entry.fits(error, stops, tree):
            told = entry.explained() if entry.needs_no_expression else None
            if told := told or (found and entry.fits_expression(found)):
                if "None" not in entry.holds:
                    return told
                fallback = fallback or told
    names = stops[-1].frame.f_globals if stops else {}
    for entry in entries() if koan and solution else ():
        if entry.form and (node := forms.find(entry.form, entry.call, code, solution, names)):
            return entry.explained(quoted(node))
    return fallback


def _stands_in(stop: Stop, tree: ast.Module, contexts: tuple[str, ...]) -> bool:
    """Whether a frame stands in a `with` of one of these context managers."""
    line, names = stop.position[0] or 0, names_of(stop.frame)
    return any(
        is_call_of(item.context_expr, name, names)
        for node in ast.walk(tree)
        if isinstance(node, ast.With) and node.lineno <= line <= (node.end_lineno or 0)
        for item in node.items
        for name in contexts
    )


@functools.cache
def entries() -> tuple[Entry, ...]:
    """All entries, in the order in which they are asked."""
    rows = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["entry"]
    return tuple(Entry(**{key: _value(key, row[key]) for key in row}) for row in rows)


def _value(key: str, value: Any) -> Any:
    if key in ("why", "advice", "topic", "form"):
        return value
    return (value,) if isinstance(value, str) else tuple(value)
