"""A tracer is asked for True or False."""

import ast

import jax

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.scene import Scene
from jax_koans.clinic.traced import CHOOSE, introduce
from jax_koans.clinic.words import code
from jax_koans.i18n import _


def asked_for_a_bool(scene: Scene) -> Finding | None:
    if not isinstance(scene.error, jax.errors.TracerBoolConversionError):
        return None
    node, who = scene.node, introduce(scene)
    if node is None:
        return Finding(
            "bool-of-tracer",
            who + " " + _("Something here asks it for True or False, and it has no value yet."),
            CHOOSE,
        )
    ways = [node, *scene.ancestors(node)]
    for way, above in zip(ways, [*ways[1:], None], strict=True):
        if (isinstance(way, ast.UnaryOp) and isinstance(way.op, ast.Not)) or isinstance(
            way, ast.BoolOp
        ):
            mend = _(
                "Combine arrays elementwise: & for and, | for or, ~ for not, each comparison in"
                " brackets: (a > 0) & (b < 1)."
            )
            if any(
                isinstance(each, ast.If | ast.IfExp | ast.While)
                and any(each.test is one for one in ways)
                for each in ways
            ):
                mend += " " + _(
                    "`if` and `while` ask in the same way: let jnp.where, lax.cond or"
                    " lax.while_loop decide."
                )
            return Finding(
                "and-or-not-on-tracer",
                who
                + " "
                + _("`and`, `or` and `not` ask for True or False, and it has no value yet."),
                mend,
            )
        if isinstance(way, ast.Compare) and len(way.ops) > 1:
            if found := binds_tighter(way):
                return found
            return Finding(
                "chained-comparison-on-tracer",
                who
                + " "
                + _(
                    "{code} means two comparisons joined by `and`, which asks the first for True"
                    " or False."
                ).format(code=code(way)),
                _("Write both comparisons, joined by &: (a < x) & (x < b)."),
            )
        if isinstance(way, ast.Compare) and isinstance(way.ops[0], ast.In | ast.NotIn):
            return Finding(
                "in-on-tracer",
                who
                + " "
                + _(
                    "`in` compares one element after the other and asks each time for True or"
                    " False."
                ),
                _("jnp.isin(x, values), or (values == x).any()."),
            )
        asked = isinstance(above, ast.If | ast.IfExp | ast.While | ast.Assert)
        if isinstance(way, ast.Call) and not (asked and _of_jax(scene.called(way))):
            called = scene.called(way)
            if called in ("max", "min"):
                return Finding(
                    "max-on-tracer",
                    who
                    + " "
                    + _("Python's {name} compares, and asks the result for True or False.").format(
                        name=called
                    ),
                    _(
                        "jnp.maximum(a, b) and jnp.minimum(a, b) compare elementwise; x.max() and"
                        " x.min() go over an array."
                    ),
                )
            if called in ("any", "all", "sorted", "bool", "sum", "filter", "list.sort"):
                return Finding(
                    "bool-of-tracer",
                    who + " " + _("Python's {name} asks it for True or False.").format(name=called),
                    _(
                        "Use the function of jnp: jnp.any, jnp.all, jnp.sort, jnp.sum;"
                        " and jnp.where to choose."
                    ),
                )
            return Finding(
                "bool-of-tracer",
                who
                + " "
                + _("What {code} calls asks it for True or False.").format(code=code(way.func)),
                CHOOSE,
            )
        if isinstance(way, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            return Finding(
                "if-on-tracer",
                who + " " + _("The `if` of the comprehension asks it for True or False."),
                _("A choice for each element is jnp.where(condition, a, b)."),
            )
        if isinstance(above, ast.While) and above.test is way:
            return Finding(
                "while-on-tracer",
                who
                + " "
                + _("`while` must know {code} before each turn, and it has no value yet.").format(
                    code=code(above.test)
                ),
                _("lax.while_loop(cond_fun, body_fun, init) makes the loop a part of the program."),
            )
        if isinstance(above, ast.Assert) and above.test is way:
            return Finding(
                "assert-on-tracer",
                who
                + " "
                + _("`assert` must know {code} now, and it has no value yet.").format(
                    code=code(above.test)
                ),
                _(
                    "Assert outside of the compiled function, or assert what is known while"
                    " tracing: a shape, a dtype. jax.experimental.checkify checks values."
                ),
            )
        if isinstance(above, ast.If | ast.IfExp) and above.test is way:
            return Finding(
                "if-on-tracer",
                who
                + " "
                + _("`if` must know {code} now, and it has no value yet.").format(
                    code=code(above.test)
                ),
                CHOOSE,
            )
        if isinstance(way, ast.stmt):
            break
    return Finding(
        "bool-of-tracer",
        who + " " + _("{code} asks it for True or False.").format(code=code(node)),
        CHOOSE,
    )


def _of_jax(called: str) -> bool:
    """Whether a function is JAX's own, which asks no tracer for True or False by itself."""
    return called.startswith(("jnp.", "lax.")) or called in (".all", ".any")


def binds_tighter(node: ast.AST | None) -> Finding | None:
    """`a < x & x < b`, which is `a < (x & x) < b`."""
    if not isinstance(node, ast.Compare) or not any(
        isinstance(each, ast.BinOp) and isinstance(each.op, ast.BitAnd | ast.BitOr)
        for each in [node.left, *node.comparators]
    ):
        return None
    return Finding(
        "brackets-around-comparisons",
        _("& and | bind tighter than < and >, so {code} joins the numbers first.").format(
            code=code(node)
        ),
        _("Put each comparison in brackets: (a > 0) & (b < 1)."),
    )


def joined(scene: Scene) -> Finding | None:
    """The TypeError or ValueError of `a < x & x < b`."""
    node = scene.node
    if node is None or not isinstance(scene.error, TypeError | ValueError):
        return None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        return binds_tighter(scene.parents.get(node))
    return binds_tighter(node)


RULES = (
    joined,
    asked_for_a_bool,
)
