"""What kind of difference lies between two numbers, or two lists of them."""

import math
from typing import Any

from jax_koans.clinic.answer import Answer
from jax_koans.clinic.containers import depth_of, leaves_of, numbers_in, other_count
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.forms import rule_behind
from jax_koans.clinic.words import places
from jax_koans.i18n import _, plural

_FLOATS = (int, float)


def several(answer: Answer) -> Finding | None:
    """Two lists of numbers."""
    yours, true = numbers_in(answer.yours.plain), numbers_in(answer.true.plain)
    if not isinstance(yours, list) or not isinstance(true, list):
        return None
    if not answer.blank and (depth_of(yours), len(leaves_of(yours))) != (
        depth_of(true),
        len(leaves_of(true)),
    ):
        if depth_of(yours) == depth_of(true) == 1:
            return other_count(len(yours), len(true), blank=False)
        return None
    if depth_of(yours) != depth_of(true):
        return Finding(
            "nesting",
            _("Yours is nested {yours} deep, the other side {true}: a list for each axis.").format(
                yours=depth_of(yours), true=depth_of(true)
            ),
            rule_behind(answer) or _("A matrix is a list of its rows: [[1.0, 2.0], [3.0, 4.0]]."),
        )
    flat, truly = leaves_of(yours), leaves_of(true)
    if depth_of(true) == 2 and yours == [list(row) for row in zip(*true, strict=False)]:
        return Finding(
            "transposed",
            _("Rows and columns are swapped."),
            _("A jacobian has a row for each output and a column for each input; .T swaps them.")
            if answer.scene.uses("jax.jacfwd", "jax.jacrev", "jax.jacobian", "jax.hessian")
            else _("A reshape fills row after row; .T swaps rows and columns."),
        )
    if len(flat) != len(truly):
        return other_count(len(flat), len(truly))
    differing = [
        (number, one, two)
        for number, (one, two) in enumerate(zip(flat, truly, strict=True))
        if one != two and (answer.blank or not _agree(one, two))
    ]
    if answer.blank and any(map(_is_nan, truly)):
        return _nan(answer)
    if any(_is_nan(one) or _is_nan(two) for _number, one, two in differing):
        missing = [number for number, one, two in differing if _is_nan(two) and math.isfinite(one)]
        extra = [number for number, one, _two in differing if _is_nan(one)]
        return _nan(answer, missing, extra if any(map(_is_nan, truly)) else [])
    if not differing:
        return None
    if len(flat) > 1 and sorted(flat) == sorted(truly):
        return Finding(
            "elements-in-other-order",
            _("The right numbers in another order."),
            _("Whose turn comes first? Sorting is ascending; argnums, leaves and rows keep order.")
            if answer.blank
            else _("What decides here which of them comes first?"),
        )
    if len(flat) > 1 and 0 not in truly and flat == _running(truly):
        return Finding(
            "running-total",
            _("Yours are the running totals of what comes out."),
            _("Each entry stands for itself here."),
        )
    if len(flat) > 1 and 0 not in flat and truly == _running(flat):
        return Finding(
            "running-total",
            _("What comes out are the running totals of yours."),
            _("Each turn goes on from the one before."),
        )
    relations = {_relation(one, two) for _number, one, two in differing}
    (relation,) = relations if len(relations) == 1 else (None,)
    if relation in _FACTORS and len({round(one / two, 4) for _number, one, two in differing}) > 1:
        relation = None  # the one is larger here, the other there
    if len(differing) < len(flat):
        where = places([number for number, _one, _two in differing])
        if relation and relation not in {*_BY_CHANCE, "factor-of-two"}:
            return _word(
                relation,
                answer,
                _("At index {where}:").format(where=where) + " ",
            )
        return Finding(
            "some-elements",
            plural(
                "The element at index {where} differs, the others are right.",
                "The elements at index {where} differ, the others are right.",
                len(differing),
            ).format(where=where),
            rule_behind(answer)
            or _("What is particular there: an end, a sign, a zero, an index outside?"),
        )
    return _word(relation, answer) if relation else None


