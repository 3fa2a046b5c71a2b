"""Answers about classes, dtypes, True and False, text, and things that are no answer at all."""

import ast
import builtins
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jax_koans.clinic.answer import Answer
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import Nature, is_array
from jax_koans.clinic.scene import public_name
from jax_koans.clinic.words import a
from jax_koans.i18n import _

# When each class of exceptions is raised, as one half of a sentence.
_RAISED = {
    "ConcretizationTypeError": _("a tracer's value is needed: by float(), as a size, as an axis"),
    "TracerBoolConversionError": _("a tracer is asked for True or False: by if, while, and, max"),
    "TracerIntegerConversionError": _("a tracer is to be a Python int: for range, or a list"),
    "TracerArrayConversionError": _("a tracer is handed to NumPy"),
    "NonConcreteBooleanIndexError": _("a traced mask is to choose elements"),
    "UnexpectedTracerError": _("a tracer is used after its trace is over"),
    "KeyReuseError": _("a random key is used twice"),
    "JaxRuntimeError": _("the compiled program, or the runtime below it, refuses"),
    "JAXTypeError": _("JAX says TypeError for one of its own reasons: it is a base class"),
    "JAXIndexError": _("JAX says IndexError for one of its own reasons: it is a base class"),
    "InconclusiveDimensionOperation": _("two symbolic sizes cannot be compared"),
    "JaxprTypeError": _("a jaxpr breaks its own rules"),
    "TypeError": _(
        "a thing is of a kind that does not fit: a list, a function, an int for a float"
    ),
    "ValueError": _(
        "the kind of thing fits, and this one does not: a shape, a number, a read-only array"
    ),
    "IndexError": _("an index does not fit its array or list"),
    "RuntimeError": _("something is not allowed now, though its arguments are right"),
    "FloatingPointError": _("debug_nans finds a NaN"),
    "ZeroDivisionError": _("plain Python divides by zero; arrays say inf"),
    "AttributeError": _("an object has no such attribute"),
    "NotImplementedError": _("nobody has written that case"),
    "OverflowError": _("a Python number is too large"),
    "AssertionError": _("an assert does not hold"),
    "KeyError": _("a dict has no such key"),
    "NameError": _("nothing has that name"),
    "RecursionError": _("functions call each other without end"),
    "StopIteration": _("an iterator is at its end"),
    "MemoryError": _("there is no room"),
    "ArithmeticError": _("arithmetic fails: it is a base class"),
    "LookupError": _("an index or a key is missing: it is a base class"),
    "Exception": _("anything is wrong: nearly every error is one"),
}


def nothing(answer: Answer) -> Finding | None:
    """None, `...`, a function, an object of its own kind."""
    yours, true = answer.yours, answer.true
    if yours.kind == "none" and answer.blank and _is_error(true.plain):
        return Finding(
            "none-for-value",
            _("The line in the `with` block raises: asked is the class of its error."),
            _("Run that line by itself, and read the last line of what it says."),
        )
    if yours.kind == "none" and true.kind != "none":
        return Finding(
            "none-for-value",
            _("None is a value of its own, and the left side comes to another.")
            if answer.blank
            else _("What came back is None: mostly a function without `return`."),
            _("Say what comes out.") if answer.blank else _("End the function with `return`."),
        )
    if yours.kind == "ellipsis":
        return Finding(
            "placeholder-answer",
            _("`...` is Python's own placeholder, a value like any other, and equals only itself."),
            _("Put the value there that you expect."),
        )
    if yours.kind == "function" and true.kind == "class":
        return Finding(
            "function-for-value",
            _("{name} is a function; asked is a class, the kind of a thing.").format(
                name=yours.plain
            ),
            _("A class has a name of its own, which `type(x)` shows."),
        )
    if yours.kind == "function" and true.kind != "function":
        return Finding(
            "function-for-value",
            _("{name} is a function, and a value is asked for.").format(name=yours.plain),
            _("Call it: f(x). And jax.vmap(f), jax.grad(f), jax.jit(f) are functions too."),
        )
    if yours.kind == "module":
        return Finding(
            "module-for-value",
            _("{name} is a module, and a value is asked for.").format(name=yours.plain),
            _("Name the thing in it, such as jnp.float32."),
        )
    containers = ("set", "list", "tuple", "dict")
    if answer.blank and yours.kind == "other" and true.kind not in ("other", *containers):
        if issubclass(yours.plain, BaseException) and true.kind == "class":
            return Finding(
                "instance-for-class",
                _("{name}() makes an exception; asked is its class.").format(
                    name=yours.plain.__name__
                ),
                _("Leave the brackets out: {name}").format(name=yours.plain.__name__),
            )
        return Finding(
            "object-for-value",
            _("An object of the class {name} equals nothing that JAX computes.").format(
                name=yours.plain.__name__
            ),
            _("Say the value that you expect."),
        )
    return None


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, BaseException)


