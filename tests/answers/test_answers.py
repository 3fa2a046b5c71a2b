"""No wrong answer passes, every right one does, and what the learner reads names the mistake.

    pytest tests/answers                     every nineteenth answer of every chapter
    pytest tests/answers --every 1 -n 2      all of them
    pytest tests/answers -k 03_jit           one chapter
    pytest tests/answers --told              with what the learner reads after each wrong answer

Right answers run in both precisions. Wrong ones run in both with `--told`, else in one.
"""

import pytest

from jax_koans.source import spots

from .answers import data_file, given, table_of
from .running import BY, judge

# How much of a chapter's wrong code must be named on its screen. Of a few less may be, by chance.
_WELL, _WELL_OF_FEW = 0.90, 0.6


def test_every_koan_has_right_and_wrong_answers(path_of_koans):
    lacking = []
    for file in path_of_koans.files:
        if not data_file(file).exists():
            lacking.append(f"{file}: no answers at all")
            continue
        table, answers = table_of(file), given(file)
        places = spots(path_of_koans.solution(file))
        unknown = table.keys() - set(path_of_koans.names_in(file))
        lacking += [f"{file}: {koan} is not its koan" for koan in unknown]
        for koan in path_of_koans.names_in(file):
            right = [each for each in answers if each.koan == koan and each.right]
            wrong = [each for each in answers if each.koan == koan and not each.right]
            # One blank leaves little room to go wrong in.
            single = sum(spot.koan == koan for spot in places) == 1
            if len(wrong) < (3 if single else 4):
                lacking.append(f"{file} {koan}: {len(wrong)} wrong answers")
            if len(right) < 2 and not table.get(koan, {}).get("one_way"):
                lacking.append(f"{file} {koan}: {len(right)} right answers")

    assert lacking == []


@pytest.mark.timeout(0)  # each answer has a limit of its own
def test_the_answers_of_a_chapter(chapter, path_of_koans, tmp_path, record_property, pytestconfig):
    files = [file for file in path_of_koans.files if file.startswith(f"{chapter}/")]
    files = [file for file in files if data_file(file).exists()]
    told = pytestconfig.getoption("--told")

    every = pytestconfig.getoption("--every")
    well = _WELL if every == 1 else _WELL_OF_FEW

    verdicts = judge(path_of_koans, files, tmp_path, x64=False, every=every)
    verdicts += judge(path_of_koans, files, tmp_path, x64=True, every=every, wrong=told)

    right = [each for each in verdicts if each.answer.right]
    wrong = [each for each in verdicts if not each.answer.right]
    record_property("chapter", chapter)
    for name, count in {
        "right": len(right),
        "accepted": sum(each.fair for each in right),
        "wrong": len(wrong),
        "refused": sum(each.fair for each in wrong),
        "named": sum(each.named for each in wrong),
        "code": sum(bool(each.answer.code) for each in wrong),
        **{
            who: sum(bool(each.answer.code) and each.named_by == who for each in wrong)
            for who in BY
        },
    }.items():
        record_property(name, count)
    if told:
        print("\n".join(map(str, wrong)))
    unfair = [str(each) for each in verdicts if not each.fair]
    unnamed = [str(each) for each in wrong if not each.named]
    assert not unfair, "\n".join(["answers judged wrongly:", *unfair])
    assert len(unnamed) <= (1 - well) * len(wrong), "\n".join(["not named:", *unnamed])
