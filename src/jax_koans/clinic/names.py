"""Names that are not there: in a module, on an array, on None, in the file."""

import ast
import difflib
import types
from typing import Any

import jax
import numpy as np

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.loops import forgotten_return, returns_nothing
from jax_koans.clinic.nature import is_array, is_function, is_tracer
from jax_koans.clinic.scene import UNKNOWN, Function, Scene
from jax_koans.clinic.words import code, listed
from jax_koans.i18n import _

# What older texts speak of, and what it is called now.
_GONE = {
    "jax.ops.index_update": "x.at[i].set(value)",
    "jax.ops.index_add": "x.at[i].add(value)",
    "jax.ops.index": "x.at[i]",
    "jax.ops.index_mul": "x.at[i].mul(value)",
    "jax.tree_map": "jax.tree.map",
    "jax.tree_multimap": "jax.tree.map",
    "jax.tree_leaves": "jax.tree.leaves",
    "jax.tree_flatten": "jax.tree.flatten",
    "jax.tree_structure": "jax.tree.structure",
    "jax.config": 'jax.config.update("jax_enable_x64", True)',
    "jax.experimental.enable_x64": "jax.enable_x64(True)",
    "jax.experimental.host_callback": "jax.debug.callback or jax.pure_callback",
    "jax.experimental.maps": "jax.vmap or jax.shard_map",
    "jax.numpy.DeviceArray": "jax.Array",
    "jax.DeviceArray": "jax.Array",
    "jax.numpy.trapz": "jnp.trapezoid",
    "jax.numpy.in1d": "jnp.isin",
    "jax.numpy.row_stack": "jnp.vstack",
    "jax.numpy.product": "jnp.prod",
    "jax.numpy.float": "float, or jnp.float32",
    "jax.numpy.int": "int, or jnp.int32",
    "jax.numpy.bool": "jnp.bool_",
    "jax.numpy.random": "jax.random, with a key",
    "jax.abstract_arrays": "jax.core",
    "jax.lax.sum": "jnp.sum",
    "jax.lax.where": "jnp.where",
    "jax.lax.for_loop": "lax.fori_loop",
    "jax.lax.while": "lax.while_loop",
    "jax.lax.if": "lax.cond",
    "jax.numpy.add_at": "x.at[i].add(value)",
    "jax.numpy.copyto": "a new name: y = x",
    "jax.random.seed": "jax.random.key(0)",
    "jax.random.rand": "jax.random.uniform(key, shape)",
    "jax.random.randn": "jax.random.normal(key, shape)",
    "jax.random.random": "jax.random.uniform(key, shape)",
    "jax.gradient": "jax.grad",
    "jax.map": "jax.lax.map",
    "jax.scan": "jax.lax.scan",
    "jax.cond": "jax.lax.cond",
    "jax.fori_loop": "jax.lax.fori_loop",
    "jax.while_loop": "jax.lax.while_loop",
    "jax.stop_gradient": "jax.lax.stop_gradient",
    "jax.no_grad": "jax.lax.stop_gradient",
}
# What arrays of NumPy or PyTorch can do in place, or by another name.
_METHODS = {
    "append": "jnp.append(x, value), which makes a new array; in a loop the outputs of lax.scan",
    "extend": "jnp.concatenate",
    "resize": "jnp.resize, or x.reshape",
    "fill": "jnp.full_like(x, value)",
    "put": "x.at[i].set(value)",
    "partition": "jnp.partition(x, k)",
    "numpy": "np.asarray(x)",
    "detach": "jax.lax.stop_gradient(x)",
    "backward": "jax.grad(f)(x): derivatives belong to functions",
    "grad": "jax.grad(f)(x): derivatives belong to functions",
    "cpu": "jax.device_put(x, device)",
    "cuda": "jax.device_put(x, device)",
    "to": "jax.device_put(x, device), x.astype(dtype)",
    "get": "x.at[i].get(mode=...)",
    "set": "x.at[i].set(value)",
    "add": "x.at[i].add(value), or x + value",
    "value": "the array itself is the value",
    "primal": "the array itself; under grad it is a tracer",
    "length": "len(x), x.size",
    "len": "len(x), x.size",
    "count": "x.count in no array; jnp.sum(mask) counts",
    "index": "jnp.argmax(x == value)",
    "abs": "jnp.abs(x)",
    "exp": "jnp.exp(x)",
    "sqrt": "jnp.sqrt(x)",
    "sin": "jnp.sin(x)",
    "log": "jnp.log(x)",
    "map": "jax.vmap(f)(x)",
    "split": "jnp.split(x, n)",
    "type": "x.dtype, type(x)",
}
_HOMES = {
    "jnp": "jax.numpy", "jax": "jax", "lax": "jax.lax", "np": "numpy", "random": "jax.random",
}  # fmt: skip


