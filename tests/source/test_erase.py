"""Erasing: what stands at a spot goes, everything else stays to the letter."""

import pytest

from jax_koans.source import SourceError, Spot, erase, hints, solve, spots


def in_test(line):
    return f"def test_it():\n    {line}\n"


@pytest.mark.parametrize(
    ("line", "erased"),
    [
        ("assert x == __(1)", "assert x == __"),
        ("assert x == __(f(g[1](2), {3: (4,)}))", "assert x == __"),
        ("assert x == __(\n  1,  # one )\n)", None),
        ("assert x == __(\n        1 +\n        2\n    ), 'why'", "assert x == __, 'why'"),
        ("assert x == __('# no comment )')  # but this", "assert x == __  # but this"),
        ("assert x == __('__(1)')", "assert x == __"),
        ("assert ('é', x) == __('∇')", "assert ('é', x) == __"),
        ("assert f('é') is __(None)", "assert f('é') is __"),
        ("if x: assert f('é', key=1) == __(2)", "if x: assert f('é', key=1) == __"),
        ("assert '\u2028' == __('\u2028'), '\u2028\x0c'", "assert '\u2028' == __, '\u2028\x0c'"),
        ("assert '\t' == __('\t')\t# tab", "assert '\t' == __\t# tab"),
        ("assert x == __  # already", "assert x == __  # already"),
        ("for _, __ in pairs: print(_)", "for _, __ in pairs: print(_)"),
        ("assert x == __(1, 2)", "assert x == __(1, 2)"),
        ("assert x == __(*a)", "assert x == __(*a)"),
        ("assert __(2) == x", "assert __(2) == x"),
        ("assert x == [__(2)]", "assert x == [__(2)]"),
        ("assert x != __(2)", "assert x != __(2)"),
        ("assert x == __(f'{x!r:>{3}} é')", "assert x == __"),
        ('assert x == __("""a\n# HINT: b\n""")', "assert x == __"),
    ],
)
def test_a_blank_loses_its_answer(line, erased):
    # `None`: two arguments' worth of lines, one argument.
    assert erase(in_test(line)) == in_test(erased or "assert x == __")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_stay(newline, bom):
    solution = (
        "'''\x0c\u2028'''\n\x0c\ndef f(x):\n    # BEGIN PROMPT: do\n    #\n    # return x\n"
        "    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION\n\n\n"
        "def test_f():\n    # HINT: a\n    #  b\n    assert f(1) == __(1)"
    )
    koan = (
        "'''\x0c\u2028'''\n\x0c\ndef f(x):\n    # TODO: do\n\n    return x\n\n\n"
        "def test_f():\n    assert f(1) == __"
    )
    solution, koan = (bom + text.replace("\n", newline) for text in (solution, koan))
    assert erase(solution) == koan


def test_tabs_and_form_feeds_in_the_indentation():
    solution = (
        "\x0cdef f(x):\n\t# BEGIN PROMPT: do\n\t# if x:\n\t#     y = 1\n\t# BEGIN SOLUTION\n"
        "\ty = 2\n\t# END SOLUTION\n\treturn y\n\x0c\ndef test_f():\n\x0c\tassert f(1) == __(2)\n"
    )
    assert erase(solution) == (
        "\x0cdef f(x):\n\t# TODO: do\n\tif x:\n\t    y = 1\n\treturn y\n\x0c\n"
        "def test_f():\n\x0c\tassert f(1) == __\n"
    )


REGION = """\
{indent}# BEGIN PROMPT: say, # é
{prompt}{indent}# BEGIN SOLUTION
{indent}{answer}
{indent}# END SOLUTION
"""


def region(prompt, answer="y = 1", indent="    "):
    lines = "".join(f"{indent}{line}\n" for line in prompt)
    return REGION.format(indent=indent, prompt=lines, answer=answer)


def test_a_region_in_a_function_goes_back_to_its_prompt():
    prompt = ["# if x:", "#     return 1", "#", "# # a note", "#no space"]
    assert erase("def f(x):\n" + region(prompt) + "    return y\n") == (
        "def f(x):\n    # TODO: say, # é\n    if x:\n        return 1\n\n    # a note\n"
        "    no space\n    return y\n"
    )


@pytest.mark.parametrize("prompt", [[], ["#"], ["#", "#  "]])
def test_a_prompt_without_code_raises(prompt):
    koan = erase("def f(x):\n" + region(prompt) + "    return y\n")
    assert koan.startswith("def f(x):\n    # TODO: say, # é\n")
    assert koan.endswith("    raise NotImplementedError\n    return y\n")


