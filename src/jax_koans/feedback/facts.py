"""What is certain of two values that were compared and differ."""

import contextlib
from typing import Any

from jax_koans.i18n import _

_CONTAINERS = (tuple, list, set, dict, str)
_LARGEST = 100  # elements of a container that are looked at


def difference(found: object, said: object) -> str:
    """A sentence about what differs in kind between two values; "" where they differ in value."""
    with contextlib.suppress(Exception):  # a learner's object may raise anything
        return _difference(found, said, 0)
    return ""


def _difference(found: Any, said: Any, depth: int) -> str:
    kinds = type(found), type(said)
    if isinstance(found, type) and isinstance(said, type):
        return _classes(found, said)
    if kinds[0] is not kinds[1] and all(kind in _CONTAINERS for kind in kinds):
        text = _("One is a {one}, the other a {other}: Python never counts these as equal.")
        return text.format(one=kinds[0].__name__, other=kinds[1].__name__)
    if kinds[0] is kinds[1] and kinds[0] in (tuple, list):
        if len(found) == len(said) <= _LARGEST and depth < 3:
            pairs = zip(found, said, strict=True)
            return next(filter(None, (_difference(*pair, depth + 1) for pair in pairs)), "")
        return ""
    return _arrays(found, said)


def _classes(found: type, said: type) -> str:
    if found is said or not all(issubclass(each, BaseException) for each in (found, said)):
        return ""
    text = _("{name} is a base class of {other}. The comparison asks for the class itself.")
    if issubclass(found, said):
        return text.format(name=said.__name__, other=found.__name__)
    if issubclass(said, found):
        return text.format(name=found.__name__, other=said.__name__)
    return ""


def _arrays(found: Any, said: Any) -> str:
    import jax
    import numpy as np

    if isinstance(found, np.dtype) and said in (int, float, complex):
        text = _("As a dtype, Python's {name} is {dtype}.")
        return text.format(name=said.__name__, dtype=np.dtype(said))
    arrays = (jax.Array, np.ndarray)
    if not isinstance(found, arrays) or not isinstance(said, arrays):
        return ""
    if found.shape != said.shape:
        return _("The shapes differ: {one} and {other}.").format(one=found.shape, other=said.shape)
    if found.dtype != said.dtype:
        return _("The dtypes differ: {one} and {other}.").format(one=found.dtype, other=said.dtype)
    return ""