def quotes(answer: Answer) -> Finding | None:
    """A text where a name is meant, or the other way round."""
    yours, true = answer.yours, answer.true
    if not answer.blank:
        return None
    if yours.kind == "str" and true.kind in ("class", "dtype", "int", "float", "bool", "tuple"):
        return Finding(
            "string-for-value",
            _("In quotes it is a text, and a text equals no {kind}.").format(
                kind={"class": _("class"), "tuple": _("shape or tuple")}.get(true.kind, true.kind)
            )
            if true.kind != "dtype"
            else _("A text can name a dtype, and {text!r} names none, or another.").format(
                text=yours.plain[:20]
            ),
            _("Leave the quotes out; a class or a dtype is called by its own name, jnp.float32."),
        )
    same = true.kind in ("list", "set") and yours.kind == true.kind
    if same and yours.plain is None and _all_texts(true.plain):
        return Finding(
            "value-for-string",
            _("The left side holds names, as texts, and yours holds the things themselves."),
            _('Put names in quotes: "mul", "loop".'),
        )
    if same and true.plain is None and _all_texts(yours.plain):
        return Finding(
            "string-for-value",
            _("The left side holds the things themselves, and yours holds texts."),
            _("Leave the quotes out, and name the thing."),
        )
    if true.kind == "str" and yours.kind != "str":
        return Finding(
            "value-for-string",
            _("The left side is a text, and yours is {kind}.").format(kind=a(yours.kind)),
            _('Put it in quotes: "nan", "float32".'),
        )
    return None


def _all_texts(values: Any) -> bool:
    return bool(values) and all(isinstance(each, str) for each in values)


def exception(answer: Answer) -> Finding | None:
    yours, true = answer.yours.plain, answer.true.plain
    if answer.true.kind != "class" or not answer.blank:
        return None
    if answer.yours.kind != "class":
        return Finding(
            "value-for-class",
            _("Asked is a class, and {kind} is none.").format(kind=a(answer.yours.kind)),
            _("For example TypeError, jax.errors.KeyReuseError, np.ndarray: a name, no brackets."),
        )
    if not issubclass(true, BaseException):
        return Finding(
            "other-class",
            _("NumPy's functions answer with arrays of NumPy, jnp's with arrays of JAX.")
            if {true, yours} & {np.ndarray, jax.Array} or _array_class(true)
            else _("`type(x) is C` asks for the class itself, and not for one above it."),
            _("Which library does the work here, and what does it give back?"),
        )
    if not issubclass(yours, BaseException):
        return Finding(
            "value-for-class",
            _("{name} is no class of exceptions.").format(name=yours.__name__),
            _(
                "Run the line in the `with` block by itself, and read the last line of what it"
                " says."
            ),
        )
    if issubclass(true, yours):
        return Finding(
            "base-class-of-error",
            _(
                "{said} is a base class of {met}: `except {said}` would catch it, but `is` asks"
                " for the very class that was raised."
            ).format(said=_name(yours), met=_name(true)),
            _("The more exact class says more about what went wrong: name that one."),
        )
    if issubclass(yours, true):
        return Finding(
            "subclass-of-error",
            _("{said} is a special case of {met}. {when}").format(
                said=_name(yours), met=_name(true), when=_when(yours)
            ),
            _("Here nothing so special happened: name the class above it."),
        )
    return Finding(
        "other-error-class",
        " ".join(part for part in (_when(yours), _when(true)) if part)
        or _("Another class was raised."),
        _("Which of the two happens here?"),
    )


