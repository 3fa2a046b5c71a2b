"""How the clinic speaks of tracers: which one it is, and what traces it."""

import ast

from jax_koans.clinic.scene import Scene
from jax_koans.clinic.words import of_type
from jax_koans.i18n import _

CHOOSE = _(
    "Let JAX choose: jnp.where(condition, a, b) picks elementwise, lax.cond(condition, f, g, *args)"
    " runs one of two functions."
)


STATIC = _(
    "If it decides how the program is built and takes few values, make it static:"
    ' jax.jit(f, static_argnames="{name}"). Or take the number from a shape, which is known.'
)


def introduce(scene: Scene, node: ast.AST | None = None) -> str:
    """The tracers in an expression, as the beginning of a sentence."""
    tracers = scene.tracers(node)
    doing = scene.traced_for()
    if not tracers:
        if not doing:
            return _("While JAX traces a function, its numbers are tracers.")
        return _("While {transformation} traces {function}, its numbers are tracers.").format(
            transformation=doing, function=scene.function_name
        )
    name, tracer = tracers[0]
    if doing:
        return _("`{name}` is a tracer, {type}, while {transformation} traces {function}.").format(
            name=name,
            type=of_type(tracer),
            transformation=doing,
            function=scene.function_name,
        )
    return _("`{name}` is a tracer, {type}.").format(name=name, type=of_type(tracer))


def traced_name(scene: Scene, node: ast.AST | None = None) -> str:
    tracers = scene.tracers(node)
    return tracers[0][0] if tracers else "n"
