"""What the left side asks for: its form tells the rule behind it."""

import ast
from typing import TypeGuard

import jax.numpy as jnp
import numpy as np

from jax_koans.clinic.answer import Answer
from jax_koans.clinic.containers import leaves_of, numbers_in
from jax_koans.clinic.effects import changes, reads_self
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import Nature, is_array
from jax_koans.clinic.scene import UNKNOWN, same_scope
from jax_koans.clinic.steps import STEPS, close
from jax_koans.clinic.words import code, listed
from jax_koans.i18n import _


def elsewhere(answer: Answer) -> Finding | None:
    """The answer is what another name holds: another array, or the same before a change."""
    true, yours = answer.true.plain, answer.yours.plain
    spot = answer.scene.spot
    function = answer.scene.function
    if (
        not answer.blank
        or spot is None
        or function is None
        or not isinstance(yours, list)
        or not isinstance(true, list)
        or len(yours) < 2
    ):
        return None
    inside = {each.id for each in ast.walk(answer.left) if isinstance(each, ast.Name)}
    for name in sorted({each.id for each in ast.walk(function) if isinstance(each, ast.Name)}):
        value = spot.frame.f_locals.get(name, UNKNOWN)
        if value is UNKNOWN or not (is_array(value) or type(value).__module__ == "numpy"):
            continue
        if Nature.of(value).plain != yours:
            continue
        if name in inside:
            return Finding(
                "value-before-the-operation",
                _("That is what `{name}` itself holds. {code} is something else.").format(
                    name=name, code=code(answer.left)
                ),
                _("What does the rest of the expression do with it?"),
            )
        root = next((each for each in ast.walk(answer.left) if isinstance(each, ast.Name)), None)
        asked = answer.scene.value(root)
        if is_array(asked) and type(value) is np.ndarray:
            return Finding(
                "numpy-shares-memory",
                _(
                    "That is what `{name}` holds, an array of NumPy. {code} is asked for, of a jax"
                    " array, which never changes: what is written into `{name}` stays there."
                ).format(name=name, code=code(answer.left)),
                _("jnp.array and np.array copy: what is written into the one leaves the other."),
            )
        if type(asked) is np.ndarray:
            return Finding(
                "numpy-shares-memory",
                _(
                    "That is what `{name}` holds, and {code} is asked for: an array of NumPy, which"
                    " may be written to."
                ).format(name=name, code=code(answer.left)),
                _(
                    "A slice of a NumPy array is a view of its memory and sees what is written"
                    " there; jnp.array makes a copy of its own."
                ),
            )
        return Finding(
            "value-of-another-name",
            _("That is what `{name}` holds, and {code} is asked for.").format(
                name=name, code=code(answer.left)
            ),
            _(
                "A jax array never changes: an update makes a new array, for a new name; the old"
                " one stays as it was. Which name stands for which array here?"
            ),
        )
    return None


def aliased(answer: Answer) -> Finding | None:
    """Two names for one array, and an assignment with an operator."""
    function = answer.scene.function
    if not answer.blank or not isinstance(function, ast.FunctionDef):
        return None
    if answer.yours.kind != "list" or answer.true.kind != "list":
        return None
    read = {each.id for each in ast.walk(answer.left) if isinstance(each, ast.Name)}
    twins: set[str] = set()
    changed: list[ast.AugAssign] = []
    for node in same_scope(function.body):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            twins |= {node.value.id, *(each.id for each in node.targets if _is_name(each))}
        if isinstance(node, ast.AugAssign) and node.lineno < answer.left.lineno:
            changed.append(node)
    changed = [
        each
        for each in changed
        if twins & {part.id for part in ast.walk(each.target) if isinstance(part, ast.Name)}
    ]
    if not read & twins or not any(_without(answer, each) for each in changed):
        return None
    return Finding(
        "aliased-name",
        _(
            "`b = a` gives the same array a second name. For NumPy, `a += 1` writes into that one"
            " array, and both names see it; for jax arrays it makes a new array for the name a"
            " alone, and b keeps the old one."
        ),
        _("Which name stands for which array after each line, and whose array is it?"),
    )


