"""What a watch takes while it waits, and whether ten of them get on with each other.

    python benchmarks/watchers.py [--watchers 10] [--idle 30]

One watch alone, its spare ready: its memory, and its processor time while nothing happens, first
while the learner thinks, then when nobody is there any more. Then ten, each in a folder of its own:
all start, and all give the verdict on a save. Needs /proc.
"""

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import processes
from finding import Finding
from learner import Watching, folder, save

FILE = "03_jit/test_01_traced_once.py"
_SOON = 1.0  # seconds until nobody seems to be there, in place of minutes


def findings(watchers: int, idle: float) -> list[Finding]:
    """Memory and idle processor time of one, and how many of `watchers` fail to give a verdict."""
    with tempfile.TemporaryDirectory() as parent, ExitStack() as watches:
        found = []
        watching: list[Watching] = []
        spaces = [folder(Path(parent).resolve() / f"learner{number}") for number in range(watchers)]
        for number, space in enumerate(spaces):
            watching.append(watches.enter_context(Watching(space.root, FILE)))
            if number == 0:
                watching[0].until("▸ ")
                watching[0].settle()
                found = [*_alone(watching[0].process.pid, idle), _asleep(space.root, idle)]
        late = sum(not _gives(each, "▸ ") for each in watching[1:])
        print(f"  {watchers - late} of {watchers} have started", flush=True)
        for space in spaces:
            name = space.names_in(FILE)[0]
            save(space.koans_dir / FILE, f"def {name}():\n    assert 'a save' == 'no verdict'\n")
        late += sum(not _gives(each, "no verdict") for each in watching)
        print(f"  verdicts missing: {late}", flush=True)
    return [
        *found,
        Finding(f"verdicts that {watchers} watchers side by side do not give", late, 0, " "),
    ]


def _alone(sensei: int, idle: float) -> list[Finding]:
    both = processes.tree(sensei)
    megabytes = sum(processes.memory(each)[0] for each in both)
    shared = sum(processes.memory(each)[1] for each in both)
    print(f"  {len(both)} processes: {megabytes:.0f} MB, {shared:.0f} MB of their own", flush=True)
    return [
        Finding("sensei and spare, resident", megabytes, 450, "MB"),
        Finding("processor time of a minute of thinking", _minute(both, idle), 0.05, "s"),
    ]


def _asleep(folder: Path, idle: float) -> Finding:
    """The processor time of a watch that nobody has used for a while."""
    with Watching(folder, FILE, idle=_SOON) as watching:
        watching.until("▸ ")
        end = time.monotonic() + 60
        while len(processes.tree(watching.process.pid)) > 1 and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(6)  # it is heard at the next of its beats
        used = _minute(processes.tree(watching.process.pid), idle)
    return Finding("the same once nobody is there", used, 0.05, "s")


def _minute(processes_: list[int], idle: float) -> float:
    """The seconds of processor time that processes take in a minute of `idle` ones."""
    before = sum(map(processes.seconds, processes_))
    time.sleep(idle)
    used = sum(map(processes.seconds, processes_)) - before
    print(f"  {used:.2f} s of processor time in {idle:.0f} s of waiting", flush=True)
    return used * 60 / idle


def _gives(watching: Watching, text: str) -> bool:
    try:
        watching.until(text)
    except TimeoutError as error:
        print(error)
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--watchers", type=int, default=10)
    parser.add_argument("--idle", type=float, default=30.0, help="seconds to wait")
    options = parser.parse_args()
    for each in findings(options.watchers, options.idle):
        print(each)


if __name__ == "__main__":
    main()
