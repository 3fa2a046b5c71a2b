"""`koans class --serve`: what it takes, what it says no to, and what it keeps."""

import asyncio
import json
import secrets
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from jax_koans.classroom import record
from jax_koans.classroom import server as server_module
from jax_koans.classroom.learners import Learner
from jax_koans.classroom.roster import MOST, Rejected, Roster
from jax_koans.classroom.server import ClassServer
from jax_koans.course.path import PathError

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
ANNA = Learner("Anna", 3, "test_b", NOW, hints=1, total=9)
TOKEN, OTHER = "a" * 43, "b" * 43


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def roster(tmp_path, clock):
    return Roster(tmp_path / "kept", clock)


@pytest.fixture
def server(roster):
    return ClassServer(roster, list)


@pytest.fixture
def client(server):
    with TestClient(server.application) as client:
        yield client


def bearer(token=TOKEN):
    return {"Authorization": f"Bearer {token}"}


# Records.

ages = st.none() | st.integers(0, 10**6).map(lambda seconds: NOW - timedelta(seconds=seconds))
counts = st.integers(0, 500)


@given(
    counts, counts, counts, counts, ages, ages, st.from_regex(r"test_[a-z_]{1,40}|", fullmatch=True)
)
def test_a_record_comes_out_as_it_went_in(passed, more, hints, given_up, since, asks, koan):
    learner = Learner("Zoë", passed, koan, since, hints, given_up, "", asks, passed + more)
    body = record.to_bytes(learner, 7, NOW)

    assert record.from_bytes(body, NOW) == (learner, 7)
    assert len(body) <= record.LARGEST


def test_of_two_clocks_that_differ_the_class_has_its_own():
    body = record.to_bytes(ANNA, 1, NOW + timedelta(minutes=5))
    learner, _number = record.from_bytes(body, NOW + timedelta(days=300))

    assert learner.since == NOW + timedelta(days=300, minutes=-5)


GOOD = json.loads(record.to_bytes(ANNA, 1, NOW))
BAD = [
    b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 900, b'{"name": "Anna"}', b"1e999",
    *(json.dumps(GOOD | change).encode() for change in (
        {"name": ""}, {"name": " x"}, {"name": "x" * 41}, {"name": "a\nb"}, {"name": 3},
        {"name": None}, {"name": "\u202eevil"}, {"name": "\x00"}, {"name": ["Anna"]},
        {"passed": -1}, {"passed": 10}, {"passed": 1.0}, {"passed": True}, {"passed": "3"},
        {"passed": 10**30}, {"total": None}, {"hints": -1}, {"hints": []}, {"given_up": 1e3},
        {"number": -1}, {"number": "1"}, {"number": 2**70}, {"since": -5}, {"since": 1.5},
        {"since": 10**12}, {"since": "now"}, {"asks": True}, {"asks": -1},
        {"koan": "../../etc/passwd"}, {"koan": "<script>"}, {"koan": 1},
        {"koan": "test_" + "x" * 200},
        {"code": "def f(): ..."}, {"path": "/home/anna"},
    )),
    *(json.dumps({k: v for k, v in GOOD.items() if k != key}).encode() for key in GOOD),
]  # fmt: skip


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
def test_what_is_no_record_is_rejected_with_a_reason(body, client, server):
    answer = client.post(server.join_path, content=body, headers=bearer())

    assert answer.status_code == 400
    assert answer.text.strip()
    assert server.learners() == []