def one(answer: Answer) -> Finding | None:
    """Two numbers."""
    if (numbers := answer.numbers) is None:
        return None
    yours, true = numbers
    if isinstance(yours, complex) or isinstance(true, complex):
        return None
    if _is_nan(true) or _is_nan(yours):
        return _nan(answer)
    relation = _relation(yours, true)
    return _word(relation, answer) if relation else None


def _running(values: list[float]) -> list[float]:
    total, found = 0.0, []
    for each in values:
        total += each
        found.append(total)
    return found


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _nan(
    answer: Answer, missing: list[int] | None = None, extra: list[int] | None = None
) -> Finding:
    """A NaN on one side.

    `missing` are the places where one is wanted and a number came out, `extra` those where a
    number is wanted and NaN came out, though others want one.
    """
    if not answer.blank and (missing or extra):
        parts = []
        if missing:
            parts.append(
                _("NaN is wanted at index {where}, and a number is found there.").format(
                    where=places(missing)
                )
            )
        if extra:
            parts.append(
                _("A number is wanted at index {where}, and NaN is found there.").format(
                    where=places(extra)
                )
            )
        return Finding(
            "nan-wanted",
            " ".join(parts),
            _(
                "What is to make a NaN of these? An index outside alone does not: such a read moves"
                " to the nearest element."
            )
            if missing
            else _("What makes a NaN there: does its condition hold for more than it should?"),
        )
    if not answer.blank:
        return Finding(
            "nan-in-result",
            _("There is a NaN on one side. What NaN enters becomes NaN, and it equals nothing."),
            _(
                "Look for 0/0, 0 * inf, inf - inf, the root or log of a negative number, an"
                " overflow in a branch that where does not choose (its derivative still counts), or"
                " steps that grow from turn to turn until they overflow."
            ),
        )
    return Finding(
        "nan-equals-nothing",
        _("nan equals nothing, not even itself: a comparison with nan never holds."),
        _('Ask jnp.isnan(x); where a koan asks for a text, say "nan".'),
    )


def _relation(yours: Any, true: Any) -> str | None:
    """The name of the simplest relation between two numbers that differ."""
    if not isinstance(yours, _FLOATS) or not isinstance(true, _FLOATS):
        return None
    if _is_nan(yours) or _is_nan(true):
        return "nan"
    if math.isinf(yours) or math.isinf(true):
        return "sign-turned" if yours == -true else "infinity"
    whole = type(yours) is int and type(true) is int
    if whole and (abs(yours - true) % 2**32 == 0 or true < 100 - 2**31):
        return "int-wraps"
    if whole and abs(yours - true) == 1:
        return "off-by-one"
    if whole and true > 2**31 - 100:
        return "int-wraps"
    if type(yours) is int and not float(true).is_integer() and abs(yours - true) < 1 < abs(true):
        return "fraction-lost"
    if _same(yours, -true):
        return "sign-turned"
    if abs(yours - true) <= 2e-3 * max(abs(yours), abs(true)):
        return "nearly"
    if true == 0 or yours == 0:
        return "zero-found" if true == 0 else "zero-said"
    if _same(yours * true, 1):
        return "turned-upside-down"
    if _same(yours, 2 * true) or _same(2 * yours, true):
        return "factor-of-two"
    if _same(true, yours * yours) or _same(yours, true * true):
        return "squared"
    ratio = max(abs(yours), abs(true)) / min(abs(yours), abs(true))
    if yours * true > 0 and _same(ratio, 10 ** round(math.log10(ratio))):
        return "power-of-ten"
    if yours * true > 0 and abs(ratio - round(ratio)) < 1e-6 and ratio < 1001:
        return "whole-factor"
    if yours * true < 0:
        return "sign-and-size"
    return None