def _array_class(kind: type) -> bool:
    return issubclass(kind, np.ndarray) or kind.__module__.startswith("jax")


def _name(kind: type) -> str:
    return public_name(kind) or kind.__name__


def _when(kind: type) -> str:
    half = _RAISED.get(kind.__name__)
    known = getattr(builtins, kind.__name__, None) is kind or (
        getattr(jax.errors, kind.__name__, None) is kind
    )
    if half is None or not known:
        return ""
    return _("{name}: {half}.").format(name=kind.__name__, half=half)


def _dtype(answer: Any) -> "np.dtype[Any] | None":
    """The dtype that an answer stands for."""
    if answer.kind not in ("dtype", "class", "str"):
        return None
    try:
        found: np.dtype[Any] = np.dtype(answer.plain)
    except TypeError:
        return None
    return found


def dtypes(answer: Answer) -> Finding | None:
    """Lists of names of dtypes."""
    yours, true = answer.yours.plain, answer.true.plain
    if not isinstance(yours, list) or not isinstance(true, list) or len(yours) != len(true):
        return None
    if any(isinstance(each, ast.comprehension) and each.ifs for each in ast.walk(answer.left)):
        return None  # names of what a condition chose: no array was made
    for one, two in zip(yours, true, strict=True):
        if isinstance(one, str) and isinstance(two, str) and one != two:
            pair = _dtype(Nature("str", one)), _dtype(Nature("str", two))
            return _dtypes(answer, pair[0], pair[1]) if pair[0] and pair[1] else None
    return None


def dtype(answer: Answer) -> Finding | None:
    true, yours = _dtype(answer.true), _dtype(answer.yours)
    if answer.true.kind != "dtype" or true is None:
        return None
    if yours is None:
        return Finding(
            "value-for-dtype",
            _(
                "Asked is a dtype, the kind of number that an array holds, and yours is {kind}."
            ).format(kind=a(answer.yours.kind)),
            _("Name it: jnp.float32, jnp.int32, bool."),
        )
    python = answer.yours.plain is int or answer.yours.plain is float
    return _dtypes(answer, yours, true, python=python)


def _switched_on(answer: Answer) -> bool | None:
    """Whether x64 is on where the assertion stands, as the `with` around it tells."""
    around = answer.scene.within("jax.enable_x64")
    if around is None:
        return None
    value = answer.scene.value(around.args[0]) if around.args else True
    return value if type(value) is bool else None


def _dtypes(
    answer: Answer, yours: "np.dtype[Any]", true: "np.dtype[Any]", *, python: bool = False
) -> Finding | None:
    blank, switched_on = answer.blank, _switched_on(answer)
    if yours == true:
        return None
    kinds = (_kind(yours), _kind(true))
    if kinds[0] != kinds[1]:
        return Finding(
            "other-kind-of-dtype",
            _("{yours} holds {one}, {true} holds {two}.").format(
                yours=yours, one=_holds(kinds[0]), true=true, two=_holds(kinds[1])
            )
            + " "
            + _(
                "An int and a float together give a float; a division and the functions of calculus"
                " give floats; a comparison gives bool."
            ),
            _("Which kinds go in here, and what does the operation do with them?"),
        )
    bits = _("{yours} has {one} bits, {true} has {two}").format(
        yours=yours, one=8 * yours.itemsize, true=true, two=8 * true.itemsize
    )
    if yours.itemsize > true.itemsize:
        stands = _("(Python's `float` and `int` stand for 64 bits here.)") if python else ""
        why, mend = _too_wide(bits, blank, switched_on, stands)
        return Finding("precision-too-wide", why, mend)
    return Finding(
        "precision-too-narrow",
        bits + _(": with x64 on, JAX makes numbers of 64 bits, and 32 meeting 64 gives 64.")
        if true.itemsize == 8
        else bits + _(": where two dtypes of one kind meet, the wider one wins."),
        _("Was x64 on when the array was made? Does a strong 64-bit array take part?")
        if blank
        else _("Give constants and starts the dtype of the data: jnp.zeros_like(x), x.dtype."),
    )


