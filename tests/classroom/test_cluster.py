"""`koans grade --scheduler`: a cluster judges, and loses a worker on the way."""

import os
import signal
import sys
import threading
import time
from collections import Counter

import pytest

from jax_koans.classroom.cluster import Cluster, judged
from jax_koans.classroom.grading import grade_all, load
from jax_koans.classroom.judging import Terms
from jax_koans.classroom.submission import Submission
from jax_koans.course.path import PathError, Workspace, shipped
from jax_koans.source import solve

pytestmark = pytest.mark.timeout(300)

COURSE = Workspace(shipped())
FILE = "03_jit/test_01_traced_once.py"
KOANS = tuple(COURSE.names_in(FILE))
# Its parent is the worker. It is in the middle of a submission when it is killed.
TELLS_ITS_WORKER = """
import os, time
with open({began!r}, "a") as file:
    print(os.getppid(), file=file, flush=True)
time.sleep(1)
"""


@pytest.fixture
def scheduler():
    """The address of a scheduler with two worker processes."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def submit(tmp_path):
    """Make submissions that append their worker's process id to a file; returns its path too."""

    def submit(name):
        file = tmp_path / name / "koans" / FILE
        file.parent.mkdir(parents=True)
        began = tmp_path / f"{name}.txt"
        file.write_text(solve(COURSE.solution(FILE)) + TELLS_ITS_WORKER.format(began=str(began)))
        return tmp_path / name, began

    return submit


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_each_submission_is_judged_once_though_a_worker_is_killed(scheduler, submit, tmp_path):
    folders, began = zip(*(submit(f"learner{number}") for number in range(4)), strict=True)
    records = tmp_path / "records.jsonl"

    def kill():
        while not (began[0].exists() and began[0].read_text().endswith("\n")):
            time.sleep(0.01)
        os.kill(int(began[0].read_text()), signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
    terms = Terms(KOANS, 20.0)
    found = list(grade_all(folders, terms, records, workers=1, scheduler=scheduler))

    names = [folder.name for folder in folders]
    assert len(set(began[0].read_text().split())) > 1  # another worker began it again
    assert sorted(each.name for each in found) == names
    assert sorted(each.name for each in load(records)) == names
    assert [Counter(each.states.values()) for each in found] == [{"passed": len(KOANS)}] * 4


def test_a_worker_of_another_version_judges_nothing():
    with pytest.raises(PathError, match="Install the same"):
        judged(Submission("a", {}, (), {}), Terms(KOANS, 20.0, "0.1.0, JAX 0.9.1"))


@pytest.mark.parametrize(
    ("address", "why"), [("nowhere", "port number"), ("http://localhost:1", "scheme")]
)
def test_what_is_no_scheduler_is_one_message(address, why):
    pytest.importorskip("distributed")
    with pytest.raises(PathError, match=f"No Dask scheduler replies at {address}: .*{why}"):
        Cluster(address)


def test_without_dask_the_message_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(PathError, match=r"pip install 'jax-koans\[cluster\]'"):
        Cluster("tcp://127.0.0.1:8786")
