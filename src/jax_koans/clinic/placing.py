"""Where arrays lie: devices, meshes, shardings, and what is moved between them."""

import ast
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from jax_koans.clinic.answer import Answer
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_array, is_shaped
from jax_koans.clinic.scene import UNKNOWN, Function, Scene
from jax_koans.clinic.words import code, listed
from jax_koans.i18n import _

_COLLECTIVES = {
    f"lax.{name}"
    for name in ("psum", "pmean", "pmax", "pmin", "all_gather", "axis_index", "ppermute")
}


def places(scene: Scene, node: ast.AST, *, committed: bool = False) -> dict[str, str]:
    """On which device the arrays lie that an expression names, of those that lie on one."""
    found: dict[str, str] = {}
    for each in ast.walk(node):
        value = scene.value(each) if isinstance(each, ast.Name | ast.Attribute) else UNKNOWN
        name = ast.unparse(each)
        if type(value) in (list, tuple):  # of its arrays, the first on each device
            for number, part in enumerate(value):
                if (place := _place(part, committed)) and place not in found.values():
                    found[f"{name}[{number}]"] = place
        elif place := _place(value, committed):
            found[name] = place
    return found


def _place(value: Any, committed: bool) -> str:
    """The one device that an array lies on; empty where there is none."""
    if not is_array(value) or value.is_deleted() or len(value.devices()) != 1:
        return ""
    (place,) = value.devices()
    return str(place) if value.committed or not committed else ""


def dropped_copy(scene: Scene) -> Finding | None:
    """A statement that copies an array to a device, and keeps the copy nowhere."""
    running = [scene.definition_of_code(spot.frame.f_code) for spot in scene.own]
    for function in [*running, *scene.reached()]:
        for each in ast.walk(function) if isinstance(function, Function) else ():
            if not isinstance(each, ast.Expr) or not isinstance(each.value, ast.Call):
                continue
            if scene.known(each.value.func) == "jax.device_put":
                return Finding(
                    "dropped-result",
                    _(
                        "Line {line}, {code}, makes a copy on that device, and nobody keeps it: the"
                        " array itself stays where it was."
                    ).format(line=each.lineno, code=code(each)),
                    _("Give the copy a name, and go on with that."),
                )
    return None


def puts(scene: Scene) -> bool:
    """Whether the learner's functions, tests apart, call device_put."""
    return any(
        isinstance(each, ast.Call) and scene.known(each.func) == "jax.device_put"
        for function in scene.reached()
        for each in ast.walk(function)
    )


def two_devices(scene: Scene) -> Finding | None:
    """Two arrays committed to two devices meet."""
    if not isinstance(scene.error, ValueError) or scene.node is None:
        return None
    found = places(scene, scene.node, committed=True)
    if len(set(found.values())) < 2:
        return None
    return dropped_copy(scene) or Finding(
        "two-devices",
        _("The arrays are committed to different devices: {places}.").format(
            places=listed(f"{name} {place}" for name, place in found.items())
        ),
        _("Copy one of them to the device of the other: jax.device_put(x, device)."),
    )


def guarded(scene: Scene) -> Finding | None:
    """A transfer that a transfer_guard stopped, between two devices."""
    if found := dropped_copy(scene):
        return found
    if scene.node is None or any(_from_host(scene, each) for each in ast.walk(scene.node)):
        return None
    found_places = places(scene, scene.node)
    if len(set(found_places.values())) < 2:
        return None
    return Finding(
        "guarded-transfer",
        _(
            "Under a transfer_guard nothing moves unasked, and these arrays lie on different"
            " devices: {places}."
        ).format(places=listed(f"{name} {place}" for name, place in found_places.items())),
        _("Send one to the device of the other yourself: jax.device_put(x, device)."),
    )


def _from_host(scene: Scene, node: ast.AST) -> bool:
    """Whether an expression stands for something that lies with Python, and not on a device."""
    if not isinstance(node, ast.Constant | ast.Name | ast.Attribute):
        return False
    value = scene.value(node)
    return type(value) in (bool, int, float, complex, np.ndarray) or isinstance(value, np.generic)


def put(scene: Scene) -> Finding | None:
    """What device_put was given: an array first, and a place for it."""
    node = scene.node
    if not isinstance(node, ast.Call) or scene.called(node) != "jax.device_put" or not node.args:
        return None
    if not isinstance(scene.error, TypeError | ValueError):
        return None
    if _kind(scene, node.args[0]) is jax.Device:
        return Finding(
            "no-place",
            _("{code} is a device, and device_put wants what it puts there first.").format(
                code=code(node.args[0])
            ),
            _("jax.device_put(x, device): the array, or the tree of arrays, then the place."),
        )
    named = [each.value for each in node.keywords if each.arg == "device"]
    for place in [*node.args[1:2], *named]:
        kind = _kind(scene, place)
        if kind in _NO_PLACES:
            return Finding(
                "no-place",
                _("{code} is {kind}, and device_put wants a device, or a sharding.").format(
                    code=code(place), kind=_NO_PLACES[kind]
                ),
                _(
                    "x.device is the device of an array that lies on one; a NamedSharding has both,"
                    " a mesh and a spec."
                ),
            )
        if kind is NamedSharding and isinstance(scene.error, ValueError):
            return _does_not_fit(scene, node.args[0], place)
    return None


