"""Functions that do something besides answering: what they print, append or read goes stale."""

import ast

from jax_koans.clinic.answer import Answer
from jax_koans.clinic.containers import numbers_in
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.scene import Function, same_scope
from jax_koans.i18n import _


def changes(function: Function) -> bool:
    """Whether a function does something besides answering: an append, a print, a `nonlocal`."""
    if isinstance(function, ast.Lambda):
        return False
    return any(
        (isinstance(each, ast.Expr) and isinstance(each.value, ast.Call))
        or isinstance(each, ast.Global | ast.Nonlocal)
        for each in same_scope(function.body)
    )


def reads_self(function: Function) -> bool:
    """Whether a function is a method, which reads the attributes of its object."""
    return bool(function.args.args) and function.args.args[0].arg == "self"


def repeated(answer: Answer) -> Finding | None:
    """The same call several times, of a function whose Python body changes something outside."""
    node = answer.left
    if not answer.blank or not isinstance(node, ast.List | ast.Tuple) or len(node.elts) < 2:
        return None
    yours, true = numbers_in(answer.yours.plain), numbers_in(answer.true.plain)
    if not isinstance(yours, list) or not isinstance(true, list) or len(yours) != len(true):
        return None
    if len({ast.dump(each) for each in node.elts}) > 1 or not any(map(changes, answer.behind)):
        return None
    if "jit" in answer.transformed:
        return Finding(
            "compiled-call-repeated",
            _(
                "The Python body runs once, while JAX traces it. What it reads then, a length or a"
                " counter, is written into the program as a number: the same compiled call gives"
                " the same answer again."
            ),
            _("How often has the body run before, and what does this one run find?"),
        )
    return Finding(
        "not-pure",
        _(
            "The function is not pure: each run of its body changes something outside, and reads"
            " it too. So the same call with the same argument can answer otherwise."
        ),
        _("Go through the body line by line, once for each call: what has changed by then?"),
    )


RULES = (repeated,)
