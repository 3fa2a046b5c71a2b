"""The frames of a traceback: where each stands in the text, and what Python was doing there."""

import ast
import dis
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType

# The first line, the last one, and the columns in UTF-8 bytes.
Position = tuple[int | None, int | None, int | None, int | None]
_POSITION = ("lineno", "end_lineno", "col_offset", "end_col_offset")
# What an instruction evaluates; a decorator without arguments is called where its name stands.
_OPERATIONS: dict[str, tuple[type[ast.AST], ...]] = {
    "CALL": (ast.Call, ast.Name, ast.Attribute),
    "BINARY_S": (ast.Subscript,),  # BINARY_SUBSCR, BINARY_SLICE
    "BINARY_OP": (ast.BinOp, ast.AugAssign, ast.Subscript),
    "UNARY_": (ast.UnaryOp,),
    "STORE_S": (ast.Subscript,),
    "COMPARE_OP": (ast.Compare,),
    "CONTAINS_OP": (ast.Compare,),
    "LOAD_": (ast.Attribute,),  # LOAD_ATTR, LOAD_METHOD
    "UNPACK": (ast.Tuple, ast.List),
    "GET_ITER": (ast.expr, ast.For),
    "FORMAT": (ast.JoinedStr, ast.FormattedValue),
}
_TRUTH = ("POP_JUMP", "JUMP_IF", "TO_BOOL", "UNARY_NOT")  # what asks for a truth value


@dataclass(frozen=True)
class Stop:
    """A frame of a traceback, the position where it stands, and the name of the instruction."""

    frame: FrameType
    position: Position
    instruction: str

    @property
    def asks_for_truth(self) -> bool:
        return self.instruction.startswith(_TRUTH)

    def nodes(self, tree: ast.Module) -> list[ast.AST]:
        """The nodes that the instruction can belong to; the outermost of one position first."""
        named = (_OPERATIONS[name] for name in _OPERATIONS if self.instruction.startswith(name))
        kinds = (ast.expr, ast.stmt) if self.asks_for_truth else next(named, ())
        here = [
            node
            for node in ast.walk(tree)
            if self.position == tuple(getattr(node, name, None) for name in _POSITION)
        ]
        found = [node for node in here if isinstance(node, kinds)]
        if not found and (asserts := [node for node in here if isinstance(node, ast.Assert)]):
            # pytest gives everything in an assertion the position of the statement.
            found = [node for node in ast.walk(asserts[0].test) if isinstance(node, kinds[:1])]
            return found if len(found) == 1 else []
        return found


def walk(entry: TracebackType | None) -> Iterator[Stop]:
    """The frames of a traceback, outermost first."""
    while entry is not None:
        code, last = entry.tb_frame.f_code, max(entry.tb_lasti, 0)
        position = next(itertools.islice(code.co_positions(), last // 2, None), (None,) * 4)
        while last > 0 and dis.opname[code.co_code[last]] == "CACHE":
            last -= 2
        if position[0] is None or entry.tb_lasti < 0:  # put together by hand: the line is certain
            position = (entry.tb_lineno, entry.tb_lineno, None, None)
        yield Stop(entry.tb_frame, position, dis.opname[code.co_code[last]])
        entry = entry.tb_next