_NO_PLACES: dict[Any, str] = {
    set: _("a set of devices"),
    list: _("a list"),
    str: _("a text"),
    int: _("a number"),
    Mesh: _("a mesh"),
    PartitionSpec: _("a spec, which does not say of which mesh"),
}


def _kind(scene: Scene, node: ast.expr) -> Any:
    """The class of what an expression stands for, where a call of that class is one too."""
    value: Any = scene.value(node)
    if value is not UNKNOWN:
        classes = (jax.Device, Mesh, PartitionSpec, NamedSharding)
        return next((each for each in classes if isinstance(value, each)), type(value))
    if isinstance(node, ast.Call):
        if scene.called(node) in ("jax.devices", "jax.local_devices"):
            return list
        return set if scene.called(node) == ".devices" else scene.value(node.func)
    return {ast.List: list, ast.Set: set}.get(type(node), UNKNOWN)


def _parts(scene: Scene, node: ast.expr) -> tuple[Any, list[Any] | None]:
    """The mesh and the entries of the spec of a NamedSharding, as far as they are known."""
    value: Any = scene.value(node)
    if isinstance(value, NamedSharding):
        return value.mesh, list(value.spec)
    if not isinstance(node, ast.Call) or len(node.args) != 2:
        return None, None
    mesh: Any = scene.value(node.args[0])
    return mesh if isinstance(mesh, Mesh) else None, _entries(scene, node.args[1])


def _entries(scene: Scene, node: ast.expr) -> list[Any] | None:
    value: Any = scene.value(node)
    if isinstance(value, PartitionSpec):
        return list(value)
    if isinstance(node, ast.Call) and scene.value(node.func) is PartitionSpec:
        entries = [scene.value(each) for each in node.args]
        return None if UNKNOWN in entries else entries
    return None


def _does_not_fit(scene: Scene, subject: ast.expr, place: ast.expr) -> Finding:
    mesh, entries = _parts(scene, place)
    array = scene.value(subject)
    why = ""
    if entries is not None and is_shaped(array):
        if len(entries) > len(array.shape):
            why = _("The spec has {entries} entries, and {code} has {axes} axes.").format(
                entries=len(entries), code=code(subject), axes=len(array.shape)
            )
        for axis, (length, name) in enumerate(zip(array.shape, entries, strict=False)):
            count = mesh.shape.get(name, 1) if mesh is not None and isinstance(name, str) else 1
            if not why and length % count:
                why = _(
                    "Axis {axis} of {code} has the length {length}, which cannot be split evenly"
                    ' over the {count} devices along "{name}".'
                ).format(axis=axis, code=code(subject), length=length, count=count, name=name)
    return Finding(
        "sharding-does-not-fit",
        why or _("The array cannot be split in that way."),
        _(
            "A spec has one entry for each axis of the array, in their order, and what is left out"
            " is None; the length of an axis that is split is a multiple of the devices there."
        ),
    )


def named(scene: Scene) -> Finding | None:
    """What NamedSharding or shard_map was given: a mesh, and specs that name its axes."""
    node = scene.node
    if not isinstance(node, ast.Call):
        return None
    if isinstance(scene.error, AttributeError) and scene.value(node.func) is NamedSharding:
        return Finding(
            "sharding-arguments",
            _("A NamedSharding is made of a mesh and a PartitionSpec, in this order."),
            _("NamedSharding(mesh, PartitionSpec(...)), with the names of the mesh's axes."),
        )
    if not isinstance(scene.error, ValueError) or not (
        scene.value(node.func) is NamedSharding or _mapped(scene, node)
    ):
        return None
    around = scene.function if scene.function is not None else node
    meshes = [
        value
        for each in ast.walk(around)
        if isinstance(each, ast.Name) and isinstance(value := scene.value(each), Mesh)
    ]
    specs = [
        entries
        for each in ast.walk(around)
        if isinstance(each, ast.Name | ast.Call) and (entries := _entries(scene, each)) is not None
    ]
    known = {name for mesh in meshes for name in mesh.axis_names}
    unknown = [name for name in _names(specs) if name not in known]
    if known and unknown:
        return _unknown_axis(unknown[0], known)
    return _not_whole(scene, node)