def refused(answer: Answer) -> Finding | None:
    """The answer is what an assignment to an element would have made, had it not raised."""
    function = answer.scene.function
    yours, true = answer.yours.plain, answer.true.plain
    if not answer.blank or not isinstance(function, ast.FunctionDef):
        return None
    if not isinstance(yours, list) or not isinstance(true, list) or len(yours) != len(true):
        return None
    differing = {
        number for number, pair in enumerate(zip(yours, true, strict=True)) if pair[0] != pair[1]
    }
    read = {each.id for each in ast.walk(answer.left) if isinstance(each, ast.Name)}
    for each in ast.walk(function):
        target: ast.expr | None = each.target if isinstance(each, ast.AugAssign) else None
        if isinstance(each, ast.Assign):
            target = each.targets[0]
        if not isinstance(target, ast.Subscript) or target.lineno > answer.left.lineno:
            continue
        if not any(isinstance(around, ast.With) for around in answer.scene.ancestors(target)):
            continue  # no `with pytest.raises`
        array, index = answer.scene.value(target.value), answer.scene.value(target.slice)
        if ast.unparse(target.value) in read and is_array(array) and differing == {index}:
            return Finding(
                "item-assignment",
                _("`{name}` is as it was made: the assignment raised, and changed nothing.").format(
                    name=ast.unparse(target.value)
                ),
                _("A jax array never changes, whatever is tried."),
            )
    return None


def _without(answer: Answer, step: ast.AugAssign) -> bool:
    """Whether one of the two sides is the other one before `a += 1`, `a *= 2` and their like."""
    by = answer.scene.value(step.value)
    yours, true = leaves_of(answer.yours.plain), leaves_of(answer.true.plain)
    operation = STEPS.get(type(step.op))
    if operation is None or type(by) not in (int, float) or len(yours) != len(true):
        return False
    return close([operation(each, by) for each in yours], true) or close(
        [operation(each, by) for each in true], yours
    )


def _is_name(node: ast.expr) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def rounded(answer: Answer) -> Finding | None:
    """A difference within the gaps between large floating-point numbers."""
    if not answer.blank:
        return None
    yours, true = (
        leaves_of(numbers_in(answer.yours.plain)),
        leaves_of(numbers_in(answer.true.plain)),
    )
    if None in yours or None in true or len(yours) != len(true) or yours == true:
        return None
    gap, where, dtype = 0.0, 0.0, None
    for each in ast.walk(answer.left):
        value = answer.scene.value(each) if isinstance(each, ast.Name) else UNKNOWN
        if is_array(value) and jnp.issubdtype(value.dtype, jnp.floating) and value.size:
            largest = np.max(np.abs(np.asarray(value)))
            if np.isfinite(largest) and float(np.spacing(largest)) > gap:
                gap, where, dtype = float(np.spacing(largest)), float(largest), value.dtype
    differences = [abs(one - two) for one, two in zip(yours, true, strict=True)]
    coarse = float(np.spacing(np.float32(where)))
    if dtype == np.float64 and coarse >= 1e-3 and max(differences) <= coarse:
        return Finding(
            "lost-digits",
            _(
                "Near {where:g} the numbers of float32 lie {coarse:g} apart, but these are float64:"
                " {gap:.1g} apart, so that small digits are kept."
            ).format(where=where, coarse=coarse, gap=gap),
            _("Which dtype has the array here, and how many digits does that keep?"),
        )
    if gap < 1e-3 or not max(differences) <= max(gap, *(abs(each) for each in true)):
        return None
    return Finding(
        "lost-digits",
        _(
            "Near {where:g} the numbers of {dtype} lie {gap:g} apart, and each result is rounded to"
            " the nearest of them: smaller digits are lost. float64 is finer."
        ).format(where=where, dtype=dtype, gap=gap),
        _("Do each step by itself, and round it to what the dtype can hold there."),
    )


