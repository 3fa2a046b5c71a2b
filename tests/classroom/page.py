"""The page of a class in a headless Chromium: rows move, help shows, names hide, a server goes.

    python tests/classroom/page.py [PICTURES]

Needs starlette, uvicorn, playwright and Debian's chromium. Not in CI: it needs a browser. Writes
pictures of the page, light and dark, on a telephone, without names and without a connection.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
KOANS = (
    "test_jit_rejects_an_if_on_a_traced_value",
    "test_where_differentiates_both_of_its_branches",
    "test_scan_body_returns_a_carry_and_an_output",
)


def serve(kept: Path, port: str = "0") -> tuple[subprocess.Popen[str], str, str]:
    """Start a class; returns its process, its page and the address to join."""
    command = [sys.executable, "-m", "jax_koans", "class", "--serve", "--port", port]
    process = subprocess.Popen([*command, "--keep", str(kept)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _line in range(4)]
    return process, lines[0].split()[-1], lines[2].split()[-3]


def record(join: str, name: str, number: int, **more: object) -> None:
    """Send what a learner's folder would send."""
    empty = {"passed": 0, "total": 33, "koan": KOANS[0], "hints": 0, "given_up": 0}
    body = {"name": name, "number": number, "since": 60, "asks": None} | empty | more
    request = urllib.request.Request(
        join, json.dumps(body).encode(), {"Authorization": f"Bearer {name * 30:.40}"}
    )
    with urllib.request.urlopen(request, timeout=30):
        pass


def names(page: Page) -> list[str]:
    return page.locator("tbody th").all_inner_texts()


def walk(browser: Browser, kept: Path, pictures: Path) -> None:
    process, address, join = serve(kept)
    page = browser.new_page(viewport={"width": 1000, "height": 640}, color_scheme="light")
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(address)
    expect(page.locator("#state")).to_have_text("live")

    people = ("Ada", "Björn", "Chloé", "<b>Dmitri</b>", "Emi", "Farid", "Grace", "Hans-Jürgen")
    for number, name in enumerate(people):
        record(join, name, 1, passed=3 * number, koan=KOANS[number % 3], since=70 * number,
               hints=number % 3, given_up=number // 6)  # fmt: skip
    expect(page.locator("tbody tr")).to_have_count(len(people))
    assert names(page)[0] == "Hans-Jürgen", names(page)
    assert "<b>Dmitri</b>" in names(page)  # a name is text, whatever it looks like

    # Rows move: who passes a koan goes down, and who asks comes first and is announced.
    record(join, "Hans-Jürgen", 2, passed=22, koan=KOANS[1], since=0)
    expect(page.locator("tbody th").first).to_have_text("Grace")
    record(join, "Chloé", 2, passed=6, koan=KOANS[2], since=200, asks=150, hints=2)
    expect(page.locator("tbody th").first).to_have_text("Chloé")
    expect(page.locator("#asking")).to_have_text("Asking for help: Chloé")
    expect(page).to_have_title(re.compile(r"^\(help\)"))
    page.screenshot(path=pictures / "class.png")
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=pictures / "class_dark.png")

    # On a telephone, nothing has to be scrolled sideways.
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=pictures / "class_telephone.png")
    page.set_viewport_size({"width": 1000, "height": 640})
    page.emulate_media(color_scheme="light")

    # Names hide, and are not in what the projector's browser gets.
    other = browser.new_page(viewport={"width": 1000, "height": 640})
    other.goto(address)
    other.get_by_role("link", name="Hide names").click()
    expect(other.locator("tbody tr")).to_have_count(len(people))
    assert not any(name in other.content() for name in people)
    expect(other.get_by_role("button")).to_have_count(0)
    other.screenshot(path=pictures / "class_hidden.png")

    # By keyboard: the link, then the button.
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hide names")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Chloé is helped")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#asking")).to_be_empty()
    expect(page.locator("tbody th").first).to_have_text("Grace")

    # A server that goes is said, and one that comes again is found.
    process.kill()
    process.wait()
    expect(page.locator("#state")).to_contain_text("no connection", timeout=30_000)
    page.screenshot(path=pictures / "class_lost.png")
    process, _address, _join = serve(kept, address.split(":")[2].partition("/")[0])
    expect(page.locator("#state")).to_have_text("live", timeout=60_000)
    expect(page.locator("tbody tr")).to_have_count(len(people))
    process.kill()
    process.wait()
    assert not [text for text in wrong if "ERR_" not in text and "404" not in text], wrong


def main() -> None:
    pictures = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        walk(browser, Path(kept), pictures)
        browser.close()
    print("the page is as it should be")


if __name__ == "__main__":
    main()
