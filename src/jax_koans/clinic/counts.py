"""Answers about traces, runs, equations, and the names of primitives."""

import ast
from typing import Any

from jax_koans.clinic.answer import Answer
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.retraced import ran_again
from jax_koans.clinic.words import code, listed
from jax_koans.i18n import _


def _first_difference(answer: Answer) -> tuple[Any, Any] | None:
    """The first counts that differ, of two numbers or two sequences of numbers."""
    yours, true = answer.yours.plain, answer.true.plain
    if type(yours) is not type(true) and not answer.numbers:
        return None
    if isinstance(yours, list | tuple) and isinstance(true, list | tuple):
        if len(yours) != len(true):
            return None
        pairs = [pair for pair in zip(yours, true, strict=True) if pair[0] != pair[1]]
        if not pairs:
            return None
        yours, true = pairs[0]
    if isinstance(yours, int | float) and isinstance(true, int | float) and yours != true:
        return yours, true
    return None


def traces(answer: Answer) -> Finding | None:
    counts = _first_difference(answer)
    if counts is None or not answer.asks_for("count"):
        return None
    more = counts[0] > counts[1]
    before = _counted_before(answer)
    if not more and before > counts[0]:
        return Finding(
            "more-traces",
            _("The count goes on and never begins anew: it was {before} already.").format(
                before=before
            ),
            _("How many runs has this line added to those from before?"),
        )
    if more and answer.scene.uses("jax.no_tracing"):
        return Finding(
            "fewer-traces",
            _(
                "The body ran less often than you say. Where a call would need a trace, "
                "jax.no_tracing raises before the body runs; and a shape that has been traced"
                " before is not traced again."
            ),
            _("Go through the calls one by one: in which of them did the body run?"),
        )
    return Finding(
        "fewer-traces" if more else "more-traces",
        _(
            "The body ran less often than you say. Where jit knows the signature already (shapes,"
            " dtypes, nesting, static values), the compiled program runs and the Python body does"
            " not; a new number is no new signature, and vmap and grad run the body once for all."
        )
        if more
        else _(
            "The body ran more often than you say. A new shape, dtype, nesting or static value, an"
            " argument by name instead of by position, is a new signature and a new trace. Without"
            " jit around it every call runs the body, and each make_jaxpr, vmap or grad once; a"
            " cond traces all of its branches."
        ),
        _("Go through the calls one by one: which of them brings a signature that is new?"),
    )


def _counted_before(answer: Answer) -> int:
    """The largest count that an earlier assertion of the koan found on the same counter."""
    function = answer.scene.function
    if not answer.blank or not isinstance(function, ast.FunctionDef):
        return 0
    found = [
        answer.scene.value(each.test.comparators[0])
        for each in function.body
        if isinstance(each, ast.Assert)
        and each.lineno < answer.left.lineno
        and isinstance(each.test, ast.Compare)
        and ast.dump(each.test.left) == ast.dump(answer.left)
    ]
    return max((each for each in found if type(each) is int), default=0)


def runs(answer: Answer) -> Finding | None:
    counts = _first_difference(answer)
    if counts is None or "runs" not in answer.attributes:
        return None
    return Finding(
        "fewer-runs" if counts[0] > counts[1] else "more-runs",
        _(
            "runs() counts how often the compiled code really ran, not how often it was traced: a"
            " cond runs one branch, under vmap with a choice for each lane both; a whole batch is"
            " one run; a batched while runs until its slowest lane is done."
        ),
        _("Count one call after the other, and each branch by itself."),
    )


def prints(answer: Answer) -> Finding | None:
    """What a print left on the screen, under jit."""
    if not answer.attributes & {"getvalue", "readouterr"}:
        return None
    return Finding(
        "print-while-tracing",
        _(
            "print is Python, and Python runs while JAX traces: once for each trace, and it shows"
            " tracers. When the compiled program runs again it is silent."
        ),
        _("How many traces are there? jax.debug.print speaks whenever the program runs."),
    )


