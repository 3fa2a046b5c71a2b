"""Whatever stands where a file of koans should be, the koans of the others are judged."""

import pytest

from .cases import FILES, Case
from .running import Run


@pytest.fixture(scope="module")
def odd_files(make_hostile, tmp_path_factory):
    cases = [Case(name) for name in FILES]
    learner = make_hostile(tmp_path_factory.mktemp("files"), cases, folder="Köans für José")
    for file in learner.workspace.files:
        name = file.partition("/test_")[2].removesuffix(".py")[3:]
        path = learner.workspace.koans_dir / file
        content, _says = FILES[name]
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        elif name == "a_directory":
            path.mkdir()
        else:
            path.symlink_to("nowhere.py")
    extra = learner.workspace.koans_dir / "01_one" / "test_99_good.py"
    extra.write_text("def test_good():\n    assert len('ab') == 2\n")
    return learner, Run.of(learner, "--timeout=3")


@pytest.mark.parametrize("name", FILES)
def test_each_of_its_koans_fails_with_a_reason(name, odd_files):
    learner, run = odd_files
    koans = {f"test_before_{name}", f"test_{name}", f"test_after_{name}"}

    assert koans <= run.failures.keys()
    assert FILES[name][1] in run.failures[f"test_before_{name}"]
    assert koans.isdisjoint(learner.passed())


def test_other_files_are_judged_as_always(odd_files):
    learner, run = odd_files

    assert run.passed == {"test_good"}
    assert run.code == 1
    assert "INTERNALERROR" not in run.text
    assert learner.passed() == set()


def test_a_file_that_removes_itself_counts_no_more(make_hostile, tmp_path):
    learner = make_hostile(tmp_path, [Case("leaves", "os.remove(__file__)"), Case("stays")])

    run = Run.of(learner, "--maxfail=0")

    assert "The file is not there any more" in run.failures["test_leaves"]
    assert run.failures.keys() == {"test_leaves", "test_after_leaves"}
    assert {"test_stays", "test_after_stays"} <= learner.passed()