def _agree(one: float, two: float) -> bool:
    """Whether an assertion of numpy.testing takes one for the other, about."""
    return _same(one, two) or (_is_nan(one) and _is_nan(two))


def _same(one: float, two: float) -> bool:
    return math.isclose(one, two, rel_tol=1e-5)


def _word(relation: str | None, answer: Answer, begin: str = "") -> Finding | None:
    if relation == "nan":
        return _nan(answer)
    if relation in _BY_CHANCE and rule_behind(answer):
        return None  # what the left side asks for says more
    words = {
        "sign-turned": (
            _("the size is right, and the sign is turned."),
            _("Follow the minus signs: what is subtracted, and what is turned?"),
        ),
        "infinity": (
            _("one side is infinite: 1/0 and an overflow give inf in an array, and raise nothing."),
            _("float32 ends near 3e38, exp overflows from 89 on."),
        ),
        "int-wraps": (
            _(
                "an int32 ends at 2**31 - 1, and wraps around in silence: after the largest number"
                " comes the smallest, -(2**31)."
            ),
            _("An int64 does not wrap there; a Python int never does."),
        ),
        "fraction-lost": (
            _("yours is a whole number, and the left side has a fraction, which counts."),
            _("Compute it by hand, with all its digits."),
        ),
        "nearly": (
            _("nearly, but not equal: float32 keeps about 7 digits, float64 about 16."),
            _("Say the number as the left side has it, rounded as it is rounded there."),
        ),
        "zero-found": (
            _("zero is found where you expect something else.")
            if answer.blank
            else _("zero is wanted here."),
            _("What takes everything away here: a mask, a difference, a start at zero?"),
        ),
        "zero-said": (
            _("it is not zero."),
            _("What is added or kept here that you left out?"),
        ),
        "turned-upside-down": (
            _("the one is 1 divided by the other."),
            _("What is divided by what?"),
        ),
        "factor-of-two": (
            _("the one is twice the other."),
            _("Look for a half, a square, a mean of two, a turn more or less."),
        ),
        "off-by-one": (
            _("off by one."),
            _(
                "Does the count begin at 0 or at 1, and does the end belong to it? range(n) has"
                " no n."
            ),
        ),
        "squared": (
            _("the one is the square of the other."),
            _("Is the value asked for, its square, or its root?"),
        ),
        "whole-factor": (
            _("the one is a whole multiple of the other."),
            _("A sum for a mean, one element for all, a turn more or less: how many take part?"),
        ),
        "power-of-ten": (
            _("a power of ten lies between them."),
            _(
                "Where rounding takes part, the digits of the dtype decide: float32 rounds near"
                " 1e-7 of a number (its eps), float64 near 2e-16."
            ),
        ),
        "sign-and-size": (
            _("the sign differs, and the size."),
            _("Write the steps down, one below the other, with the numbers of this test."),
        ),
    }
    if relation is None or relation not in words:
        return None
    why, mend = words[relation]
    why = begin + why if begin else why[0].upper() + why[1:]
    return Finding(relation, why, rule_behind(answer) or mend)


def telling(answer: Answer) -> Finding | None:
    """Of a computed result: the relations that are no chance.

    That one number is twice, or one more than, another says nothing of code that went wrong.
    """
    found = several(answer) or one(answer)
    return found if found and found.misconception in _TELLING else None


# What may well be chance: it says nothing where the form of the left side tells the rule.
_BY_CHANCE = {
    "whole-factor", "squared", "turned-upside-down", "sign-and-size", "power-of-ten",
}  # fmt: skip
_FACTORS = {"factor-of-two", "whole-factor", "power-of-ten"}
_TELLING = {
    "nan-in-result", "nan-wanted", "sign-turned", "transposed", "running-total", "nesting",
    "elements-in-other-order", "other-number-of-elements",
}  # fmt: skip
RULES = (several, one)
COMPUTED = (telling,)