def attribute(scene: Scene) -> Finding | None:
    error = scene.error
    if not isinstance(error, AttributeError) or error.name is None:
        return None
    owner: Any = error.obj
    if type(owner) is types.ModuleType:
        return _in_module(owner, error.name)
    if owner is None:
        return _on_none(scene, error.name)
    if is_array(owner) or is_tracer(owner):
        if error.name in ("get", "set", "add", "mul", "multiply") and _element(scene.node):
            return _without_at(scene.node, error.name)
        return _on_array(owner, error.name)
    if is_function(owner):
        return _on_function(scene, owner, error.name)
    if type(owner) in (tuple, list, float, int, bool, dict, str):
        return _on_python(scene, owner, error.name)
    if type(owner).__module__.partition(".")[0] in ("jax", "jaxlib"):
        kind = type(owner).__name__
        public = [each for each in dir(type(owner)) if not each.startswith("_")]
        near = difflib.get_close_matches(error.name, public, n=3, cutoff=0.5)
        return Finding(
            "unknown-attribute",
            _("A {kind} has no attribute {name}.").format(kind=kind, name=error.name),
            _("It has: {names}.").format(names=listed(near or public[:6])),
        )
    return None


def _in_module(module: types.ModuleType, name: str) -> Finding | None:
    home = str(vars(module).get("__name__", ""))
    if home.partition(".")[0] not in ("jax", "numpy", "jaxlib", "math", "functools"):
        return None
    if gone := _GONE.get(f"{home}.{name}"):
        return _gone(f"{home}.{name}", gone)
    public = [each for each in vars(module) if not each.startswith("_")]
    near = difflib.get_close_matches(name, public, n=3, cutoff=0.6)
    if not near:
        folded = {each.lower(): each for each in public}
        near = [folded[name.lower()]] if name.lower() in folded else []
    elsewhere = [
        f"{short}.{name}"
        for short, other in (
            ("jnp", jax.numpy), ("jax", jax), ("jax.lax", jax.lax), ("jax.random", jax.random),
            ("jnp.linalg", jax.numpy.linalg), ("jax.nn", jax.nn), ("jax.errors", jax.errors),
            ("jax.tree", jax.tree), ("jax.debug", jax.debug),
        )
        if other is not module and name in vars(other)
    ]  # fmt: skip
    suggestions = elsewhere[:2] or near
    return Finding(
        "unknown-name-in-module",
        _("{module} has nothing called {name}.").format(module=home, name=name),
        _("Near to it: {names}.").format(names=listed(suggestions))
        if suggestions
        else _("Look in the list of its functions."),
    )


def _gone(old: str, new: str) -> Finding:
    return Finding(
        "gone-name",
        _("{old} belongs to another version of JAX, or to another library.").format(old=old),
        _("Today: {new}.").format(new=new),
    )


def imported(scene: Scene) -> Finding | None:
    error = scene.error
    if not isinstance(error, ImportError) or not error.name:
        return None
    wanted = getattr(error, "name_from", None)
    full = f"{error.name}.{wanted}" if wanted else error.name
    for node in ast.walk(scene.tree):
        if isinstance(node, ast.ImportFrom) and node.module == error.name and wanted is None:
            for alias in node.names:
                if gone := _GONE.get(f"{error.name}.{alias.name}"):
                    return _gone(f"{error.name}.{alias.name}", gone)
    for name in (full, error.name):
        if name in _GONE:
            return _gone(name, _GONE[name])
    if error.name.partition(".")[0] == "jax":
        return Finding(
            "gone-name",
            _("This JAX has no {name}.").format(name=full),
            _("Names move: look it up in the list of all modules, or in the changelog."),
        )
    if isinstance(error, ModuleNotFoundError):
        near = difflib.get_close_matches(error.name, ["jax", "numpy", "pytest", "jax_koans"])
        return Finding(
            "missing-module",
            _("No module called {name} is installed here.").format(name=error.name),
            _("Near to it: {names}.").format(names=listed(near))
            if near
            else _(
                "Is it spelled right? The koans need no more than jax, numpy and what they import."
            ),
        )
    return None


