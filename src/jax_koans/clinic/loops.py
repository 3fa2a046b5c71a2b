"""The functions that lax.scan, while_loop, fori_loop, cond, switch and map are given."""

import ast
from collections.abc import Iterator
from typing import Any, TypeGuard

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_function, is_shaped
from jax_koans.clinic.scene import UNKNOWN, Function, Scene, same_scope
from jax_koans.clinic.words import code
from jax_koans.i18n import _

# Where the functions stand among the arguments, by name and position; then how to write the call.
_FORMS: dict[str, tuple[dict[str, int], str]] = {
    "lax.scan": ({"f": 0}, "lax.scan(f, init, xs)"),
    "lax.while_loop": (
        {"cond_fun": 0, "body_fun": 1},
        "lax.while_loop(cond_fun, body_fun, init_val)",
    ),
    "lax.fori_loop": ({"body_fun": 2}, "lax.fori_loop(lower, upper, body_fun, init_val)"),
    "lax.cond": ({"true_fun": 1, "false_fun": 2}, "lax.cond(pred, true_fun, false_fun, *operands)"),
    "lax.switch": ({}, "lax.switch(index, branches, *operands)"),
    "lax.map": ({"f": 0}, "lax.map(f, xs)"),
    "lax.associative_scan": ({"fn": 0}, "lax.associative_scan(fn, elems)"),
}
_FEWEST = {
    "lax.scan": 2, "lax.while_loop": 3, "lax.fori_loop": 4, "lax.cond": 3, "lax.switch": 2,
    "lax.map": 2, "lax.associative_scan": 2,
}  # fmt: skip
# How many arguments such a function gets, and which.
_SIGNATURES = {
    "lax.scan": (2, "(carry, x)"),
    "lax.while_loop": (1, "(carry)"),
    "lax.fori_loop": (2, "(i, carry)"),
    "lax.map": (1, "(x)"),
    "lax.associative_scan": (2, "(a, b)"),
}


def loop(scene: Scene) -> Finding | None:
    """A TypeError, ValueError or AttributeError that a call of lax.scan and its like raised."""
    node = scene.node
    if not isinstance(node, ast.Call) or not isinstance(
        scene.error, TypeError | ValueError | AttributeError | IndexError
    ):
        return None
    name = scene.called(node)
    if name not in _FORMS:
        return None
    return (
        _order(scene, node, name)
        or _signature(scene, node, name)
        or _nothing_returned(scene, node, name)
        or (_chosen_by_function(scene, node) if name == "lax.cond" else None)
        or (_chosen_by_array(scene, node) if name == "lax.cond" else None)
        or (_called_branch(scene, node) if name == "lax.cond" else None)
        or _pair(scene, node, name)
        or (_part_for_carry(scene, node) if name == "lax.scan" else None)
        or (_no_rows(scene, node) if name in ("lax.scan", "lax.map") else None)
        or (_results_for_branches(node) if name == "lax.switch" else None)
        or _types(scene, name)
    )


def _argument(node: ast.Call, name: str, position: int) -> ast.expr | None:
    for keyword in node.keywords:
        if keyword.arg == name:
            return keyword.value
    if any(isinstance(each, ast.Starred) for each in node.args[: position + 1]):
        return None
    return node.args[position] if position < len(node.args) else None


def _functions(node: ast.Call, name: str) -> Iterator[ast.expr]:
    for parameter, position in _FORMS[name][0].items():
        if (argument := _argument(node, parameter, position)) is not None:
            yield argument


def _callable(scene: Scene, node: ast.expr) -> bool | None:
    """Whether an expression is a function; None where that is unknown."""
    if isinstance(node, ast.Lambda):
        return True
    if isinstance(node, ast.Constant | ast.Tuple | ast.List | ast.Dict | ast.BinOp | ast.Compare):
        return False
    if isinstance(node, ast.Call):
        name = scene.called(node)
        if name.startswith("jnp."):
            return name == "jnp.vectorize"
        function = scene.definition(node.func)
        answers = _answers(function) if function is not None else []
        computed = answers and all(isinstance(each, _COMPUTED) for each in answers)
        return False if computed else None
    value: Any = scene.value(node)
    if value is UNKNOWN:
        return None
    return is_function(value) or isinstance(value, type)


