"""A large class on one server: learners who save every few seconds, while pages are watched.

    python benchmarks/class_load.py [--learners 300] [--every 5] [--seconds 30]

Each save is a new connection, as a learner's folder makes it. The clients run on the same cores.
"""

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from finding import Finding

from jax_koans.classroom import record
from jax_koans.classroom.learners import Learner

_PAGES = 3


async def send(host: str, port: int, path: str, token: str, body: bytes) -> int:
    """The HTTP status that a record gets."""
    reader, writer = await asyncio.open_connection(host, port)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    status = (await reader.readline()).split()
    await reader.read()
    writer.close()
    return int(status[1])


async def watch(host: str, port: int, path: str) -> None:
    """A teacher's page that is open."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path}rows HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    while await reader.read(65536):
        pass
    writer.close()


async def learn(
    number: int, address: tuple[str, int, str], every: float, end: float, took: list[float]
) -> int:
    """Save until the end; returns how many saves were not taken."""
    host, port, path = address
    failed, saves = 0, 0
    await asyncio.sleep(random.random() * every)
    while time.perf_counter() < end:
        saves += 1
        now = datetime.now(UTC)
        learner = Learner(f"learner {number}", saves, f"test_{saves}", now, total=229)
        began = time.perf_counter()
        try:
            status = await send(
                host, port, path, f"{number:040}", record.to_bytes(learner, saves, now)
            )
        except (OSError, IndexError):
            status = 0
        took.append(time.perf_counter() - began)
        failed += status != 204
        await asyncio.sleep(max(every - (time.perf_counter() - began), 0))
    return failed


async def load(page: str, join: str, learners: int, every: float, seconds: float) -> list[float]:
    parts = urlsplit(join)
    address = (parts.hostname or "", parts.port or 80, parts.path)
    pages = [
        asyncio.ensure_future(watch(*address[:2], urlsplit(page).path)) for _page in range(_PAGES)
    ]
    took: list[float] = []
    end = time.perf_counter() + seconds
    failed = sum(
        await asyncio.gather(*(learn(n, address, every, end, took) for n in range(learners)))
    )
    for each in pages:
        each.cancel()
    print(f"  {len(took)} saves by {learners} learners in {seconds:.0f} s, {_PAGES} pages open")
    print(Finding("saves that were not taken", failed, 0, "saves"))
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--learners", type=int, default=300)
    parser.add_argument("--every", type=float, default=5)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    command = [sys.executable, "-m", "jax_koans", "class", "--serve", "--port", "0", "--keep"]
    with tempfile.TemporaryDirectory() as kept:
        server = subprocess.Popen([*command, kept], stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        lines = [server.stdout.readline() for _line in range(4)]
        page, join = lines[0].split()[-1], lines[2].split()[-3]
        try:
            took = asyncio.run(load(page, join, options.learners, options.every, options.seconds))
        finally:
            server.terminate()
            server.wait()
    milliseconds = [1000 * each for each in took]
    print(f"  response time: median {statistics.median(milliseconds):.1f} ms")
    slow = statistics.quantiles(milliseconds, n=20)[-1]
    print(Finding("95th percentile of the response time", slow, 100, "ms"))


if __name__ == "__main__":
    main()
