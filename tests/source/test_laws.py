"""Laws that hold for every solution, made up or real, and whatever a learner does to its koan."""

import ast
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jax_koans.source import answers, check, erase, fill, own_source, solve, spots

from . import strategies

REAL = sorted((Path(__file__).parents[2] / "solutions").rglob("test_*.py"))
moderate = settings(
    deadline=None,
    derandomize=True,
    max_examples=40,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],  # to explain takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
few = settings(moderate, max_examples=2)


def read(path):
    return path.read_bytes().decode()


def name(path):
    return f"{path.parent.name}/{path.stem}"


real = pytest.mark.parametrize("path", REAL, ids=name)


def run(text):
    """The names of the tests that pass."""
    module = {"__name__": "made"}
    exec(compile(text.removeprefix("\ufeff"), "made", "exec"), module)
    passed = set()
    for key, value in list(module.items()):
        if key.startswith("test"):
            try:
                value()
            except Exception:
                continue
            passed.add(key)
    return passed


def texts(found):
    return [(each.spot, each.text, each.lost) for each in found.spots]


def reads_alike(one, other):
    return ast.dump(Normal().visit(ast.parse(one.removeprefix("\ufeff")))) == ast.dump(
        Normal().visit(ast.parse(other.removeprefix("\ufeff")))
    )


class Normal(ast.NodeTransformer):
    """Without docstrings and messages, and with one import for each name."""

    def generic_visit(self, node):
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                setattr(node, field, list(self.split(body)))
        return node

    def split(self, body):
        imports = []
        for statement in body[1:] if strategies.is_docstring(body[0]) else body:
            if isinstance(statement, ast.Import):
                imports += [ast.Import([alias]) for alias in statement.names]
            elif isinstance(statement, ast.ImportFrom):
                module, level = statement.module, statement.level
                imports += [ast.ImportFrom(module, [alias], level) for alias in statement.names]
            else:
                yield from sorted(imports, key=ast.dump)
                imports = []
                yield statement
        yield from sorted(imports, key=ast.dump)

    def visit_Assert(self, node):
        node.msg = None
        return self.generic_visit(node)


# Erasing


@moderate
@given(strategies.solutions())
def test_erasing_keeps_all_but_the_spots_to_the_letter(made):
    assert erase(made.solution) == made.koan


@moderate
@given(strategies.solutions(newlines=["\n", "\r\n"]))  # koans are listed by \n
def test_made_solutions_are_without_mistakes_and_pass(made):
    # Blanks stand in more places here than in lessons, and mostly without a reason.
    others = ("a blank is", "a blank without", "stands right below", "one WHY", "stands twice")
    assert not [each for each in check(made.solution) if not any(o in each.reason for o in others)]
    assert run(made.solution) == set(own_source(made.solution))
    assert run(solve(made.solution)) == run(made.solution)


@moderate
@given(strategies.solutions())
def test_an_erased_koan_imports(made):
    run(made.koan)


@moderate
@given(strategies.solutions())
def test_the_laws_of_a_round_trip_for_made_solutions(made):
    laws_of_a_round_trip(made.solution)
    filled = fill(made.solution, answers(solve(made.solution), made.solution))
    assert run(filled) == run(made.solution)


@real
def test_the_laws_of_a_round_trip_for_real_solutions(path):
    laws_of_a_round_trip(read(path))


@real
def test_every_real_solution_is_without_mistakes(path):
    assert check(read(path)) == []


def laws_of_a_round_trip(solution):
    koan = erase(solution)
    assert erase(koan) == koan
    assert solve(koan) == koan
    found = answers(koan, solution)
    assert not any(each.text or each.lost for each in found.spots)
    assert (found.extras, found.changes) == ((), ())
    assert fill(solution, found) == koan

    found = answers(solve(solution), solution)
    assert (found.extras, found.changes) == ((), ())
    assert [each.spot for each in found.spots] == spots(solution)
    assert all(each.text is not None and not each.lost for each in found.spots)
    filled = fill(solution, found)
    assert own_source(filled) == own_source(solve(solution))
    assert texts(answers(filled, solution)) == texts(found)


# A learner's text


@moderate
@given(st.data(), strategies.solutions())
def test_a_learners_work_survives_in_made_koans(data, made):
    laws_of_a_learner(made.solution, data.draw(strategies.learners(made.solution)))


@real
@few
@given(data=st.data())
def test_a_learners_work_survives_in_real_koans(path, data):
    solution = read(path)
    laws_of_a_learner(solution, data.draw(strategies.learners(solution)))


def laws_of_a_learner(solution, learner):
    ast.parse(learner.text)  # else the strategy is wrong
    found = answers(learner.text, solution)
    assert found.changes == ()
    assert not any(each.lost for each in found.spots)
    at_blanks = [each.text for each in found.spots if each.spot.kind == "blank"]
    assert [text and ast.dump(expression(text)) for text in at_blanks] == [
        text and ast.dump(expression(text)) for text in learner.given
    ]
    filled = fill(solution, found)
    assert reads_alike(filled, learner.text)
    again = answers(filled, solution)
    assert texts(again) == texts(found)
    assert (again.extras, again.changes) == (found.extras, found.changes)
    assert fill(solution, again) == filled


def expression(text):
    return ast.parse(f"({text}\n)", mode="eval").body


# What is the koan's own


@moderate
@given(st.data(), strategies.solutions(newlines=["\n"]))
def test_changes_are_reported_in_made_koans(data, made):
    laws_of_changes(made.solution, data)


@real
@few
@given(data=st.data())
def test_changes_are_reported_in_real_koans(path, data):
    laws_of_changes(read(path), data)


def laws_of_changes(solution, data):
    text = erase(solution).removeprefix("\ufeff")
    lines = text.split("\n")
    koan, body, index = data.draw(st.sampled_from(list(own(ast.parse(text)))))
    node = body[index]
    indent = " " * node.col_offset
    before, after = lines[: strategies.first_line(node) - 1], lines[node.end_lineno :]
    here = lines[strategies.first_line(node) - 1 : node.end_lineno]
    match data.draw(st.sampled_from(["removed", "changed", "wrapped", "swapped"])):
        case "removed":
            here, line = [f"{indent}pass"], {None}
        case "changed":
            here = [indent + OTHERS.get(type(node), "pass")]
            line = {node.lineno} if type(node) in OTHERS else {None}
        case "wrapped":
            here, line = [f"{indent}if False:", *("    " + each for each in here)], None
        case "swapped":
            if index + 1 == len(body) or ast.dump(node) == ast.dump(body[index + 1]):
                return
            after, here = (
                lines[body[index + 1].end_lineno :],
                [
                    *lines[node.end_lineno : body[index + 1].end_lineno],
                    *here,
                ],
            )
            line = None
    learner = "\n".join([*before, *here, *after])
    changes = answers(learner, solution).changes
    assert changes
    assert {change.koan for change in changes} == {koan}
    if line:
        assert {change.line for change in changes} == line
        assert [change.own for change in changes] == [node.lineno]


OTHERS = {
    ast.Assert: "assert True",
    ast.Assign: "changed = 0",
    ast.Expr: "None",
    ast.For: "for changed in []: pass",
}


def own(tree):
    for test in tree.body:
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test"):
            for owner, body in strategies.blocks(test):
                for index, node in enumerate(body):
                    if not strategies.is_docstring(node) and node.lineno > getattr(
                        owner, "lineno", 0
                    ):
                        yield test.name, body, index
