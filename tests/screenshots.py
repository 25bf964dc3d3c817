"""Pictures of the main views over the bundled corpus, as in the README.

python -m tests.screenshots    writes chat/page/screenshots/VIEW-WIDTH-COLOURS.png
"""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from chat.page.operator.session import Password
from chat.page.options import Options
from chat.pipeline import open_chat
from chat.settings import Settings
from ingest.build import build
from ingest.library import create_library
from tests.pages import ARGUMENTS, browser_path, served

ROOT = Path(__file__).parent.parent
OUT = ROOT / "chat" / "page" / "screenshots"
WIDTHS = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 800)}
COLOURS = ("light", "dark")
PALETTE = 64  # colours of a picture, which keeps it small
SECRET = "for pictures only"
QUESTION = "Does magnesium help against muscle cramps?"
URGENT = "I have crushing chest pain and my left arm is numb"
MINUTE = 60_000


def answer(tab: Any, url: str) -> None:
    """The answer with the words behind its first mark."""
    _ask(tab, url, QUESTION)
    tab.locator(".cite button").first.hover()


def document(tab: Any, url: str) -> None:
    """A source at the cited words."""
    _ask(tab, url, QUESTION)
    tab.locator(".cite button").first.click()
    tab.locator("#document mark").wait_for()
    tab.mouse.move(1, 1)


def emergency(tab: Any, url: str) -> None:
    _ask(tab, url, URGENT)


def operator(tab: Any, url: str) -> None:
    tab.goto(f"{url}/operator")
    tab.mouse.wheel(0, 10_000)


VIEWS: dict[str, Callable[[Any, str], None]] = {
    "answer": answer,
    "document": document,
    "emergency": emergency,
    "operator": operator,
}


def main() -> int:
    """Write every picture; returns the exit code."""
    from playwright.sync_api import sync_playwright

    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="caveat-") as home, sync_playwright() as playwright:
        os.environ["CAVEAT_HOME"] = home
        corpus = shutil.copytree(ROOT / "corpus" / "magnesium", Path(home, "corpus", "magnesium"))
        build(corpus, create_library("magnesium"))
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        options = Options(operator=Password.of(SECRET), share_links=True)
        settings = replace(Settings(), follow_ups=True)
        with open_chat("magnesium", settings) as chat, served(chat, options) as url:
            cookies = _logged_in(browser, url)
            for width in WIDTHS:
                for colours in COLOURS:
                    _pictures(browser, url, width, colours, cookies)
        browser.close()
    return 0


def _logged_in(browser: Any, url: str) -> Any:
    """The operator's cookie, as the browser keeps it."""
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(f"{url}/operator")
    tab.get_by_label("Password").fill(SECRET)
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="Sources of").wait_for()
    return context.storage_state()


def _pictures(browser: Any, url: str, width: str, colours: str, cookies: Any) -> None:
    for name, view in VIEWS.items():
        size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
        context = browser.new_context(viewport=size, color_scheme=colours, storage_state=cookies)
        tab = context.new_page()
        tab.set_default_timeout(MINUTE)
        view(tab, url)
        tab.wait_for_timeout(500)
        _write(tab.screenshot(), OUT / f"{name}-{width}-{colours}.png")
        context.close()


def _ask(tab: Any, url: str, question: str) -> None:
    tab.goto(url)
    tab.get_by_label("Your question").fill(question)
    tab.keyboard.press("Enter")
    tab.locator(".turn .tools").wait_for()


def _write(picture: bytes, path: Path) -> None:
    from PIL import Image

    image = (
        Image.open(io.BytesIO(picture)).convert("RGB").quantize(PALETTE, dither=Image.Dither.NONE)
    )
    image.save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