def _element(node: ast.expr | None) -> bool:
    """Whether this is the attribute of an element: `x[i].get`."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Subscript)


def _without_at(node: ast.expr | None, name: str) -> Finding:
    assert isinstance(node, ast.Attribute)
    assert isinstance(node.value, ast.Subscript)
    return Finding(
        "unknown-array-attribute",
        _("{code} is an element already, an array without .{name}.").format(
            code=code(node.value), name=name
        ),
        _("Instead: {array}.at[...].{name}(...).").format(
            array=ast.unparse(node.value.value)[:30], name=name
        ),
    )


def _on_array(owner: Any, name: str) -> Finding:
    public = [each for each in dir(jax.Array) if not each.startswith("_")]
    near = difflib.get_close_matches(name, public, n=3, cutoff=0.6)
    known = _METHODS.get(name)
    twin = f"jnp.{name}(x)" if name in vars(jax.numpy) else ""
    return Finding(
        "unknown-array-attribute",
        _("A jax array has no attribute {name}.").format(name=name),
        _("Instead: {instead}.").format(instead=known or twin)
        if known or twin
        else _("Near to it: {names}.").format(names=listed(f".{each}" for each in near))
        if near
        else _("Mostly there is a function of jnp for it."),
    )


def _on_none(scene: Scene, name: str) -> Finding:
    node = scene.node
    source = node.value if isinstance(node, ast.Attribute) else None
    return none_from(scene, source) or Finding(
        "none-for-value",
        _("{code} is None, which has no .{name}.").format(
            code=code(source) if source is not None else _("What stands here"), name=name
        ),
        _("Look where it comes from: mostly a function without `return`."),
    )


def function_from(scene: Scene, node: ast.expr | None) -> Finding | None:
    """The learner's function that answers with a function, where a value was meant."""
    if isinstance(node, ast.Name):
        node = scene.assigned(node.id)
    if isinstance(node, ast.Call) and scene.returns_function(scene.definition(node.func)):
        return Finding(
            "function-for-value",
            _("{code} answers with a function, and its value at some x is meant.").format(
                code=code(node)
            ),
            _("Call it: f(x). And jax.vmap(f), jax.grad(f), jax.jit(f) are functions too."),
        )
    return None


def none_from(scene: Scene, node: ast.expr | None) -> Finding | None:
    """The learner's function without a `return` that a None came from."""
    if isinstance(node, ast.Name):
        node = scene.assigned(node.id)
    if isinstance(node, ast.Call):
        function: Function | None = scene.definition(node.func)
        if function is not None and returns_nothing(function):
            return forgotten_return(function)
        for each in ast.walk(function) if function is not None else ():
            if isinstance(each, ast.Return) and isinstance(each.value, ast.Call):
                called = scene.called(each.value)
                if called in ("jax.debug.callback", "jax.debug.print", "print", ".append"):
                    return Finding(
                        "none-for-value",
                        _("{code} returns what {name} answers with, and that is None.").format(
                            code=code(node.func), name=called.lstrip(".")
                        ),
                        _("It does something and gives nothing back: what does give it back?"),
                    )
    return None


def _on_function(scene: Scene, owner: Any, name: str) -> Finding | None:
    node = scene.node
    if isinstance(node, ast.Call):
        return None  # a library's own line met it: what the call was given is the question
    if name in ("lower", "trace", "eval_shape", "clear_cache") and isinstance(node, ast.Attribute):
        return Finding(
            "unknown-attribute",
            _("{code} is a plain function: .{name} belongs to what jax.jit makes of it.").format(
                code=code(node.value), name=name
            ),
            _("jax.jit(f).{name}(...)").format(name=name),
        )
    subject = code(node.value) if isinstance(node, ast.Attribute) else _("This")
    return Finding(
        "function-for-value",
        _("{code} is a function, not its value, and has no .{name}.").format(
            code=subject, name=name
        ),
        _("Call it: f(x). And jax.vmap(f), jax.grad(f), jax.jit(f) are functions too."),
    )


def _on_python(scene: Scene, owner: Any, name: str) -> Finding | None:
    node = scene.node
    subject = code(node.value) if isinstance(node, ast.Attribute) else _("This")
    arrays = {*dir(jax.Array), *dir(np.ndarray)}
    kind = type(owner).__name__
    if name not in arrays:
        near = difflib.get_close_matches(name, dir(type(owner)), n=3, cutoff=0.6)
        return Finding(
            "unknown-attribute",
            _("{code} is a Python {kind}, and has no .{name}.").format(
                code=subject, kind=kind, name=name
            ),
            _("Near to it: {names}.").format(names=listed(near))
            if near
            else _("Is it what you take it for? print(type(x)) tells."),
        )
    return Finding(
        "python-value-for-array",
        _("{code} is a Python {kind}, and has no .{name} as an array has.").format(
            code=subject, kind=kind, name=name
        ),
        _("Is one of its parts wanted, x[0]? scan, value_and_grad and the like answer with a pair.")
        if kind == "tuple"
        else _("jnp.asarray(...) makes an array of it."),
    )