_COMPUTED = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Constant, ast.Tuple, ast.List, ast.Dict)


def _order(scene: Scene, node: ast.Call, name: str) -> Finding | None:
    if not isinstance(scene.error, TypeError | AttributeError):
        return None
    order = _("The order is {form}.").format(form=_FORMS[name][1])
    wrong = [each for each in _functions(node, name) if _callable(scene, each) is False]
    index = _argument(node, "index", 0) if name == "lax.switch" else None
    if isinstance(index, ast.List | ast.Tuple) or type(scene.value(index)) in (list, tuple):
        why = _("The list of branches stands where lax.switch wants the number of one.")
        return Finding("loop-argument-order", why, order)
    if name == "lax.while_loop" and (swapped := _test_and_body(scene, node)):
        return Finding("loop-argument-order", swapped, order)
    if wrong and isinstance(wrong[0], ast.Call) and scene.definition(wrong[0].func) is not None:
        return Finding(
            "called-too-early",
            _("{code} is what {function} answers with, and {name} wants the function.").format(
                code=code(wrong[0]), function=code(wrong[0].func), name=name
            ),
            _("Hand over {function} without calling it: {name} does. {form}").format(
                function=code(wrong[0].func), name=name, form=_FORMS[name][1]
            ),
        )
    if wrong:
        why = _("{code} stands where {name} wants a function.").format(
            code=code(wrong[0]), name=name
        )
        return Finding("loop-argument-order", why, order)
    starred = any(isinstance(each, ast.Starred) for each in node.args)
    unpacked = any(each.arg is None for each in node.keywords)
    if not starred and not unpacked and len(node.args) + len(node.keywords) < _FEWEST[name]:
        why = _("{name} is called with too few arguments.").format(name=name)
        return Finding("loop-argument-order", why, order)
    return None


def _test_and_body(scene: Scene, node: ast.Call) -> str:
    """What shows that the body of a while_loop stands where its test belongs."""
    test, body = (scene.definition(each) for each in _functions(node, "lax.while_loop"))
    if test is None or body is None:
        return ""
    carries = any(isinstance(each, ast.Tuple | ast.List) for each in _answers(test))
    decides = all(isinstance(each, ast.Compare | ast.BoolOp) for each in _answers(body))
    if not carries and not (decides and _answers(body)):
        return ""
    return _("{code} stands first, and does not answer with a single True or False.").format(
        code=code(next(_functions(node, "lax.while_loop")))
    )


def arity(function: Function) -> tuple[int, int]:
    """How few and how many positional arguments a function takes."""
    arguments = function.args
    most = len(arguments.posonlyargs) + len(arguments.args)
    few = most - len(arguments.defaults)
    return few, 10**6 if arguments.vararg else most


def _signature(scene: Scene, node: ast.Call, name: str) -> Finding | None:
    if not isinstance(scene.error, TypeError):
        return None
    wanted, shown = _SIGNATURES.get(name, (0, ""))
    if name == "lax.cond":
        if any(isinstance(each, ast.Starred) for each in node.args):
            return None
        wanted = len(node.args) - 3 + sum(each.arg == "operand" for each in node.keywords)
        shown = "(" + ", ".join(ast.unparse(each) for each in node.args[3:]) + ")"
    elif name == "lax.switch" or not wanted:
        return None
    for each in _functions(node, name):
        if (function := scene.definition(each)) is None:
            continue
        few, most = arity(function)
        if None in function.args.kw_defaults:
            return Finding(
                "loop-function-arity",
                _(
                    "{name} calls {function} with {shown}, by position, and it takes an argument"
                    " by name only: one that stands behind a *."
                ).format(name=name, function=code(each)[:60], shown=shown),
                _("Leave the * out, and mind the order: {shown}.").format(shown=shown),
            )
        if not few <= wanted <= most:
            return Finding(
                "loop-function-arity",
                _(
                    "{name} calls {function} with {shown}, and it takes another number of"
                    " arguments."
                ).format(name=name, function=code(each)[:60], shown=shown),
                _(
                    "Every branch of lax.cond gets all operands, by position."
                    if name == "lax.cond"
                    else "Everything that a turn changes is one carry: a tuple, or a dict."
                ),
            )
    return None