@pytest.mark.parametrize(
    "path", ["/join/guessed", "/join/", "/class/guessed/", "/", "/class/x/rows"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT"])
def test_without_the_secret_there_is_nothing(path, method, client, server):
    answer = client.request(method, path, headers=bearer())

    assert answer.status_code in (404, 405)
    assert "Anna" not in answer.text
    assert server.roster.secret("join") not in answer.text


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": TOKEN}, bearer("short"), bearer("x" * 200), {"Cookie": TOKEN}]
)
def test_a_record_without_a_token_is_rejected(headers, client, server):
    answer = client.post(server.join_path, json=GOOD, headers=headers)

    assert answer.status_code == 401
    assert server.learners() == []


@pytest.mark.parametrize("size", [record.LARGEST + 1, 10**6])
def test_a_record_that_is_too_large_is_rejected(size, client, server):
    answer = client.post(server.join_path, content=b" " * size, headers=bearer())

    assert answer.status_code == 413
    assert "at most" in answer.text


def test_a_record_that_is_taken_is_on_the_page_and_nobody_else_can_write_it(client, server):
    assert client.post(server.join_path, json=GOOD, headers=bearer()).status_code == 204
    forged = GOOD | {"passed": 9, "number": 100}
    answer = client.post(server.join_path, json=forged, headers=bearer(OTHER))

    assert answer.status_code == 403
    assert "somebody else" in answer.text
    assert (
        client.request("DELETE", server.join_path, json=GOOD, headers=bearer(OTHER)).status_code
        == 403
    )
    [row] = json.loads(server.view(hidden=False))["rows"]
    assert (row["name"], row["passed"], row["koan"]) == ("Anna", "3/9", "test_b")


def test_a_record_that_comes_again_or_late_is_rejected(client, server):
    for number in (1, 3):
        client.post(
            server.join_path, json=GOOD | {"number": number, "passed": number}, headers=bearer()
        )
    for number in (1, 2, 3):
        again = GOOD | {"number": number, "passed": 0}
        assert client.post(server.join_path, json=again, headers=bearer()).status_code == 409

    assert server.learners()[0].passed == 3


def test_learners_who_flood_are_slowed_down_and_others_are_not(roster, clock):
    for number in range(10):
        roster.take(ANNA, TOKEN, number)
    with pytest.raises(Rejected) as caught:
        roster.take(ANNA, TOKEN, 10)
    roster.take(Learner("Bert", total=9), OTHER, 0)
    clock.seconds += 1
    roster.take(ANNA, TOKEN, 10)

    assert caught.value.status == 429


def test_a_class_has_an_end(roster):
    for number in range(MOST):
        roster.take(Learner(f"learner {number}"), TOKEN, 1)
    with pytest.raises(Rejected, match="full"):
        roster.take(ANNA, TOKEN, 1)

    assert len(roster.learners()) == MOST


# What is kept.


def test_all_is_there_after_the_process_has_died(roster, tmp_path):
    roster.take(ANNA, TOKEN, 5)
    again = Roster(tmp_path / "kept")  # nobody has closed the first one

    assert again.learners() == [ANNA]
    assert again.secret("join") == roster.secret("join") != roster.secret("page")
    with pytest.raises(Rejected, match="newer"):
        again.take(ANNA, TOKEN, 5)


def test_who_leaves_is_deleted_from_the_disk_too(roster, tmp_path):
    secret = "Anna-" + secrets.token_hex(8)
    roster.take(Learner(secret, total=9), TOKEN, 1)
    roster.help(secret)
    assert any(secret.encode() in each.read_bytes() for each in (tmp_path / "kept").iterdir())
    roster.leave(secret, TOKEN)

    assert roster.learners() == []
    assert not any(secret.encode() in each.read_bytes() for each in (tmp_path / "kept").iterdir())


def test_no_token_lies_on_the_disk_and_nobody_else_may_read_it(roster, tmp_path):
    roster.take(ANNA, TOKEN, 1)
    files = list((tmp_path / "kept").iterdir())

    assert not any(TOKEN.encode() in each.read_bytes() for each in files)
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content", [b"not a database at all, and longer than a header of one", b"{}"]
)
def test_a_damaged_file_is_one_message(content, tmp_path):
    (tmp_path / "class.sqlite").write_bytes(content)

    with pytest.raises(PathError, match="Move it away"):
        Roster(tmp_path)
    assert (tmp_path / "class.sqlite").read_bytes() == content


# The page.


def test_a_request_for_help_stands_first_until_the_teacher_reacts(client, server):
    now = datetime.now(UTC)
    asking = Learner("Bert", 1, "test_c", now, asks=now - timedelta(minutes=3), total=9)
    server.roster.take(ANNA, TOKEN, 1)
    server.roster.take(asking, OTHER, 1)
    first = json.loads(server.view(hidden=False))["rows"][0]
    assert (first["name"], first["asks"]) == ("Bert", "asks for help, 3 min")

    assert client.post(f"{server.page_path}helped", content="Bert").status_code == 204
    assert not any(row["asks"] for row in json.loads(server.view(hidden=False))["rows"])

    later = datetime.now(UTC) + timedelta(seconds=5)
    server.roster.take(Learner("Bert", 1, "test_c", now, asks=later, total=9), OTHER, 2)
    assert any(row["asks"] for row in json.loads(server.view(hidden=False))["rows"])