def parts(answer: Answer) -> Finding | None:
    """The inputs and constants of a jaxpr."""
    if not answer.attributes & {"in_avals", "invars", "consts", "constvars", "out_avals"}:
        return None
    if _first_difference(answer) is None:
        return None
    return Finding(
        "parts-of-a-jaxpr",
        _(
            "in_avals are the program's inputs, one for each array among the arguments; consts are"
            " the arrays that the function reads from outside; a Python number is written into the"
            " equations and is neither."
        ),
        _("Go through the function: what is an argument, what comes from outside?"),
    )


def sizes(answer: Answer) -> Finding | None:
    """How a program grows: equations and elements, mostly as a ratio."""
    counts = _first_difference(answer)
    if counts is None:
        return None
    if answer.functions & {"equations", "size", "count_equations"}:
        more = counts[0] > counts[1]
        return Finding(
            "program-grows-less" if more else "program-grows-more",
            _(
                "A Python loop is unrolled: n turns leave n copies of the body in the program. A"
                " fori_loop, scan or while_loop keeps one copy, however often it turns. And the"
                " size of the arrays changes their types, not the number of equations."
            ),
            _("Who makes the turns here, Python while tracing or the compiled program?"),
        )
    if "largest" in answer.functions:
        return Finding(
            "intermediate-size",
            _(
                "Forward mode carries one derivative for each input through the program, reverse"
                " mode one for each output: the largest intermediate has that many rows."
            ),
            _("How many inputs, how many outputs has the function?"),
        )
    return None


def names(answer: Answer) -> Finding | None:
    """Sets and lists of texts: primitives, and names that pass a test."""
    yours, true = answer.yours, answer.true
    if true.kind not in ("set", "list") or not _texts(true.plain):
        return None
    about = _about_primitives(answer)
    if yours.kind == "str":
        return Finding(
            "name-without-its-container",
            _("The left side is a {kind} of names, and yours is one name.").format(kind=true.kind),
            _('Put it in: {"mul"} is a set, ["mul"] a list.'),
        )
    if yours.kind != true.kind:
        if yours.kind == "dict" and true.kind == "set":
            return Finding(
                "dict-for-set",
                _("{} is an empty dict, and a dict equals no set."),
                _("A set is written with its elements, {x}; the empty one set()."),
            )
        return Finding(
            "other-container",
            _("The left side is a {true}, and yours is a {yours}: they are never equal.").format(
                true=true.kind, yours=yours.kind
            ),
            _("A set is written with curly brackets, a list with square ones."),
        )
    if not _texts(yours.plain):
        return None
    if true.kind == "list" and sorted(yours.plain) == sorted(true.plain):
        return Finding(
            "names-in-other-order",
            _("The right names in another order."),
            _("A jaxpr lists operations as they are carried out: inner ones first.")
            if about
            else _("They come in the order in which the left side goes through them."),
        )
    missing = sorted(set(true.plain) - set(yours.plain))
    surplus = sorted(set(yours.plain) - set(true.plain))
    kept = _kept(answer)
    if kept and (outside := [each for each in surplus if each not in kept]):
        return Finding(
            "names-too-many",
            _("The left side keeps only some names, and leaves out {names}.").format(
                names=listed(outside)
            ),
            _("`a & b` holds what is in both sets: here no more than {names}.").format(
                names=listed(sorted(kept))
            ),
        )
    if not about and _reads(answer) & {"equations"}:
        return Finding(
            "what-grows",
            _(
                "A Python loop writes its body into the program once for every turn; vmap traces it"
                " once, and the batch is in the shapes."
            ),
            _("For which of the ways does another row leave another equation?"),
        )
    if about:
        return _primitives(missing, surplus, set(true.plain))
    if surplus and missing:
        return Finding(
            "names-exchanged",
            _("Some of your names are not there, and others are missing."),
            _("Go through them one by one: for which does the condition on the left hold?"),
        )
    return Finding(
        "names-too-many" if surplus else "names-missing",
        _("Yours lists {names}, for which the condition does not hold.").format(
            names=listed(surplus)
        )
        if surplus
        else _("The condition holds for more than you list."),
        _("Go through them one by one."),
    )