def undefined(scene: Scene) -> Finding | None:
    error = scene.error
    if not isinstance(error, NameError):
        return None
    name = error.name or (scene.node.id if isinstance(scene.node, ast.Name) else "")
    if not name:
        return None
    if isinstance(error, UnboundLocalError):
        return Finding(
            "local-before-assignment",
            _(
                "{name} is assigned somewhere in this function, so it is a local of the function"
                " from its first line on, and has no value yet here."
            ).format(name=name),
            _("Give it in as an argument, or begin with a value: a new name for the new value."),
        )
    homes = [
        f"{short}.{name}"
        for short, module in (("jnp", "jax.numpy"), ("jax", "jax"), ("jax.lax", "jax.lax"))
        for owner in [_module(module)]
        if owner is not None and name in vars(owner)
    ]
    if name in vars(jax.errors):
        homes = [f"jax.errors.{name}"]
    spot = scene.spot
    if scene.value(ast.Attribute(ast.Name("self"), name)) is not UNKNOWN:
        return Finding(
            "undefined-name",
            _("Nothing is called {name} here: it is an attribute of the object.").format(name=name),
            _("Within a method it is self.{name}.").format(name=name),
        )
    near = (
        difflib.get_close_matches(
            name, [*spot.frame.f_locals, *spot.frame.f_globals], n=2, cutoff=0.7
        )
        if spot
        else []
    )
    if name in _HOMES:
        return Finding(
            "undefined-name",
            _("{name} is not imported in this file.").format(name=name),
            _("At the top: import {module} as {name}.").format(module=_HOMES[name], name=name),
        )
    if _meant_as_text(scene):
        return Finding(
            "undefined-name",
            _(
                "Nothing is called {name} here, and without quotes a name stands for a thing."
            ).format(name=name),
            _('As a text it wants quotes: "{name}".').format(name=name),
        )
    if _pasted(scene, name):
        return Finding(
            "undefined-name",
            _(
                "Nothing is called {name} here. {name}(...) is how such a thing is printed, not how"
                " it is made."
            ).format(name=name),
            _("Say the number or the list; a dtype is jnp.float32, a device has a name above."),
        )
    if scene.spot and scene.spot.line < _defined(scene.tree, name):
        return Finding(
            "undefined-name",
            _("{name} is defined further down, and a file runs from top to bottom.").format(
                name=name
            ),
            _("Move this below it, or that above."),
        )
    if not homes and not near:
        return Finding(
            "undefined-name",
            _("Nothing is called {name} here.").format(name=name),
            _("A text wants quotes; what another function computes must be handed in."),
        )
    return Finding(
        "undefined-name",
        _("Nothing is called {name} here.").format(name=name),
        _("Near to it: {names}. (As a text it wants quotes.)").format(
            names=listed([*near, *homes][:3])
        ),
    )


def _defined(tree: ast.Module, name: str) -> int:
    """The line of the first function or class of that name on the file's outermost level, or 0."""
    lines = [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
    ]
    return min(lines, default=0)


def _meant_as_text(scene: Scene) -> bool:
    """Whether an undefined name stands where texts are the custom: in a set, for static_argnames"""
    node = scene.node
    above = scene.parents.get(node) if node is not None else None
    if isinstance(above, ast.Tuple | ast.List | ast.Set):
        outer = scene.parents.get(above)
        if isinstance(outer, ast.Compare | ast.Call) and isinstance(scene.statement, ast.Assert):
            return True
        above = outer
    return isinstance(above, ast.keyword) and above.arg in (
        "static_argnames", "donate_argnames", "mode", "axis_name",
    )  # fmt: skip


def _pasted(scene: Scene, name: str) -> bool:
    """Whether an undefined name is called in an answer, as what is printed of a thing shows it."""
    above = scene.parents.get(scene.node) if scene.node is not None else None
    return (
        isinstance(scene.statement, ast.Assert)
        and isinstance(above, ast.Call)
        and above.func is scene.node
        and (name in ("Array", "array", "dtype") or name.endswith("Device"))
    )


def _module(name: str) -> types.ModuleType | None:
    return {"jax.numpy": jax.numpy, "jax": jax, "jax.lax": jax.lax}.get(name)


RULES = (attribute, imported, undefined)
