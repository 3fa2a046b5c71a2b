"""The blank: what stands where a learner's answer belongs."""

from typing import NoReturn


class UnansweredBlank(Exception):
    """A blank was used as if it were an answer."""


class Blank:
    """`__(answer)` is the answer; a bare `__` waits for one.

    The solutions hold `__(answer)`, the koans `__`, and one object serves both. Called with one
    positional argument, whatever its shape and dtype, it returns that very object.

    Raises:
        UnansweredBlank: it was compared, added, indexed, converted, called otherwise, ...

    Example:
        >>> assert 1 + 1 == __(2)
    """

    __slots__ = ()

    def __call__(self, *answer: object, **named: object) -> object:
        if len(answer) != 1 or named:
            _refuse()
        return answer[0]

    def __repr__(self) -> str:
        return "__"

    def __getattr__(self, name: str) -> NoReturn:
        # Tools probe any object for dunder names (pytest, inspect, copy): those stay absent.
        if name.startswith("__"):
            raise AttributeError(name)
        _refuse()


def _refuse(*_: object) -> NoReturn:
    raise UnansweredBlank("a blank __ is still waiting for your answer")


# Python looks special methods up on the class, so each use of a blank as a value needs its own.
_USES = """
    eq ne lt le gt ge bool len iter next contains getitem setitem delitem index int float complex
    add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow matmul rmatmul
    and rand or ror xor rxor lshift rlshift rshift rrshift neg pos abs invert round enter exit
    array jax_array
"""
for _use in _USES.split():
    setattr(Blank, f"__{_use}__", _refuse)
# Comparison decides a class's hash; a blank may still be a dictionary's key while a file imports.
Blank.__hash__ = object.__hash__  # type: ignore[method-assign]

__ = Blank()