def _answers(function: Function) -> list[ast.expr | None]:
    """What a function returns, as written; None for a bare return, empty where it never does."""
    if isinstance(function, ast.Lambda):
        return [function.body]
    return [node.value for node in same_scope(function.body) if isinstance(node, ast.Return)]


def returns_nothing(function: Function) -> bool:
    """Whether a function's text has no `return` with a value, and does not just raise."""
    if isinstance(function, ast.Lambda):
        return isinstance(function.body, ast.Constant) and function.body.value is None
    answers = _answers(function)
    ends = isinstance(function.body[-1], ast.Raise)
    generator = any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(function))
    return not ends and not generator and all(_is_none(each) for each in answers)


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _nothing_returned(scene: Scene, node: ast.Call, name: str) -> Finding | None:
    for each in _functions(node, name):
        function = scene.definition(each)
        if function is not None and returns_nothing(function):
            return forgotten_return(function)
    return None


def forgotten_return(function: Function) -> Finding:
    called = function.name if isinstance(function, ast.FunctionDef) else code(function)
    last = None if isinstance(function, ast.Lambda) else function.body[-1]
    dropped = isinstance(last, ast.Expr) and not isinstance(last.value, ast.Constant)
    return Finding(
        "forgotten-return",
        _("{function} computes something and returns nothing, so its result is None.").format(
            function=called
        ),
        _("Put `return` before its last expression, {code}.").format(code=code(last))
        if dropped and last is not None
        else _("End it with `return` and the result."),
    )


def _pair(scene: Scene, node: ast.Call, name: str) -> Finding | None:
    if name != "lax.scan":
        return None
    body = next(_functions(node, name), None)
    function = scene.definition(body)
    if function is None:
        return None
    answers = [each for each in _answers(function) if each is not None]
    if answers and not any(_may_be_pair(scene, each) for each in answers):
        return Finding(
            "scan-body-pair",
            _(
                "The function that scan runs must answer with two things, (carry, y): what the next"
                " turn starts from, and what is kept of this one. It answers {code}."
            ).format(code=code(answers[0])),
            _("return carry, y; with nothing to keep: return carry, None."),
        )
    return None


# Functions of jnp that answer with several arrays, or may.
_SEVERAL = {
    "split", "array_split", "hsplit", "vsplit", "dsplit", "unique", "meshgrid", "nonzero", "where",
    "modf", "frexp", "divmod", "histogram", "broadcast_arrays", "unravel_index", "gradient", "ix_",
    "average", "polyfit", "atleast_1d", "atleast_2d", "linalg",
}  # fmt: skip