def _computed_index(answer: Answer, node: ast.AST) -> bool:
    """Whether a node reads a jax array at indices that are computed."""
    return (
        isinstance(node, ast.Subscript)
        and is_array(answer.scene.value(node.value))
        and not isinstance(node.slice, ast.Constant | ast.Slice | ast.Tuple | ast.UnaryOp)
    )


def _clamps(answer: Answer, node: ast.AST) -> bool:
    """Whether a read at computed indices ends, as far as can be seen, at the array's last one."""
    if not isinstance(node, ast.Subscript) or not _computed_index(answer, node):
        return False
    elements = Nature.of(answer.scene.value(node.value)).plain
    found = answer.true.plain
    return bool(elements and found) and found.count(elements[-1]) > elements.count(elements[-1])


def _moved(answer: Answer) -> bool:
    """Whether the left side is a piece of an array that lax.dynamic_slice cut or wrote."""
    nodes = [answer.left]
    for each in ast.walk(answer.left):
        if isinstance(each, ast.Name) and (made := answer.scene.assigned(each.id)) is not None:
            nodes.append(made)
    return any(
        isinstance(each, ast.Call)
        and answer.scene.called(each).startswith(("lax.dynamic_slice", "lax.dynamic_update_slice"))
        for node in nodes
        for each in ast.walk(node)
    )


def _pushed(answer: Answer) -> bool:
    """Whether the left side is what jax.jvp gave as its second: `_, change = jax.jvp(...)`."""
    function = answer.scene.function
    return isinstance(answer.left, ast.Name) and any(
        isinstance(each, ast.Assign)
        and isinstance(each.value, ast.Call)
        and isinstance(target := each.targets[0], ast.Tuple)
        and isinstance(last := target.elts[-1], ast.Name)
        and last.id == answer.left.id
        and answer.scene.called(each.value) == "jax.jvp"
        for each in (same_scope(function.body) if isinstance(function, ast.FunctionDef) else ())
    )


def signs(answer: Answer) -> Finding | None:
    """Numbers where their signs are asked for."""
    node = answer.left
    match node:
        case ast.Call(func=ast.Attribute(value=array, attr="tolist")):
            node = array
    if not answer.blank or answer.scene.called(node) not in ("jnp.sign", "np.sign"):
        return None
    numbers = leaves_of(numbers_in(answer.yours.plain))
    if not numbers or None in numbers or set(numbers) <= {-1, 0, 1}:
        return None
    return Finding(
        "value-for-sign",
        _("sign leaves of each number only whether it is above, below or at zero: 1, -1 or 0."),
        _("Which sign has each of yours?"),
    )


def cut(answer: Answer) -> Finding | None:
    """A piece of an array: what happens where its ends, or its indices, lie outside."""
    if not answer.blank or not all(
        isinstance(numbers_in(each.plain), list) for each in (answer.yours, answer.true)
    ):
        return None
    if _moved(answer):
        return by_form(answer)
    if any(_clamps(answer, each) for each in ast.walk(answer.left)):
        return Finding(
            "index-outside",
            rule_behind(answer),
            _('x.at[i].get(mode="fill") makes such a read visible.'),
        )
    return None


