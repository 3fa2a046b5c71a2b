"""A list for a tuple, one number for many: the containers of an answer."""

from typing import Any

from jax_koans.clinic.answer import Answer
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import Nature
from jax_koans.clinic.words import a
from jax_koans.i18n import _, plural


def container(answer: Answer) -> Finding | None:
    """A list for a tuple, an array for a list, one number for several."""
    yours, true = answer.yours, answer.true
    if not answer.blank:
        return _results(yours, true)
    if (true.kind == "list" and yours.kind == "tuple") or (
        true.kind == "tuple" and yours.kind == "list"
    ):
        return Finding(
            "other-container",
            _("The left side is a {true}, and yours is a {yours}: they are never equal.").format(
                true=true.kind, yours=yours.kind
            ),
            _("Square brackets make a list, round ones a tuple; .tolist() answers with lists."),
        )
    if true.kind in ("list", "tuple", "set") and (yours.is_number or yours.kind == "other"):
        return Finding(
            "one-for-many",
            _("The left side is a {kind}, and yours is a single thing.").format(kind=true.kind),
            {
                "list": _("Square brackets make a list: [x] is a list of one."),
                "tuple": _("A comma makes a tuple: (x,) is a tuple of one."),
            }.get(true.kind, _("Curly brackets make a set: {x} is a set of one.")),
        )
    if true.is_number and yours.kind in ("list", "tuple", "set"):
        return Finding(
            "many-for-one",
            _("The left side is a single number, and yours is {kind}.").format(kind=a(yours.kind)),
            _("A sum, a mean, an index leave one number: say it without brackets."),
        )
    if (yours.kind == "set" and true.kind in ("list", "tuple")) or (
        true.kind == "set" and yours.kind != "set"
    ):
        return Finding(
            "other-container",
            _("The left side is a {true}, and yours is a {yours}: they are never equal.").format(
                true=true.kind, yours=yours.kind
            ),
            _("A set is written with curly brackets: {x}; the empty one set()."),
        )
    flat = isinstance(true.plain, list | tuple) and all(type(each) is int for each in true.plain)
    if flat and true.length and true.kind == yours.kind and _of_things(yours.plain):
        return Finding(
            "value-for-number",
            _("The left side holds numbers, and yours holds other things."),
            _("Asked is how many they are: the length of each, a number.")
            if "len" in answer.functions
            else _("Compute each by hand, on the inputs above."),
        )
    whole = isinstance(numbers_in(yours.plain), list) and isinstance(numbers_in(true.plain), list)
    texts = _texts(true.plain)
    if true.kind == yours.kind and true.length != yours.length and not whole and not texts:
        none = any(isinstance(each.plain, list) and None in each.plain for each in (yours, true))
        return other_count(yours.length or 0, true.length or 0, none=none)
    if true.kind == yours.kind and _truths(true.plain) and _truths(yours.plain):
        wrong = [
            str(number)
            for number, pair in enumerate(zip(yours.plain, true.plain, strict=True))
            if pair[0] is not pair[1]
        ]
        return Finding(
            "other-way-round",
            _("At index {where} it differs: it is the other way round.").format(
                where=", ".join(wrong)
            ),
            _("Look at each by itself: the first, the second, ..."),
        )
    if true.is_number and yours.kind in ("str", "class", "dtype", "bool"):
        return Finding(
            "value-for-number",
            _("Asked is a number, and yours is {kind}.").format(kind=a(yours.kind)),
            _("Compute it by hand, on the inputs above."),
        )
    if true.kind in ("list", "tuple") and yours.kind in ("str", "class", "dtype", "bool"):
        return Finding(
            "value-for-number",
            _("Asked is {true}, and yours is {kind}.").format(
                true=a(true.kind), kind=a(yours.kind)
            ),
            _("Compute it by hand, on the inputs above."),
        )
    return None


def _of_things(values: Any) -> bool:
    """Whether a container holds other things than numbers."""
    return values is None or any(
        isinstance(each, list | tuple | set | frozenset | dict | str) for each in values
    )


def _texts(value: object) -> bool:
    return isinstance(value, list | set) and any(isinstance(each, str) for each in value)


def _truths(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(each, bool) for each in value)
    )


def other_count(yours: int, true: int, *, blank: bool = True, none: bool = False) -> Finding:
    if not blank:
        return Finding(
            "other-number-of-elements",
            plural(
                "The result has {yours} element, and {true} are wanted.",
                "The result has {yours} elements, and {true} are wanted.",
                yours,
            ).format(yours=yours, true=true),
            _("What decides how many there are, and does it follow the arguments?"),
        )
    return Finding(
        "other-number-of-elements",
        plural(
            "The left side has the length {true}, yours has {yours} element.",
            "The left side has the length {true}, yours has {yours} elements.",
            yours,
        ).format(yours=yours, true=true),
        _("Too many, or too few: which elements come out, and which do not?")
        + (" " + _("None in a list is an element too.") if none else ""),
    )


def _results(yours: Nature, true: Nature) -> Finding | None:
    stacked = bool(true.shape) and true.shape is not None and true.shape[0] == yours.length
    if (
        yours.kind == "tuple"
        and not stacked
        and true.kind in ("array", "ndarray", "numpy number", "float", "int")
    ):
        return Finding(
            "pair-for-value",
            _("The function answers with a tuple, and an array or a number is wanted."),
            _("scan and value_and_grad answer with a pair: which part of it is the result?"),
        )
    if (
        yours.kind == "ndarray"
        and true.kind == "array"
        and yours.shape == true.shape
        and yours.plain == true.plain
    ):
        return Finding(
            "numpy-for-jax-array",
            _("The numbers are right, in an array of NumPy; wanted is one of JAX."),
            _("Compute with jnp, which compiles and differentiates."),
        )
    return None


def numbers_in(value: Any) -> Any:
    """A nested list of numbers as such; None for anything else."""
    if isinstance(value, list | tuple):
        parts = [numbers_in(each) for each in value]
        return None if None in parts else parts
    return value if type(value) in (int, float) else None


def depth_of(value: Any) -> int:
    return 1 + max((depth_of(each) for each in value), default=0) if isinstance(value, list) else 0


def leaves_of(value: Any) -> list[Any]:
    return (
        [leaf for each in value for leaf in leaves_of(each)] if isinstance(value, list) else [value]
    )


RULES = (container,)
