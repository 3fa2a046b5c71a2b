"""JupyterLab in a headless Chromium: open 03, answer wrongly, read the reason, answer rightly.

    python tests/notebook/jupyterlab.py [PICTURE.png]

Needs jupyterlab, playwright and Debian's chromium, none of which an extra installs. Not in CI: the
page is JupyterLab's own and changes with it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

CHAPTER = "03_jit"
KOAN = "test_print_runs_only_while_jit_traces"
NEXT = "test_jit_retraces_for_a_new_shape_or_dtype_but_not_a_new_value"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# The text of an editor, of CodeMirror as of 2026.
DOCUMENT = "e => (e.cmTile || e.cmView).view.state.doc.toString()"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def serve(root: Path) -> tuple[subprocess.Popen[str], str]:
    """Start JupyterLab in a folder; returns its process and its address."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            "--port=0",
            "--ServerApp.token=koans",
            "--LabApp.news_url=None",
        ],
        cwd=root,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"JUPYTER_CONFIG_DIR": str(root / ".jupyter")},
    )
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/lab", line):
            return process, f"http://127.0.0.1:{found[1]}/lab/tree/notebooks/{CHAPTER}.ipynb"
    raise SystemExit("JupyterLab did not start")


def cell(page: Page, text: str):
    return page.locator(".jp-CodeCell").filter(has_text=f"%%koan {text}").first


def answer(page: Page, koan: str, edit) -> None:
    """Edit a koan's cell and run it, as a person does: click, select all, type, Shift+Enter."""
    editor = cell(page, koan).locator(".cm-content")
    editor.click()
    text = page.evaluate(DOCUMENT, editor.element_handle())
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(edit(text))
    page.keyboard.press("Control+Enter")


def walk(page: Page, address: str, picture: Path) -> None:
    page.goto(f"{address}?token=koans")
    page.wait_for_selector(".jp-CodeCell", timeout=60_000)
    first = page.locator(".jp-CodeCell").first
    expect(first).to_contain_text("%load_ext jax_koans.notebook")
    expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
        "data-status", "idle", timeout=60_000
    )
    page.keyboard.press("Control+B")  # the file browser
    if (no := page.get_by_role("button", name="No", exact=True)).is_visible():
        no.click()
    page.wait_for_timeout(2000)  # what is typed before JupyterLab listens is lost
    first.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(first.locator(".jp-InputPrompt")).to_have_text("[1]:", timeout=30_000)

    answer(page, KOAN, lambda text: text.replace("== __", "== 3").replace("is __", "is False"))
    shown = cell(page, KOAN).locator(".jp-OutputArea")
    expect(shown).to_contain_text("this answer is not right", timeout=30_000)
    print(shown.inner_text())
    shown.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    page.screenshot(path=str(picture))

    answer(page, KOAN, lambda text: text.replace("== 3", "== 1"))
    expect(shown).to_contain_text(f"{KOAN} has passed.", timeout=30_000)
    expect(shown).to_contain_text("Next: the cell of")
    print(shown.inner_text())
    page.screenshot(path=str(picture.with_name(f"{picture.stem}_passed.png")))


def main() -> None:
    picture = Path(sys.argv[1] if len(sys.argv) > 1 else "notebook.png").resolve()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as parent:
        root = Path(parent) / "learner"
        koans = [sys.executable, "-m", "jax_koans"]
        subprocess.run([*koans, "init", str(root)], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*koans, "notebook", CHAPTER], cwd=root, check=True)
        server, address = serve(root)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                page = browser.new_page(viewport={"width": 960, "height": 900})
                walk(page, address, picture)
                browser.close()
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