def _may_be_pair(scene: Scene, node: ast.expr) -> bool:
    """Whether an expression could be a tuple of two."""
    if isinstance(node, ast.Tuple | ast.List):
        return len(node.elts) == 2 or any(isinstance(each, ast.Starred) for each in node.elts)
    if isinstance(node, ast.BinOp):  # 2 * (x,) is one
        return isinstance(node.left, ast.Tuple) or isinstance(node.right, ast.Tuple)
    if isinstance(node, ast.IfExp):
        return _may_be_pair(scene, node.body) or _may_be_pair(scene, node.orelse)
    if isinstance(node, ast.Call):
        module, _point, function = scene.called(node).rpartition(".")
        return module != "jnp" or function in _SEVERAL
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def nothing_recorded(scene: Scene) -> Finding | None:
    """A scan whose body answers with (carry, None): the second half of its answer is None."""
    for function in scene.reached():
        inside = {each.name: each for each in ast.walk(function) if _is_def(each)}
        for each in ast.walk(function):
            if not isinstance(each, ast.Call) or scene.called(each) != "lax.scan":
                continue
            first = next(_functions(each, "lax.scan"), None)
            body: ast.AST | None = first
            if isinstance(first, ast.Name):
                body = inside.get(first.id)
            if not isinstance(body, ast.FunctionDef | ast.Lambda):
                continue
            answers = [one for one in _answers(body) if isinstance(one, ast.Tuple)]
            if answers and all(len(one.elts) == 2 and _is_none(one.elts[1]) for one in answers):
                return Finding(
                    "nothing-recorded",
                    _(
                        "The body answers with (carry, None): scan records None of every turn, and"
                        " the second half of its answer is None."
                    ),
                    _("What is to be kept of a turn stands second: return carry, y."),
                )
    return None


def _is_def(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef)


def _chosen_by_function(scene: Scene, node: ast.Call) -> Finding | None:
    """A lax.cond that is given the question itself, and not its answer."""
    choice = _argument(node, "pred", 0)
    if choice is None or not is_function(scene.value(choice)):
        return None
    return Finding(
        "function-for-value",
        _("{code} is a function, and lax.cond chooses by True or False.").format(code=code(choice)),
        _("Call it: what it answers with chooses."),
    )


def _called_branch(scene: Scene, node: ast.Call) -> Finding | None:
    """A lax.cond between f(x) and g(x), with nothing to call its branches with."""
    branches = list(_functions(node, "lax.cond"))
    if len(node.args) != 3 or node.keywords or len(branches) != 2:
        return None
    for each in branches:
        made = scene.called(each) == "functools.partial" or scene.transformations(each)
        if not isinstance(each, ast.Call) or made:
            return None
    return Finding(
        "called-too-early",
        _("lax.cond calls its branches itself, and {code} is a call already.").format(
            code=code(branches[0])
        ),
        _("Hand over the function, and what it is called with as an operand. {form}").format(
            form=_FORMS["lax.cond"][1]
        ),
    )


def _chosen_by_array(scene: Scene, node: ast.Call) -> Finding | None:
    """A lax.cond that is to choose by a comparison of whole arrays."""
    choice = _argument(node, "pred", 0)
    if not isinstance(choice, ast.Compare | ast.Name):
        return None
    parts = (
        [choice, choice.left, *choice.comparators] if isinstance(choice, ast.Compare) else [choice]
    )
    shapes = [tuple(value.shape) for each in parts if is_shaped(value := scene.value(each))]
    if not any(shapes):
        return None
    return Finding(
        "cond-on-array",
        _(
            "{code} has the shape {shape}, and lax.cond chooses once, by a single True or False."
        ).format(code=code(choice), shape=max(shapes, key=len)),
        _("Element by element chooses jnp.where(condition, a, b)."),
    )


def _part_for_carry(scene: Scene, node: ast.Call) -> Finding | None:
    """A scan whose body takes its carry apart, and hands on one part where the whole belongs."""
    function = scene.definition(next(_functions(node, "lax.scan"), None))
    if not isinstance(function, ast.FunctionDef) or not function.args.args:
        return None
    parts = {
        part.id
        for each in same_scope(function.body)
        if isinstance(each, ast.Assign)
        and isinstance(each.value, ast.Name)
        and each.value.id == function.args.args[0].arg
        and isinstance(each.targets[0], ast.Tuple)
        for part in each.targets[0].elts
        if isinstance(part, ast.Name)
    }
    for each in _answers(function):
        first = each.elts[0] if isinstance(each, ast.Tuple) and each.elts else None
        if isinstance(first, ast.Name) and first.id in parts:
            return Finding(
                "scan-body-pair",
                _(
                    "The carry comes in as {count} parts, and what the body hands on first, {code},"
                    " is one of them: the whole carry stands first, then what is kept."
                ).format(count=len(parts), code=code(first)),
                _("return (a, b), y: the carry in brackets of its own."),
            )
    return None


