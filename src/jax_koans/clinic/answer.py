"""A comparison that does not hold: what the learner has, what is true, and what was asked."""

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jax_koans.clinic.nature import Nature
from jax_koans.clinic.scene import Function, Scene


@dataclass(frozen=True)
class Answer:
    """`yours` is the learner's side, `true` the other; `blank` where a blank was answered.

    At a blank the learner's side is the right one; elsewhere it is what their code computed, the
    left one. `left` is the expression that was asked about.
    """

    scene: Scene
    left: ast.expr
    yours: Nature
    true: Nature
    blank: bool
    strict: bool | None = None  # of an assertion of numpy.testing: whether it asks for the dtype

    @cached_property
    def attributes(self) -> set[str]:
        """The attributes that the left side reads: shape, dtype, count, ..."""
        return {each.attr for each in ast.walk(self.left) if isinstance(each, ast.Attribute)}

    @cached_property
    def functions(self) -> set[str]:
        """The names of the functions that the left side calls."""
        found = set()
        for each in ast.walk(self.left):
            if isinstance(each, ast.Call):
                if isinstance(each.func, ast.Name):
                    found.add(each.func.id)
                found.add(self.scene.known(each.func))
        return found

    @cached_property
    def transformed(self) -> set[str]:
        """The transformations behind the functions that the left side calls."""
        return {
            each.short
            for node in ast.walk(self.left)
            if isinstance(node, ast.Call)
            for each in self.scene.transformations(node.func)
        }

    @cached_property
    def behind(self) -> list[Function]:
        """The functions of this file that the left side calls, what transforms them removed."""
        found = []
        for each in ast.walk(self.left):
            if isinstance(each, ast.Call):
                function = self.scene.definition(each.func)
                if function is None and isinstance(each.func, ast.Name):
                    function = self.scene.definition(self.scene.assigned(each.func.id))
                if function is not None:
                    found.append(function)
        return found

    def asks_for(self, attribute: str) -> bool:
        """Whether the left side ends in this attribute, or picks such an entry."""
        parts = self.left.elts if isinstance(self.left, ast.Tuple | ast.List) else [self.left]
        return bool(parts) and all(_ends_in(each, attribute) for each in parts)

    @property
    def numbers(self) -> tuple[Any, Any] | None:
        """Both sides as plain numbers, where they are that."""
        yours, true = self.yours, self.true
        if yours.is_number and true.is_number:
            return yours.plain, true.plain
        return None


def _ends_in(node: ast.expr, attribute: str) -> bool:
    match node:
        case ast.Attribute(attr=attr):
            return attr == attribute
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key == attribute
    return False
