"""Why a body ran more often than wanted, as far as the learner's text shows it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.scene import Function, Scene
from jax_koans.i18n import _

_LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class _Site:
    """A place where jit is called: whether anew each time, and whether with static arguments."""

    line: int
    fresh: bool
    static: bool


def ran_again(scene: Scene) -> Finding:
    """The words for it: jit missing, made anew, with static arguments; or a new signature."""
    sites = list(_sites(scene))
    if _functions(scene) and not sites and not _jits(scene, scene.function):
        return Finding(
            "retraced",
            _(
                "The body ran more often than wanted: without jit every call runs it, and a Python"
                " loop runs it in every turn."
            ),
            _("Which one transformation gives all that is wanted in a single run of the body?"),
        )
    if (turns := _loop_inside(scene)) is not None:
        return Finding(
            "retraced",
            _(
                "The body ran more often than wanted: line {line} is a Python loop inside of what"
                " is compiled, and tracing runs it in every turn."
            ).format(line=turns),
            _("Compile what one turn does, once, and call that in the loop."),
        )
    fresh = next((each for each in sites if each.fresh), None)
    if fresh is not None:
        return Finding(
            "retraced",
            _(
                "The body ran more often than wanted: line {line} makes a new function each time,"
                " and jit remembers traces by the function, so each new one is traced again."
            ).format(line=fresh.line),
            _("Make one compiled function, once, outside of what repeats."),
        )
    if any(each.static for each in sites):
        return Finding(
            "retraced",
            _(
                "The body ran more often than wanted: a static argument costs a trace for each of"
                " its values."
            ),
            _("Keep traced what varies; static is what decides a shape or a branch."),
        )
    return Finding(
        "retraced",
        _(
            "The body ran more often than wanted. Outside of jit every call runs it, and a Python"
            " loop in every turn. And jit traces it anew for a new signature: another shape or"
            " dtype, a strong array after a weak Python number, a name for a position."
        ),
        _("Where is it called from, and what differs from the call before?"),
    )


def _sites(scene: Scene) -> Iterator[_Site]:
    for function in _functions(scene):
        for node in ast.walk(function):
            if isinstance(node, ast.FunctionDef):
                for each in node.decorator_list:
                    if scene.known(each) == "jax.jit":
                        fresh = _repeats(scene, node) or _made_in_a_call(scene, node, function)
                        yield _Site(node.lineno, fresh, static=False)
            if not isinstance(node, ast.Call) or not _is_jit(scene, node):
                continue
            static = any((each.arg or "").startswith("static_") for each in node.keywords)
            above = scene.parents.get(node)
            if isinstance(above, ast.FunctionDef) and node in above.decorator_list:
                yield _Site(node.lineno, _repeats(scene, above), static)
                continue
            called = (
                isinstance(above, ast.Call) and above.func is node and _called_again(scene, node)
            )
            new = bool(node.args) and _new(scene, node.args[0], function)
            yield _Site(node.lineno, new and (called or _repeats(scene, node)), static)


def _made_in_a_call(scene: Scene, node: ast.FunctionDef, function: Function) -> bool:
    """Whether an inner function is made, and called, in each call of the one around it."""
    called = any(
        isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == node.name
        for each in ast.walk(function)
    )
    return node is not function and called and _called_again(scene, node)


def _called_again(scene: Scene, node: ast.AST) -> bool:
    """Whether the test calls the function around a place more than once before it fails."""
    around = [
        each
        for each in scene.ancestors(node)
        if isinstance(each, ast.FunctionDef) and not each.name.startswith("test")
    ]
    if not around or scene.function is None or scene.statement is None:
        return False
    calls = [
        each
        for each in ast.walk(scene.function)
        if isinstance(each, ast.Call)
        and each.lineno < scene.statement.lineno
        and around[-1].name in (getattr(each.func, "id", ""), getattr(each.func, "attr", ""))
    ]
    return len(calls) > 1 or any(
        isinstance(above, _LOOPS) for each in calls for above in scene.ancestors(each)
    )


def _loop_inside(scene: Scene) -> int | None:
    """The line of a Python loop, inside a compiled function, that calls what was handed in."""
    for function in _functions(scene):
        handed_in = {each.arg for each in function.args.args}
        for compiled in _compiled_in(scene, function):
            for loop in ast.walk(compiled):
                if isinstance(loop, _LOOPS) and any(
                    isinstance(each, ast.Call)
                    and isinstance(each.func, ast.Name)
                    and each.func.id in handed_in
                    for each in ast.walk(loop)
                ):
                    return loop.lineno
    return None


def _compiled_in(scene: Scene, function: Function) -> Iterator[Function]:
    """The functions, written inside of one, that jit is around."""
    inside = {each.name: each for each in ast.walk(function) if isinstance(each, ast.FunctionDef)}
    for each in ast.walk(function):
        if isinstance(each, ast.FunctionDef) and each is not function:
            if any(_names_jit(scene, one) for one in each.decorator_list):
                yield each
        elif isinstance(each, ast.Call) and each.args and scene.known(each.func) == "jax.jit":
            if isinstance(each.args[0], ast.Lambda):
                yield each.args[0]
            elif isinstance(each.args[0], ast.Name) and each.args[0].id in inside:
                yield inside[each.args[0].id]


def _names_jit(scene: Scene, node: ast.expr) -> bool:
    return scene.known(node) == "jax.jit" or (isinstance(node, ast.Call) and _is_jit(scene, node))


def _functions(scene: Scene) -> list[Function]:
    """What the test reaches, the functions that it names, and the methods of such classes."""
    body = scene.function.body if isinstance(scene.function, ast.FunctionDef) else []
    named = {each.id for part in body for each in ast.walk(part) if isinstance(each, ast.Name)}
    methods = [
        each
        for node in scene.tree.body
        if isinstance(node, ast.ClassDef) and node.name in named
        for each in node.body
        if isinstance(each, ast.FunctionDef)
    ]
    called = [
        each
        for each in [*scene.tree.body, *body]
        if isinstance(each, ast.FunctionDef) and each.name in named
    ]
    reached = scene.reached()
    return [*reached, *(each for each in called if each not in reached), *methods]


def _jits(scene: Scene, function: Function | None) -> bool:
    return function is not None and any(
        isinstance(each, ast.Name | ast.Attribute) and scene.known(each) == "jax.jit"
        for each in ast.walk(function)
    )


def _is_jit(scene: Scene, node: ast.Call) -> bool:
    if scene.known(node.func) == "functools.partial" and node.args:
        return scene.known(node.args[0]) == "jax.jit"
    return scene.known(node.func) == "jax.jit"


def _new(scene: Scene, node: ast.expr, function: Function) -> bool:
    """Whether an expression is another function each time: a lambda, a partial, an inner def."""
    inside = {each.name for each in ast.walk(function) if isinstance(each, ast.FunctionDef)}
    return isinstance(node, ast.Lambda | ast.Call) or (
        isinstance(node, ast.Name) and node.id in inside
    )


def _repeats(scene: Scene, node: ast.AST) -> bool:
    """Whether a place lies in a loop, or in a function within a function."""
    depth = 0
    for each in scene.ancestors(node):
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test"):
            break
        if isinstance(each, _LOOPS):
            return True
        depth += isinstance(each, ast.FunctionDef | ast.Lambda)
    return depth > 1