def _about_primitives(answer: Answer) -> bool:
    """Whether the names come from a jaxpr, as the left side or what it stands for tells."""
    return bool(_reads(answer) & {"primitives", "primitive", "eqns", "scatters", "make_jaxpr"})


def _sources(answer: Answer) -> list[ast.expr]:
    """The left side, and what the names in it stand for."""
    nodes = [answer.left]
    for each in ast.walk(answer.left):
        if isinstance(each, ast.Name) and (made := answer.scene.assigned(each.id)) is not None:
            nodes.append(made)
    return nodes


def _reads(answer: Answer) -> set[str]:
    return {
        each.id if isinstance(each, ast.Name) else each.attr
        for node in _sources(answer)
        for each in ast.walk(node)
        if isinstance(each, ast.Name | ast.Attribute)
    }


def _kept(answer: Answer) -> set[str]:
    """The names in a `... & {"scan", "while"}` of the left side."""
    for node in _sources(answer):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
            for each in (node.left, node.right):
                if isinstance(each, ast.Set):
                    return {str(answer.scene.value(one)) for one in each.elts}
    return set()


def _texts(value: object) -> bool:
    return isinstance(value, set | frozenset | list) and all(
        isinstance(each, str) for each in value
    )


def _primitives(missing: list[str], surplus: list[str], true: set[str]) -> Finding | None:
    if {*missing, *surplus} & {"cond", "select_n"}:
        return Finding(
            "cond-or-select",
            _(
                "jnp.where becomes a select_n, and both of its sides are computed. lax.cond stays a"
                " cond and runs one branch; only under vmap, with a choice for each lane, it"
                " becomes a select_n as well."
            ),
            _("Does every lane here share one choice?"),
        )
    if {*missing, *surplus} & {"scan", "while"}:
        return Finding(
            "scan-or-while",
            _(
                "A loop of Python leaves no loop in the program: it is unrolled. lax.scan stays a"
                " scan, lax.while_loop a while; fori_loop becomes a scan where its bounds are plain"
                " numbers, and a while where they are traced."
            ),
            _("Who knows the number of turns, and when?"),
        )
    if not surplus and not missing:
        return Finding(
            "names-in-other-number",
            _(
                "The right names, and another number of them. A loop of Python writes an operation"
                " down once for each turn; vmap writes it once, and widens its shapes."
            ),
            _("How often does the Python line run while JAX traces?"),
        )
    if surplus and not missing:
        return Finding(
            "primitives-surplus",
            _(
                "{names} is not recorded. A jaxpr holds what JAX does with tracers: prints, appends"
                " and computing with plain Python numbers happen while tracing and leave no trace."
            ).format(names=listed(surplus)),
            _("Which of these lines computes with an argument?"),
        )
    if missing and not surplus:
        return Finding(
            "primitives-missing",
            _(
                "There is more in the program than you list: every operation on a tracer is"
                " recorded, on both sides of a choice, whether its result is used or not."
            ),
            _("Go through the function line by line and write down each operation."),
        )
    return Finding(
        "primitive-named-otherwise",
        _(
            "A primitive has its own name, not always that of the function or operator: x**2 is"
            " integer_pow, jnp.where is select_n, x.at[i].add(v) is scatter-add, * is mul."
        ),
        _("print(jax.make_jaxpr(f)(x)) shows them."),
    )


def computed(answer: Answer) -> Finding | None:
    """The learner's code is traced more often than wanted, and its text shows why; or never."""
    counts = _first_difference(answer)
    if counts is None or not answer.asks_for("count"):
        return None
    if counts[0] == 0:
        return Finding(
            "never-called",
            _("{code} is 0: the function behind that counter was never called.").format(
                code=code(answer.left)
            ),
            _("Compute with it, and not with a formula of your own for what it does."),
        )
    return ran_again(answer.scene) if counts[0] > counts[1] else None


RULES = (traces, runs, prints, parts, sizes, names)
COMPUTED = (computed,)