def rule_behind(answer: Answer) -> str:
    """The rule behind the left side, where its form names one."""
    outside = _outside(answer)
    if outside:
        return outside
    if "at" in answer.attributes:
        return _(
            "x.at[i].set(v) leaves x as it is; an index past the end is dropped, a negative one"
            " counts from the end."
        )
    if _moved(answer):
        return _(
            "The size of a dynamic_slice is fixed: near the end its start moves back until the"
            " piece fits, and a write with dynamic_update_slice likewise. Nothing raises."
        )
    if answer.functions & {"jax.tree.leaves", "jax.tree_util.tree_leaves"}:
        return _(
            "A leaf is what is no container: an array is one leaf, however many numbers it holds,"
            " None is none, and the entries of a dict come in the order of its sorted keys."
        )
    if any(_computed_index(answer, each) for each in ast.walk(answer.left)):
        return _(
            "An index past the end reads the last element: it clamps, one index at a time. A slice"
            " of NumPy ends early instead."
        )
    if _pushed(answer):
        return _(
            "Asked is what jax.jvp gives as its second: the derivative times the direction, so how"
            " far the result moves when the input moves by the direction."
        )
    made = answer.transformed
    if made & {"jacfwd", "jacrev", "hessian", "jacobian"}:
        return _(
            "Asked are derivatives: a row for each output, a column for each input, each entry how"
            " fast that output changes with that input."
        )
    if made & {"grad", "value_and_grad"}:
        return _(
            "Asked is a derivative, how fast the result changes with the input, and not the result"
            " itself. It is 0 where the function stays constant."
        )
    if "vmap" in made:
        return _(
            "Under vmap the function sees one example, a row by itself; vmap does this for all of"
            " them at once, and stacks the answers. Without vmap it sees the whole array."
        )
    if turned := _turned(answer):
        return turned
    if (one := _comprehension(answer)) is not None and not one.generators[0].ifs:
        return _("Each element is {element}, for one after the other of {source}.").format(
            element=code(one.elt), source=code(one.generators[0].iter)
        )
    functions = answer.behind
    if any(answer.scene.known(each) == "lax.cond" for one in functions for each in ast.walk(one)):
        return _(
            "lax.cond(test, yes, no, x) is yes(x) where the test holds, and no(x) where it does"
            " not: the first of the two branches belongs to True."
        )
    if "jit" not in made:
        return ""
    if answer.scene.within("jax.disable_jit") is not None:
        return _(
            "Inside jax.disable_jit nothing is traced: the lines run as plain Python, one after the"
            " other, on the numbers of the call."
        )
    if any(changes(each) or reads_self(each) for each in functions):
        return _(
            "jit leaves the numbers of a function as they are. But its Python lines ran only while"
            " JAX traced it, once for each shape and dtype: an append, a print, and what was read"
            " from outside, an attribute or a global, are frozen as they were then."
        )
    return _(
        "jit leaves the numbers of a function as they are: they are those that the function gives"
        " without jit."
    )


def _comprehension(answer: Answer) -> ast.ListComp | None:
    """The list comprehension on the left, or that a function called there answers with."""
    made: ast.AST | None = answer.left
    for function in answer.behind if isinstance(made, ast.Call) else ():
        returns = [each for each in ast.walk(function) if isinstance(each, ast.Return)]
        made = returns[0].value if len(returns) == 1 else None
    return made if isinstance(made, ast.ListComp) and len(made.generators) == 1 else None


def kept(answer: Answer) -> Finding | None:
    """A list of those, numbers or names, for which a condition holds."""
    made = _comprehension(answer) if answer.blank else None
    yours, true = answer.yours.plain, answer.true.plain
    if made is None or not made.generators[0].ifs or not isinstance(yours, list):
        return None
    if not all(type(each) in (int, float, str) for each in [*yours, *true]):
        return None
    condition = code(made.generators[0].ifs[0])
    surplus = [each for each in yours if each not in true]
    missing = [each for each in true if each not in yours]
    mend = _("Go through {source} one by one.").format(source=code(made.generators[0].iter))
    if surplus and missing:
        why = _(
            "The left side keeps those for which {condition} holds: some of yours are not there,"
            " and others are missing."
        )
        return Finding("names-exchanged", why.format(condition=condition), mend)
    if surplus:
        why = _("Yours lists {surplus}, for which {condition} does not hold.")
        text = listed(map(str, surplus))
        return Finding("names-too-many", why.format(surplus=text, condition=condition), mend)
    if missing:
        why = _("{condition} holds for more than you list.")
        return Finding("names-missing", why.format(condition=condition), mend)
    return None


