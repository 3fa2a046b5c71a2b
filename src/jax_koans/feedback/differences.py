"""What is certain of two values that were compared and differ."""

import contextlib
from typing import Any

from jax_koans.i18n import _

_CONTAINERS = {tuple, list, set, dict, str}
_LARGEST = 100  # elements of a container that are looked at


def difference(found: object, said: object) -> str:
    """A sentence about two values that differ in kind; "" where they differ in value."""
    with contextlib.suppress(Exception):  # a learner's object may raise anything
        return _difference(found, said, 0)
    return ""


def _difference(found: Any, said: Any, depth: int) -> str:
    one, other = type(found), type(said)
    if isinstance(found, type) and isinstance(said, type):
        return _classes(found, said)
    if one is not other and {one, other} <= _CONTAINERS:
        text = _("One is a {one}, the other a {other}: Python never counts these as equal.")
        return text.format(one=one.__name__, other=other.__name__)
    if one is other and one in (tuple, list) and len(found) == len(said) <= _LARGEST and depth < 3:
        pairs = zip(found, said, strict=True)
        return next(filter(None, (_difference(*pair, depth + 1) for pair in pairs)), "")
    return _arrays(found, said)


def _classes(found: type, said: type) -> str:
    bases, text = (found, said), _("{base} is a base class of {name}, and not the same class.")
    if found is not said and all(issubclass(each, BaseException) for each in bases):
        for name, base in (bases, bases[::-1]):
            if issubclass(name, base):
                return text.format(base=base.__name__, name=name.__name__)
    return ""


def _arrays(found: Any, said: Any) -> str:
    import jax
    import numpy as np

    if isinstance(found, np.dtype) and said in (int, float, complex):
        text = _("As a dtype, Python's {name} is {dtype}.")
        return text.format(name=said.__name__, dtype=np.dtype(said))
    if all(isinstance(each, jax.Array | np.ndarray) for each in (found, said)):
        if found.shape != said.shape:
            text = _("The shapes differ: {one} and {other}.")
            return text.format(one=found.shape, other=said.shape)
        if found.dtype != said.dtype:
            text = _("The dtypes differ: {one} and {other}.")
            return text.format(one=found.dtype, other=said.dtype)
    return ""