def _no_rows(scene: Scene, node: ast.Call) -> Finding | None:
    """A scan or a map along a number, a range or a list."""
    name = scene.called(node)
    rows = _argument(node, "xs", 2 if name == "lax.scan" else 1)
    if rows is None:
        return None
    value = scene.value(rows)
    called = scene.known(rows.func) if isinstance(rows, ast.Call) else ""
    if called not in ("range", "list") and not isinstance(value, range | list | int):
        return None
    if isinstance(value, bool):
        return None
    return Finding(
        "scan-length",
        _(
            "{name} goes along the first axis of an array, and {code} is none: of a list it takes"
            " every element for an array with rows of its own."
        ).format(name=name, code=code(rows)),
        _("jnp.arange(n) counts, jnp.stack(rows) makes one array of several.")
        if name == "lax.map"
        else _("jnp.stack(rows) makes one array of several; xs None and length=n make n turns."),
    )


def _results_for_branches(node: ast.Call) -> Finding | None:
    """A switch among what the functions answer with: [f(x) for f in functions]."""
    branches = _argument(node, "branches", 1)
    if not isinstance(branches, ast.ListComp) or not isinstance(branches.elt, ast.Call):
        return None
    function = branches.elt.func
    targets = [each.target for each in branches.generators]
    if not isinstance(function, ast.Name) or all(
        not isinstance(each, ast.Name) or each.id != function.id for each in targets
    ):
        return None
    return Finding(
        "called-too-early",
        _("{code} is what {function} answers with, and lax.switch wants the functions.").format(
            code=code(branches.elt), function=code(function)
        ),
        _("Hand over the list of functions, and behind it what the chosen one is called with."),
    )


def _types(scene: Scene, name: str) -> Finding | None:
    """What else must hold of the types; which of it does not, JAX's own message tells."""
    if isinstance(scene.error, ValueError | IndexError) and name == "lax.scan":
        return Finding(
            "scan-length",
            _(
                "scan goes along the first axis of xs, so every array in xs needs one, with the"
                " same length; without xs it needs length=n."
            ),
            _("A loop over a counter: lax.scan(f, init, jnp.arange(n)), or length=n with xs None."),
        )
    if not isinstance(scene.error, TypeError):
        return None
    mend = _("Compare what goes in with what comes out. {form}").format(form=_FORMS[name][1])
    carry = _(
        "The carry must have the same shapes, dtypes and nesting (a list is no tuple) after each"
        " turn as before it: the loop is compiled once, for one type."
    )
    start = _(
        "Start with the type that a turn ends with: jnp.zeros_like(x) where a turn adds x, 0.0"
        " where it divides. {form}"
    ).format(form=_FORMS[name][1])
    branches = _(
        "All branches must answer with one type, the same shapes, dtypes and nesting, since which"
        " one runs is not known while tracing."
    )
    match name:
        case "lax.cond":
            choice = _(
                "What chooses must be one scalar, True or False; elementwise chooses jnp.where."
            )
            return Finding("branches-differ", f"{branches} {choice}", mend)
        case "lax.switch":
            choice = _("The branches stand in a list, and what chooses is a single int.")
            return Finding("branches-differ", f"{branches} {choice}", mend)
        case "lax.while_loop":
            stop = _("And cond_fun must answer with a single True or False.")
            return Finding("carry-type", f"{carry} {stop}", start)
        case "lax.fori_loop":
            body = _(
                "The body is called as body_fun(i, carry), by position, and the bounds are ints."
            )
            return Finding("carry-type", f"{carry} {body}", start)
        case "lax.scan":
            pair = _("The function answers with a pair, (carry, y).")
            return Finding("carry-type", f"{carry} {pair}", start)
    return None


RULES = (loop,)