def _too_wide(bits: str, blank: bool, switched_on: bool | None, stands: str) -> tuple[str, str]:
    """Why a dtype is wider than the true one, and the mend, as far as the switch tells."""
    if not blank:
        return (
            bits + _(": a start, a constant or an array of the wider dtype takes part."),
            _("Make arrays with jnp; give starts and constants the dtype of the data, x.dtype."),
        )
    if switched_on:
        return (
            bits
            + _(
                ". x64 is on here, but an array keeps the dtype that it has, and a plain Python"
                " number is weak: it takes over the dtype of the array that it meets."
            )
            + f" {stands}".rstrip(),
            _("Is anything among what goes in strong, and of 64 bits? `type(...)` tells."),
        )
    why = bits + _(": JAX makes numbers of 32 bits unless x64 is on, and a request for 64 is cut.")
    return (
        why + f" {stands}".rstrip(),
        _("x64 is off here: then no jax array has 64 bits, whoever asks for them.")
        if switched_on is False
        else _("Was x64 on when the array was made? An array never changes its dtype."),
    )


def _kind(dtype: "np.dtype[Any]") -> str:
    for name in ("bool_", "signedinteger", "unsignedinteger", "floating", "complexfloating"):
        if jnp.issubdtype(dtype, getattr(jnp, name, np.bool_)):
            return name
    return str(dtype)


def _holds(kind: str) -> str:
    return {
        "bool_": _("True and False"),
        "signedinteger": _("whole numbers"),
        "unsignedinteger": _("whole numbers without a sign"),
        "floating": _("numbers with a fraction"),
        "complexfloating": _("complex numbers"),
    }.get(kind, kind)


def truth(answer: Answer) -> Finding | None:
    yours, true = answer.yours, answer.true
    if true.kind != "bool" or not answer.blank:
        return None
    if yours.kind == "bool":
        return Finding(
            "other-way-round",
            _told(answer),
            _("It is the other way round: what did you take for granted?"),
        )
    return Finding(
        "value-for-bool",
        _(
            "`is` asks for True or False themselves, and {kind} is neither, even if it is equal."
        ).format(kind=a(yours.kind)),
        _("Say True or False."),
    )


def _told(answer: Answer) -> str:
    """What a question answered with True or False was about."""
    node = answer.left
    if isinstance(node, ast.Call) and "isinstance" in answer.functions and len(node.args) == 2:
        return _(
            "jax.Array and np.ndarray are two classes, neither above the other: jnp answers with"
            " the first, np with the second."
        )
    if "issubclass" in answer.functions:
        return _("A subclass is a special case of the class above it.")
    if isinstance(node, ast.Call) and "bool" in answer.functions:
        heard = _(
            "A list is True when it holds something: here it holds the warnings that were heard."
        )
        if _switched_on(answer) is not False:
            return heard
        return f"{heard} " + _(
            "JAX warns where a dtype of 64 bits is asked for by its name, and cuts `float` and the"
            " arrays of NumPy in silence."
        )
    if answer.attributes & {"getvalue", "readouterr"}:
        return _("print shows what Python has at hand: while jit traces, a tracer and no number.")
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
        return _("`in` asks whether the one is found within the other.")
    if isinstance(node, ast.Compare) and _widened(answer):
        return _(
            "One side was widened from float32: it keeps about 7 digits of the number, and the"
            " digits that it had lost do not come back. The other side has 16."
        )
    if isinstance(node, ast.Compare):
        return _("The comparison in brackets comes first, and its answer is compared with yours.")
    return _("The left side is the opposite.")