def test_hidden_names_do_not_leave_the_server(server):
    server.roster.take(ANNA, TOKEN, 1)
    server.roster.take(Learner("Bert", 1, "test_b", NOW, total=9), OTHER, 1)
    view = server.view(hidden=True)

    assert "Anna" not in view
    assert {row["name"] for row in json.loads(view)["rows"]} == {"learner 1", "learner 2"}
    assert json.loads(view)["heads"] == ["2 of 2 are at test_b"]


def test_folders_and_those_who_joined_are_one_class(roster):
    server = ClassServer(roster, lambda: [Learner("below", 2, "test_b", NOW, total=9)])
    roster.take(ANNA, TOKEN, 1)
    with TestClient(server.application):  # the folders are read in a thread
        names = asyncio.run(_names(server, 2))

    assert names == {"Anna", "below"}


def test_folders_that_cannot_be_read_for_a_moment_are_read_again(roster, monkeypatch):
    monkeypatch.setattr(server_module, "_FOLDERS_PAUSE", 0)
    gone = iter([True, False])

    def read_folders():
        if next(gone, False):
            raise PathError("gone")
        return [ANNA]

    server = ClassServer(roster, read_folders)
    with TestClient(server.application):
        assert asyncio.run(_names(server, 1)) == {"Anna"}


async def _names(server, count):
    async with asyncio.timeout(60):
        while len(found := {each.name for each in server.learners()}) < count:
            await asyncio.sleep(0.01)
    return found


def test_views_come_when_something_changes_and_end_with_the_server(roster):
    ending = []
    server = ClassServer(roster, list, lambda: bool(ending))

    async def follow():
        views = server._views(hidden=False)
        assert json.loads((await anext(views)).removeprefix("data: "))["rows"] == []
        roster.take(ANNA, TOKEN, 1)
        [row] = json.loads((await anext(views)).removeprefix("data: "))["rows"]
        ending.append(True)
        return row["name"], [view async for view in views]

    assert asyncio.run(follow()) == ("Anna", [])


def test_the_page_takes_nothing_from_elsewhere_and_is_kept_nowhere(client, server):
    page = client.get(server.page_path)
    files = [client.get(f"/static/{name}") for name in ("page.css", "page.js")]

    assert page.status_code == 200
    assert "http" not in page.text.replace("http-equiv", "")
    assert all(each.status_code == 200 for each in files)
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "koans join http" in client.get(server.join_path).text


# The command.


