"""A path of another author, answered wrongly, hears nothing about the subjects of this one."""

import re
from pathlib import Path

import pytest

PATH = Path(__file__).parent / "path"
FILE = "01_boxes/test_01_boxes.py"
# Words of this project's path, none of which belongs to boxes.
SUBJECTS = r"trac|unroll|warn|print|compil|\bjit|jax\.|jnp|docs\b|http|array|primitive|dtype"
RIGHT_CODE = {
    "size": "    width, depth, height = box\n    return width * depth * height\n",
    "largest": "    return max(boxes, key=size)\n",
}
RIGHT = ("2", '"glass, heavy"', "True")


@pytest.fixture(scope="module")
def learner(make_learner_in, tmp_path_factory):
    solution = (PATH / FILE).read_text(encoding="utf-8")
    return make_learner_in(tmp_path_factory.mktemp("foreign"), {FILE: solution})


@pytest.mark.parametrize(
    ("koan", "answers", "code"),
    [
        ("test_a_shelf_knows_its_boxes", ("3", *RIGHT[1:]), {}),
        ("test_a_shelf_knows_its_boxes", ("[2]", *RIGHT[1:]), {}),
        ("test_a_label_is_written_once", ("2", '"glass"', "True"), {}),
        ("test_a_label_is_written_once", ("2", '("glass", ", heavy")', "True"), {}),
        ("test_the_volumes_differ", (*RIGHT[:2], "False"), {}),
        ("test_the_largest_box_is_found", RIGHT, {"size": "    return sum(box)\n"}),
        ("test_the_largest_box_is_found", RIGHT, {"size": "    sum(box)\n"}),
        ("test_the_largest_box_is_found", RIGHT, {"size": "    return box.size\n"}),
        ("test_the_largest_box_is_found", RIGHT, {"largest": "    return min(boxes, key=size)\n"}),
        ("test_the_largest_box_is_found", RIGHT, {"largest": "    return size(boxes[0]) + size\n"}),
        (
            "test_the_largest_box_is_found",
            RIGHT,
            {"largest": "    box = None\n    return box[0]\n"},
        ),
    ],
)
def test_a_wrong_answer_is_about_its_own_subject(learner, koan, answers, code):
    text = learner.workspace.solution(FILE)
    for name, body in {**RIGHT_CODE, **code}.items():
        region = rf"(def {name}\(.*?\"\"\"\n)    # BEGIN PROMPT.*?# END SOLUTION\n"
        text = re.sub(region, lambda found, body=body: found[1] + body, text, count=1, flags=re.S)
    text = re.sub(r" *# (HINT|WHY):.*\n", "", text)
    for answer in answers:
        text = re.sub(
            r"__\((\d+|\"[^\"]*\"|True)\)", lambda _, answer=answer: answer, text, count=1
        )
    learner.write(FILE, text)

    done = learner.pytest("koans", "-k", koan)

    screen = done.stdout.partition("FAILURES")[2].partition("short test summary")[0]
    said = "\n".join(line for line in screen.splitlines() if not re.match(r"\s+>?\s*\d+  ", line))
    assert f"{koan}" in said
    assert re.findall(SUBJECTS, said, re.IGNORECASE) == [], screen


def test_what_was_printed_stands_above_the_explanation(learner):
    text = learner.workspace.solution(FILE).replace("__(2)", "3")
    text = text.replace(
        "    shelf = Shelf", '    print("one of many lines\\n" * 50)\n    shelf = Shelf'
    )
    learner.write(FILE, re.sub(r" *# (HINT|WHY):.*\n", "", text))

    done = learner.pytest("koans", "-k", "shelf")

    assert "one of many lines" in done.stdout
    assert done.stdout.rindex("one of many lines") < done.stdout.index("your answer")
