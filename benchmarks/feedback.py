"""What the feedback loop costs: the watch, beside a cold pytest and beside the floor.

    python benchmarks/feedback.py [--turns 3] [--koans 2] [--only 03]
    python benchmarks/feedback.py --all --markdown --json F --figure F

For some koans of every chapter, in one run, in turn:

    cold   `pytest` of the learner's file, in a fresh process
    watch  from the write of the file to the verdict on the screen, in a pseudo-terminal
    floor  the same tests again, freshly imported, in a process that has just run them

The koan passes, and the koan after it, still untouched, is the verdict. Only ratios within one run
mean something: the machine may be busy with other things. `--all` measures also what the sensei
adds to pytest (cost.py), long paths (growth.py), and watches that wait (watchers.py).

It takes about seven minutes on two cores that have nothing else to do, and five more with --all.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cost
import growth
import table
import watchers
from finding import Finding, machine
from learner import folder
from loop import Row, measure
from scenes import scenes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--turns", type=int, default=3, help="measurements of each koan and way")
    parser.add_argument("--koans", type=int, default=2, help="koans of each chapter")
    parser.add_argument("--only", default="", help="chapters whose name begins so")
    parser.add_argument("--all", action="store_true", help="the other benchmarks of the watch too")
    parser.add_argument("--json", type=Path, help="write all measurements there, in seconds")
    parser.add_argument("--figure", type=Path, help="draw a chapter's medians (needs matplotlib)")
    parser.add_argument("--markdown", action="store_true", help="print the README's tables")
    options = parser.parse_args()

    where = machine()
    print(where)
    rows = list(_loop(options))
    print("", table.HEAD, *map(table.text, table.lines(rows)), sep="\n")
    found = [*table.findings(rows), *(_others() if options.all else [])]
    print("", *found, sep="\n")
    if options.markdown:
        print("\n" + table.markdown(rows, found, where, " ".join(["python", *sys.argv])))
    if options.json:
        table.write(options.json, rows, found, where)
    if options.figure:
        import figure

        figure.draw(rows, options.figure, where)


def _loop(options: argparse.Namespace) -> Iterator[Row]:
    """All rows; each scene's are shown as soon as it is done."""
    with tempfile.TemporaryDirectory() as parent:
        root = Path(parent).resolve()
        workspace, solved = folder(root / "learner"), folder(root / "solved", solved=True)
        for scene in scenes(workspace, options.koans):
            if scene.file.startswith(options.only):
                rows = measure(workspace, solved.root, scene, options.turns)
                print(f"{scene.chapter} {scene.koan}\n" + table.turns(rows), flush=True)
                yield from rows


def _others() -> list[Finding]:
    found = []
    for title, ask in (
        ("What the sensei adds to pytest", lambda: cost.findings(20, "03_jit")),
        ("Long paths", lambda: growth.findings(9)),
        ("Watches that wait", lambda: watchers.findings(10, 30.0)),
    ):
        print(f"\n{title}", flush=True)
        found += ask()
    return found


if __name__ == "__main__":
    main()