def _widened(answer: Answer) -> bool:
    """Whether of two float64 arrays compared one holds just what float32 keeps of the other."""
    arrays = [
        np.asarray(value)
        for each in ast.walk(answer.left)
        if isinstance(each, ast.Name) and is_array(value := answer.scene.value(each))
    ]
    if len(arrays) != 2 or any(each.dtype != np.float64 for each in arrays):
        return False
    return any(
        np.array_equal(one, two.astype(np.float32)) and not np.array_equal(one, two)
        for one, two in (arrays, arrays[::-1])
    )


def text(answer: Answer) -> Finding | None:
    """Types written as JAX writes them, float32[3,8@x], and other texts."""
    yours, true = answer.yours, answer.true
    if yours.kind != "str" or true.kind != "str" or not answer.blank:
        return None
    one, two = _parts(yours.plain), _parts(true.plain)
    if two is None:
        if true.plain in ("nan", "inf", "-inf") and yours.plain.lower() == true.plain:
            return Finding(
                "type-text",
                _("The number is right, and Python writes it in small letters."),
                _("Say {text!r}.").format(text=true.plain),
            )
        if true.plain in ("nan", "inf", "-inf"):
            return Finding(
                "nan-found",
                _(
                    "nan is what 0/0, inf - inf, 0 * inf and the root or log of a negative number"
                    " come to; 1/0 is inf; and whatever nan enters becomes nan."
                ),
                _("Follow the numbers of this line, the derivatives of each step included."),
            )
        return None
    if one is None or yours.plain.replace(" ", "") == true.plain:
        return Finding(
            "type-text",
            _("JAX writes a type as dtype[lengths], for example float32[3,8], without spaces."),
            _("Write it as in float32[3,8@x]: axis 1 is split over the mesh axis x."),
        )
    if one[0] != two[0]:
        return Finding(
            "other-dtype-in-type",
            _("The dtype in front differs."),
            _("JAX makes float32 unless x64 is on; the kind follows what goes in."),
        )
    if [_length(each) for each in one[1]] != [_length(each) for each in two[1]]:
        return Finding(
            "axes-in-type",
            _(
                "The axes differ: a transpose swaps them, a sum over an axis takes that one away,"
                " a product sums over the inner one."
            ),
            _("Write the lengths as in the result's shape, from the first axis on."),
        )
    return Finding(
        "sharding-in-type",
        _(
            "The lengths are right, and the sharding differs: @x stays with the axis that is split,"
            " wherever it goes, and leaves when that axis is summed away. Automatic mesh axes"
            " do not show in the type."
        ),
        _("Which axis of the result is the one that was split?"),
    )


def _parts(text: str) -> tuple[str, list[str]] | None:
    dtype, bracket, rest = text.partition("[")
    if not bracket or not rest.endswith("]") or not dtype.strip("~").isalnum():
        return None
    return dtype, [each.strip() for each in rest[:-1].split(",") if each.strip()]


def _length(axis: str) -> str:
    return axis.partition("@")[0]


def _gap(dtype: "np.dtype[Any]") -> float:
    """How far apart the numbers of a dtype are, relative to their size."""
    return float(np.spacing(dtype.type(1))) if jnp.issubdtype(dtype, jnp.inexact) else 0.0


def computed_dtype(answer: Answer) -> Finding | None:
    """The right numbers in another dtype."""
    yours, true = answer.yours, answer.true
    if yours.dtype is None or true.dtype is None or yours.shape != true.shape:
        return None
    if answer.strict is False:
        return None
    eps = max(_gap(yours.dtype), _gap(true.dtype))
    if not np.allclose(yours.plain, true.plain, rtol=8 * eps, atol=8 * eps, equal_nan=True):
        return None
    return _dtypes(answer, yours.dtype, true.dtype)


COMPUTED = (nothing, dtype, computed_dtype)
RULES = (nothing, exception, dtype, dtypes, quotes, truth, text)