@pytest.fixture
def serving(tmp_path):
    """Start `koans class --serve`; returns the process and its two addresses."""
    running = []

    def start(*options, port=0):
        command = [sys.executable, "-m", "jax_koans", "class", "--serve", *options]
        process = subprocess.Popen(
            [*command, "--port", str(port), "--keep", str(tmp_path / "kept")],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        running.append(process)
        lines = [process.stdout.readline() for _line in range(4)]
        return process, lines[0].split()[-1], lines[2].split()[-3]

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def rows(page, wanted):
    """The rows of the page, once they are as wanted."""
    import urllib.request

    with urllib.request.urlopen(f"{page}rows", timeout=60) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                found = json.loads(line.removeprefix(b"data: "))["rows"]
                if wanted(found):
                    return found
    raise AssertionError("the page has ended")


def test_a_learner_joins_works_asks_and_leaves(serving, make_learner, solutions):
    process, page, join = serving()
    anna = make_learner(solutions)
    joined = anna.koans("join", join, "--as", "Anna")
    assert joined.returncode == 0, joined.stderr
    assert "koans leave" in joined.stdout

    anna.pytest()
    [row] = rows(page, lambda found: found and found[0]["since"])
    assert (row["name"], row["passed"], row["koan"]) == ("Anna", "0/2", "test_adds")
    anna.answer("01_one/test_01_a.py", "3")
    anna.koans("run")
    rows(page, lambda found: found[0]["passed"] == "1/2")

    assert "help with test_doubles" in anna.koans("ask").stdout
    rows(page, lambda found: found[0]["asks"])
    assert "not ask for help any more" in anna.koans("ask").stdout
    rows(page, lambda found: not found[0]["asks"])

    shown = anna.koans("join", "--show").stdout
    assert str(anna.root) not in shown
    assert json.loads(shown.splitlines()[-1])["koan"] == "test_doubles"
    assert "deleted" in anna.koans("leave").stdout
    rows(page, lambda found: not found)
    assert not (anna.workspace.state_dir / "class.json").exists()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0


def test_a_network_that_is_down_costs_nothing_and_afterwards_the_newest_counts(
    serving, make_learner, solutions
):
    process, page, join = serving()
    port = int(join.split(":")[2].split("/")[0])
    anna = make_learner(solutions)
    anna.koans("join", join, "--as", "Anna")
    untouched = anna.pytest().stdout
    process.kill()
    process.wait()

    assert _same(anna.pytest().stdout) == _same(untouched)
    anna.answer("01_one/test_01_a.py", "3")
    anna.pytest()
    anna.answer("01_one/test_01_a.py", "4")
    assert anna.pytest().returncode == 0
    _process, page_again, _join = serving(port=port)

    assert page_again == page
    rows(page, lambda found: found and found[0]["passed"] == "2/2")


def _same(text):
    """Without the seconds that pytest counts."""
    return [line for line in text.splitlines() if not line.startswith("=")]


def test_a_name_that_is_taken_and_addresses_that_are_none(serving, make_learner, solutions):
    _process, _page, join = serving()
    anna, bert = (make_learner(solutions, folder=name) for name in ("anna", "bert"))
    assert anna.koans("join", join, "--as", "Anna").returncode == 0
    for arguments, told in (
        ((join, "--as", "Anna"), "choose another"),
        ((join,), "--as NAME"),
        ((join, "--as", "x" * 41), "1 to 40"),
        ((join[:-3], "--as", "Bert"), "address is wrong"),
        (("http://127.0.0.1:9/join/x", "--as", "Bert"), "cannot be reached: Connection refused"),
        (("ftp://class/join/x", "--as", "Bert"), "not the address of a class"),
        (("nonsense", "--as", "Bert"), "not the address of a class"),
        ((), "koans join URL --as NAME"),
    ):
        said = bert.koans("join", *arguments)
        assert (said.returncode, "Traceback" in said.stderr) == (2, False), said.stderr
        assert told in said.stderr
        assert not (bert.workspace.state_dir / "class.json").exists()
    assert bert.koans("leave").returncode == 2
    # The same folder may join again, and stays who it is.
    assert anna.koans("join", join, "--as", "Anna").returncode == 0
    assert "koans leave" in anna.koans("join", join, "--as", "Ada").stderr


def test_what_cannot_be_served_is_one_message(serving, learner_at, tmp_path):
    _process, _page, join = serving()
    teacher = learner_at(tmp_path)
    port = join.split(":")[2].split("/")[0]
    for options, told in (
        (("--serve", "--port", port, "--keep", "a"), "cannot be listened on"),
        (("--serve", "--host", "nowhere.invalid", "--keep", "b"), "cannot be listened on"),
        (("--serve", "nowhere", "--keep", "c"), "No learner's folder"),
        ((), "Which folders"),
    ):
        said = teacher.koans("class", *options)
        assert (said.returncode, "Traceback" in said.stderr) == (2, False), said.stderr
        assert told in said.stderr


@pytest.fixture
def solutions():
    return {
        "01_one/test_01_a.py": '''\
"""A file."""

from jax_koans import __


def test_adds():
    """1 + 2 is 3."""
    # HINT: Add.
    # HINT: Count.
    assert 1 + 2 == __(3)
    # WHY: It is 3.


def test_doubles():
    """2 * 2 is 4."""
    # HINT: Double.
    # HINT: Count.
    assert 2 * 2 == __(4)
    # WHY: It is 4.
'''
    }
