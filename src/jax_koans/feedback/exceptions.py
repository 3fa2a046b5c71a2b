"""The table of explanations, `exceptions.toml`, and which of its entries fits a failure."""

import ast
import functools
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jax_koans.feedback import code_mistakes
from jax_koans.feedback.expression import Expression, is_call_of, quoted
from jax_koans.feedback.frames import Stop, walk
from jax_koans.feedback.values import names_of, public
from jax_koans.i18n import _
from jax_koans.source.own_source import own_statements

_TABLE = Path(__file__).with_name("exceptions.toml")


@dataclass(frozen=True)
class Explanation:
    """What is certain of a failure (`why`), what to do (`advice`), and the topic it belongs to."""

    why: str
    advice: str
    topic: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry: what it says, and when. Every condition must hold; of its values, one.

    Of the conditions, `error` is the exception's class and `context` a context manager around the
    failure; the others are asked of the expression, by the method of that name. `form` is a
    mistake that the syntax tree shows; such an entry has no `error`.
    """

    why: str
    advice: str
    topic: str
    form: str = ""
    conditions: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def yields(self) -> bool:
        """Whether a mistake of form, if there is one, says more than it: the cause."""
        made = self.conditions.keys() & {"made_by", "devices"}
        return bool(made) or "None" in self.conditions.get("holds", ())

    def fits(self, error: BaseException, stops: list[Stop], tree: ast.Module) -> bool:
        """Whether it is about an exception of this class, in this context."""
        classes = [public(name) for name in self.conditions.get("error", ())]
        context = self.conditions.get("context")
        return any(isinstance(each, type) and isinstance(error, each) for each in classes) and (
            not context or any(_stands_in(stop, tree, context) for stop in stops)
        )

    def about(self, found: Expression | None) -> Explanation | None:
        """What it says of an expression; None where one of its conditions does not hold."""
        name = ""
        for key in (key for key in self.conditions if key not in ("error", "context")):
            holds = [found and getattr(found, key)(each) for each in self.conditions[key]]
            if not any(holds):
                return None
            name = next((quoted(each) for each in holds if isinstance(each, ast.AST)), name)
        return self.explained(found.text if found else "", name)

    def explained(self, expression: str, name: str = "") -> Explanation:
        """Its sentences, with the parts of the learner's code that they quote."""
        why, advice = (
            text.replace("{expression}", expression).replace("{name}", name)
            for text in (_(self.why), _(self.advice))
        )
        return Explanation(why, advice, self.topic)


def explanation(
    error: BaseException, tree: ast.Module, path: str, koan: str, solution: str
) -> Explanation | None:
    """The explanation of the first entry that fits; a mistake of form before a contract."""
    stops = [stop for stop in walk(error.__traceback__) if stop.frame.f_code.co_filename == path]
    code = ast.Module(list(own_statements(tree).get(koan, tree.body)), [])
    found = Expression.at(stops[-1], tree, code) if stops else None
    fallback = None
    for entry in entries():
        if entry.fits(error, stops, tree) and (told := entry.about(found)):
            if not entry.yields and not fallback:
                return told
            fallback = fallback or told
    names = stops[-1].frame.f_globals if stops else {}
    for entry in entries() if koan and solution else ():
        calls = entry.conditions.get("call", ())
        if entry.form and (node := code_mistakes.find(entry.form, calls, code, solution, names)):
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
    return tuple(map(_entry, tomllib.loads(_TABLE.read_text(encoding="utf-8"))["entry"]))


def _entry(row: dict[str, Any]) -> Entry:
    texts = {key: row.pop(key) for key in ("why", "advice", "topic", "form") if key in row}
    lists = {key: (it,) if isinstance(it, str) else tuple(it) for key, it in row.items()}
    return Entry(**texts, conditions=lists)