def _turned(answer: Answer) -> str:
    """A name on the left that a loop of the test makes anew in each of its turns."""
    function = answer.scene.function
    for loop in same_scope(function.body) if isinstance(function, ast.FunctionDef) else ():
        if not isinstance(loop, ast.For) or loop.lineno > answer.left.lineno:
            continue
        for node in same_scope(loop.body):
            if not isinstance(node, ast.Assign):
                continue
            made = set.union(*map(_named, node.targets)) & _named(node.value)
            for name in sorted(made & _named(answer.left)):
                return _(
                    "`{name}` is made anew in every turn of a loop above, from what the turn before"
                    " has left."
                ).format(name=name)
    return ""


def _named(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _outside(answer: Answer) -> str:
    """An index that lies outside of an array."""
    for each in ast.walk(answer.left):
        if not isinstance(each, ast.Subscript):
            continue
        node = each.value
        at = isinstance(node, ast.Attribute) and node.attr == "at"
        array = answer.scene.value(node.value if at and isinstance(node, ast.Attribute) else node)
        index = answer.scene.value(each.slice)
        if not is_array(array) or type(index) is not int or not array.shape:
            continue
        length = array.shape[0]
        if -length <= index < length:
            continue
        if at:
            return _(
                "Index {index} lies outside of {length} elements: a write there is dropped."
            ).format(index=index, length=length)
        return _(
            "Index {index} lies outside of {length} elements: a read moves to the nearest one that"
            " is inside."
        ).format(index=index, length=length)
    return ""


def outside(answer: Answer) -> Finding | None:
    """An index outside of an array, where JAX raises nothing."""
    text = _outside(answer)
    if not text or not answer.blank:
        return None
    return Finding(
        "index-outside",
        text + " " + _("Nothing raises, since a compiled program cannot."),
        _("Neither the nearest element nor a new one takes what was written.")
        if "at" in answer.attributes
        else _('x.at[i].get(mode="fill") makes such a read visible.'),
    )


def by_form(answer: Answer) -> Finding | None:
    """No relation between the values: then what the left side asks for, if its form tells."""
    if not answer.blank:
        return None
    if answer.numbers is None and not (
        isinstance(numbers_in(answer.yours.plain), list)
        and isinstance(numbers_in(answer.true.plain), list)
    ):
        return None
    rule = rule_behind(answer)
    if not rule:
        return None
    if rule == _turned(answer):
        return Finding(
            "turns-of-a-loop",
            rule,
            _("Go through its turns one by one, and write down what each of them leaves."),
        )
    if (one := _comprehension(answer)) is not None and not one.generators[0].ifs:
        return Finding("element-by-element", rule, _("Work out the first of them, then the next."))
    made = answer.transformed
    if _pushed(answer) or made & {
        "grad", "value_and_grad", "jacfwd", "jacrev", "hessian", "jacobian"
    }:  # fmt: skip
        return Finding(
            "derivative-value",
            rule,
            _("Differentiate by hand, and put the numbers of this test in."),
        )
    if answer.functions & {"jax.tree.leaves", "jax.tree_util.tree_leaves"}:
        return Finding(
            "leaves-of-a-tree",
            rule,
            _("Draw the tree, and go along its ends."),
        )
    if _moved(answer):
        return Finding(
            "slice-that-fits",
            rule,
            _("How many elements are there from the start on, and how many are asked for?"),
        )
    if "at" in answer.attributes:
        return Finding(
            "updated-value",
            rule,
            _("Write the array down, and make the change by hand."),
        )
    if any(_computed_index(answer, each) for each in ast.walk(answer.left)):
        return Finding(
            "index-outside",
            rule,
            _("Which of the indices lie outside?"),
        )
    if "vmap" in made:
        return Finding(
            "mapped-value",
            rule,
            _("Compute the function for the first example by hand, then for the next."),
        )
    frozen = answer.scene.within("jax.disable_jit") is None and any(
        changes(each) or reads_self(each) for each in answer.behind
    )
    return Finding(
        "compiled-value",
        rule,
        _("Run the function in your head without jit, and then ask what the trace remembers.")
        if frozen
        else _("Run the function in your head, line by line, on the numbers of this call."),
    )