def test_a_region_in_a_method():
    solution = "class C:\n    def f(self):\n" + region(["# return 0"], "return 1", " " * 8)
    koan = "class C:\n    def f(self):\n        # TODO: say, # é\n        return 0\n"
    assert erase(solution) == koan
    assert spots(solution) == [Spot("region", 3, names=("C",))]
    assert solve(solution) == "class C:\n    def f(self):\n        return 1\n"


def test_a_region_around_decorated_definitions():
    solution = region(
        ["# @jit", "# def f(x, n):", "#     return x"], "@partial(jit, n=1)\ndef g(x): return x", ""
    )
    assert erase(solution) == "# TODO: say, # é\n@jit\ndef f(x, n):\n    return x\n"
    assert solve(solution) == "@partial(jit, n=1)\ndef g(x): return x\n"
    assert spots(solution) == [Spot("region", 1, names=("g", "f"))]


def test_marks_inside_strings_are_none():
    text = "TEXT = '''\n# BEGIN PROMPT: a\n# HINT: b\n# END SOLUTION\n'''\n"
    text += "def test_it():\n    assert f'''\n# HINT: c {1}\n# BEGIN SOLUTION'''\n"
    assert erase(text) == solve(text) == text


def test_only_some_spots_may_be_erased_and_hints_stay():
    text = "def test_it():\n    # HINT: a\n    assert 1 == __(1)\n    assert 2 == __(2)\n"
    assert erase(text, ()) == text
    assert erase(text, (1,)) == text.replace("__(2)", "__")
    text = "def f():\n" + region([]) + text
    assert erase(text, (0,)).startswith("def f():\n    # TODO: say, # é\n    raise")
    assert "== __(1)\n    assert 2 == __(2)" in erase(text, (0,))


def test_hints_are_read_and_erased_with_their_continuation():
    text = (
        "def test_a():\n    '''Doc.'''\n    # HINT: one\n    #   goes on, é\n    #\tand on\n"
        "    # a comment\n    # HINT: two\n    x = 1\n\n\ndef test_b():\n    pass\n"
    )
    assert hints(text) == {"test_a": ["one goes on, é and on", "two"], "test_b": []}
    assert erase(text) == (
        "def test_a():\n    '''Doc.'''\n    # a comment\n    x = 1\n\n\ndef test_b():\n    pass\n"
    )


def test_prose_about_hints_is_no_mark():
    text = "def test_a():\n    # HINTS are erased, BEGIN SOLUTION is a mark\n    pass\n"
    assert erase(text) == text
    assert hints(text) == {"test_a": []}


@pytest.mark.parametrize(
    ("answer", "solved"),
    [
        ("1", "1"),
        ("(1, 2)", "(1, 2)"),
        ("a if b else c", "(a if b else c)"),
        ("lambda: 0", "(lambda: 0)"),
        ("not a", "(not a)"),
        ("a < b", "(a < b)"),
        ("a or b", "(a or b)"),
        ("(yield)", "(yield)"),
        ("y := 1", "(y := 1)"),
        ("a | b + -c ** 2", "a | b + -c ** 2"),
        ("f(\n1)", "f(\n1)"),
        ("f(1)\n+ g(2)", "(f(1)\n+ g(2))"),
        ("(1), (2)", None),
        ("(1 +\n2)", "(1 +\n2)"),
        ("x for x in y", "(x for x in y)"),
        ("'a'\n'b'", "('a'\n'b')"),
        ("'''a\nb'''", "'''a\nb'''"),
    ],
)
def test_an_answer_gets_brackets_where_it_needs_them(answer, solved):
    if solved is None:  # two arguments: no answer
        solved = f"__({answer})"
    assert solve(in_test(f"assert x == __({answer})")) == in_test(f"assert x == {solved}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f(:\n", 1),
        ("x = 1\n\0", None),
        ("def f():\n    # BEGIN PROMPT: a\n    # BEGIN SOLUTION\n    pass\n", 2),
        ("# BEGIN SOLUTION\n", 1),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text, line):
    for function in (erase, solve, spots):
        with pytest.raises(SourceError) as met:
            function(text)
        assert line in (None, met.value.line)
        assert met.value.reason in str(met.value)


def test_blanks_and_regions_come_in_the_order_of_the_text():
    text = (
        "def test_a():\n    for x in y:\n        assert x == __(2)\n    assert x == __(3)\n\n\n"
        "def f(y):\n" + region([]) + "\n\ndef test_b():\n    assert 4 == __(4)\n"
    )
    assert [(spot.kind, spot.line, spot.koan or spot.names) for spot in spots(text)] == [
        ("blank", 3, "test_a"),
        ("blank", 4, "test_a"),
        ("region", 8, ("f",)),
        ("blank", 15, "test_b"),
    ]
