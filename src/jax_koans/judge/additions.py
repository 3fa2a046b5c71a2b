"""What a line that the learner added can do to the koan's own lines around it: by its form.

Prints, variables, helpers are the learner's right; a line that ends the test, or gives what the
koan's own lines look at another meaning, keeps them from saying anything.
"""

import ast
from collections.abc import Iterable, Iterator

from jax_koans.i18n import _
from jax_koans.source import Extra
from jax_koans.source.erase import stored

_ENDS = ast.Return | ast.Raise | ast.Break | ast.Continue | ast.Yield | ast.YieldFrom
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_PLAIN = (
    ast.Expr | ast.Assign | ast.Pass | ast.Name | ast.Constant | ast.JoinedStr | ast.FormattedValue
    | ast.keyword | ast.expr_context
)  # fmt: skip


def keeps_from_saying(node: ast.stmt, extra: Extra, owner: ast.stmt) -> Iterator[tuple[str, str]]:
    """How a statement that the learner added keeps the koan's own from saying anything."""
    if isinstance(ends := next(_inside(node), None), ast.stmt | ast.expr):
        text = _(
            "`{line}` is yours, and it can end the test before the last line of the"
            " koan's is reached. Take it out, and run again."
        ).format(line=ast.unparse(ends).partition("\n")[0])
        yield "test-ended-early", text
    if not _is_harmless(node) and any(
        isinstance(each, ast.With) and _asks_what_is_raised(each) and _holds(each, extra)
        for each in ast.walk(owner)
    ):
        text = _(
            "What this line raises would count as what the koan's own line raises. Take it out of"
            " the `with` block, and run again."
        )
        yield "raised-by-another-line", text
    read = read_in(_run_after(extra, owner))
    for name in sorted({*stored(node)} & read):
        yield "own-name-rebound", rebound(name)
    for name in sorted({*_written_into(node)} & read):
        text = _(
            "This line changes `{name}`, which the koan's own lines below it look at. Work on a"
            " copy, and run again."
        )
        yield "own-value-changed", text.format(name=name)


def rebound(name: str) -> str:
    return _(
        "This line gives `{name}` another meaning, so the koan's own lines below it look at"
        " something else. Choose another name, and run again."
    ).format(name=name)


def stands_in(extra: Extra, node: ast.stmt) -> bool:
    """Whether an indented statement of the learner's belongs into one of the koan's."""
    return node.lineno < extra.before <= (node.end_lineno or 0) + 1


def _holds(block: ast.stmt, extra: Extra) -> bool:
    indent = len(extra.text) - len(extra.text.lstrip())
    return stands_in(extra, block) and block.col_offset < indent


def _run_after(extra: Extra, owner: ast.stmt) -> list[ast.stmt]:
    """The koan's own statements that run after one of the learner's: below it, or in its loop."""
    return [
        node
        for node in ast.walk(owner)
        if isinstance(node, ast.stmt)
        and (
            node.lineno >= extra.before
            or (isinstance(node, ast.For | ast.While) and _holds(node, extra))
        )
    ]


def read_in(nodes: Iterable[ast.stmt]) -> set[str]:
    return {
        name.id
        for node in nodes
        for name in ast.walk(node)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load)
    }


def _written_into(node: ast.AST) -> Iterator[str]:
    """The names of what a statement puts something into: `x[0] = 1`, `x.y += 1`."""
    if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        base: ast.expr = node
        while isinstance(base, ast.Subscript | ast.Attribute):
            base = base.value
        if isinstance(base, ast.Name):
            yield base.id
    if not isinstance(node, _SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from _written_into(child)


def _asks_what_is_raised(block: ast.With) -> bool:
    calls = [item.context_expr for item in block.items]
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "raises"
        for call in calls
    )


def _is_harmless(node: ast.stmt) -> bool:
    """Whether a statement raises nothing, whatever its names are: a print, a plain assignment."""
    return all(
        isinstance(each, _PLAIN)
        or (
            isinstance(each, ast.Call)
            and isinstance(each.func, ast.Name)
            and each.func.id in ("print", "type", "repr")
        )
        for each in ast.walk(node)
    )


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """What ends a test, in a statement but not in the functions and loops inside of it."""
    if isinstance(node, _ENDS):
        yield node
    elif not isinstance(node, _SCOPES):
        own_loop = isinstance(node, ast.For | ast.While)
        for child in ast.iter_child_nodes(node):
            yield from (
                each
                for each in _inside(child)
                if not (own_loop and isinstance(each, ast.Break | ast.Continue))
            )