def _not_whole(scene: Scene, node: ast.Call) -> Finding | None:
    """A shard_map that is said to answer with the same on every device, from pieces."""
    made: ast.expr | None = node.func
    if isinstance(made, ast.Name):
        made = scene.assigned(made.id)
    keywords = made.keywords if isinstance(made, ast.Call) else []
    specs = {each.arg: _entries(scene, each.value) for each in keywords}
    values = [value for _each, value in scene.arguments(node)]
    mesh = next((scene.value(each.value) for each in keywords if each.arg == "mesh"), UNKNOWN)
    if specs.get("out_specs") != [] or not specs.get("in_specs") or not isinstance(mesh, Mesh):
        return None
    if not all(
        is_shaped(each) and each.shape and each.shape[0] % mesh.size == 0 for each in values
    ):
        return None  # it may be that they cannot be split
    return Finding(
        "out-specs-of-pieces",
        _(
            "out_specs=PartitionSpec() says that every device answers with the same. Here each is"
            " given a piece of its own, and nothing shows that their answers agree."
        ),
        _("Pieces that are to be put together again have the name of the mesh's axis there."),
    )


def _mapped(scene: Scene, node: ast.Call) -> bool:
    """Whether a call is one of a function that shard_map made."""
    made: ast.expr | None = node.func
    if isinstance(made, ast.Name):
        made = scene.assigned(made.id)
    return isinstance(made, ast.Call) and scene.called(made) == "jax.shard_map"


def _names(specs: list[list[Any]]) -> Iterator[str]:
    for entries in specs:
        for each in entries:
            yield from [each] if isinstance(each, str) else each if type(each) is tuple else []


def _unknown_axis(name: str, known: set[str]) -> Finding:
    return Finding(
        "mesh-axis-unknown",
        _('No axis of the mesh is called "{name}".').format(name=name)
        + (
            " " + _("It has: {names}.").format(names=listed(f'"{each}"' for each in sorted(known)))
            if known
            else ""
        ),
        _("Specs and psum name the axes of the mesh; the axes of an array have no names."),
    )


def collective(scene: Scene) -> Finding | None:
    """psum and its like over an axis that is not there."""
    node = scene.node
    if not isinstance(node, ast.Call) or scene.called(node) not in _COLLECTIVES:
        return None
    if not isinstance(scene.error, NameError | AssertionError | KeyError):
        return None
    named = [each.value for each in node.keywords if each.arg == "axis_name"]
    first = 0 if scene.called(node) == "lax.axis_index" else 1
    for each in [*node.args[first : first + 1], *named]:
        name = scene.value(each)
        if isinstance(name, str):
            known = {
                axis
                for spot in scene.own
                for value in spot.frame.f_locals.values()
                if isinstance(value, Mesh)
                for axis in value.axis_names
            }
            if name not in known:
                return _unknown_axis(name, known)
            return Finding(
                "mesh-axis-unknown",
                _('No mapped axis is called "{name}" here.').format(name=name),
                _("{function} belongs into the function that jax.shard_map runs.").format(
                    function=scene.called(node)
                ),
            )
    return None


def where(answer: Answer) -> Finding | None:
    """On which devices a result lies."""
    left = answer.left
    if not answer.blank or (answer.yours.kind, answer.true.kind) != ("set", "set"):
        return None
    if not isinstance(left, ast.Call) or not isinstance(left.func, ast.Attribute):
        return None
    if left.func.attr != "devices" or not places(answer.scene, left, committed=True):
        return None
    return Finding(
        "device-of-result",
        _(
            "A computation follows the committed arrays among its inputs, and its result lies on"
            " their device. What is not committed comes along, whatever its place among the"
            " arguments."
        ),
        _("Which of these arrays was put on a device, and on which?"),
    )


def bound(answer: Answer) -> Finding | None:
    """Whether an array is committed."""
    if not answer.blank or "committed" not in answer.attributes:
        return None
    kinds = {answer.yours.kind, answer.true.kind}
    if kinds not in ({"tuple"}, {"bool"}) or answer.yours.length != answer.true.length:
        return None
    return Finding(
        "committed-or-not",
        _(
            "An array is committed when it was put on a device, or computed from one that is. That"
            " others use it changes no array."
        ),
        _("Go back to the line that made each of them."),
    )


def given_away(answer: Answer) -> Finding | None:
    """Which arrays a donating call has deleted."""
    if not answer.blank or "is_deleted" not in answer.attributes | _methods(answer):
        return None
    kinds = (answer.yours.kind, answer.true.kind)
    if kinds not in (("tuple",) * 2, ("list",) * 2, ("bool",) * 2):
        return None
    return Finding(
        "donated-or-not",
        _(
            "donate_argnums counts the arguments from 0. The arrays that stand there in a call are"
            " deleted by it, the others stay as they are."
        ),
        _("Which array stands where in the call?"),
    )


def _methods(answer: Answer) -> set[str]:
    """The methods that the left side, or a name in it, was made by."""
    made = [
        answer.scene.assigned(each.id)
        for each in ast.walk(answer.left)
        if isinstance(each, ast.Name)
    ]
    return {
        each.attr
        for node in made
        if node
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute)
    }


RULES = (two_devices, put, named, collective)
ANSWERED = (where, bound, given_away)
