"""Swapping sources in a real Chromium, with the real models: upload, build, publish, back, forget."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chat.page.operator.session import Password
from chat.page.options import Options
from chat.pipeline import open_chat
from chat.settings import Settings
from ingest.build import build
from ingest.library import Library, create_library
from tests.pages import FILES, served

pytestmark = pytest.mark.slow
SECRET = "correct horse battery"
LEAFLET = "# Hiccups\n\nHolding your breath for ten seconds stops hiccups in most people.\n"
QUESTION = "What stops hiccups?"
MINUTE = 60_000


@pytest.fixture
def library(write: Callable[..., Path]) -> Library:
    library = create_library("swapped")
    build(write(FILES), library)
    return library


@pytest.fixture
def url(library: Library) -> Iterator[str]:
    with open_chat(str(library.folder), Settings()) as chat:
        options = Options(operator=Password.of(SECRET))
        with served(chat, options) as address:
            yield address


@pytest.fixture
def tab(chromium: Any, url: str) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    tab = context.new_page()
    tab.set_default_timeout(MINUTE)
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda m: problems.append(m.text) if "Content Security" in m.text else None)
    tab.goto(f"{url}/operator")
    tab.get_by_label("Password").fill(SECRET)
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="Sources of").wait_for()
    yield tab
    assert problems == []
    context.close()


def asked(chromium: Any, url: str) -> str:
    """What a visitor gets to see."""
    page = chromium.new_page()
    page.goto(url)
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".turn .tools").wait_for(timeout=MINUTE)
    said: str = page.locator(".turn .answer").inner_text()
    page.close()
    return said


def wide(tab: Any) -> bool:
    result: bool = tab.evaluate("document.documentElement.scrollWidth > innerWidth")
    return result


def test_sources_are_swapped_published_taken_back_and_forgotten(
    chromium: Any, tab: Any, url: str, library: Library, tmp_path: Path
) -> None:
    assert "Holding your breath" not in asked(chromium, url)
    leaflet = tmp_path / "hiccups.md"
    leaflet.write_text(LEAFLET)
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 no more than this")
    tab.get_by_role("button", name="Copy these files here").click()
    tab.get_by_text("Files copied: 2").wait_for()
    tab.get_by_label("Files to upload").set_input_files([leaflet, broken])
    tab.get_by_role("button", name="Upload", exact=True).click()
    tab.get_by_text("Files uploaded: 2").wait_for()
    assert not wide(tab)

    tab.get_by_role("button", name="Build", exact=True).click()
    tab.locator("progress").wait_for()
    assert "Holding your breath" not in asked(chromium, url)  # the chat goes on meanwhile
    tab.get_by_text("Release 2 is built and not yet published").wait_for()
    assert "broken.pdf:" in tab.locator("#job").inner_text()
    assert library.current_number == 1

    tab.locator("#job").get_by_role("link", name="See what release 2 changes").click()
    assert "hiccups.md" in tab.get_by_role("heading", name="Added: 1").locator("+ ul").inner_text()
    tab.get_by_role("button", name="Publish release 2").click()
    tab.get_by_text("Release 2 is the current one").wait_for()
    assert "Holding your breath" in asked(chromium, url)

    tab.get_by_role("button", name="Roll back to release 1").click()
    tab.get_by_text("Release 1 is the current one").wait_for()
    assert "Holding your breath" not in asked(chromium, url)
    tab.get_by_role("button", name="Publish release 2").click()
    tab.get_by_text("Release 2 is the current one").wait_for()

    tab.goto(f"{url}/operator/release/2")
    tab.get_by_role("button", name="Forget hiccups.md").click()
    tab.get_by_label("Yes, remove it for good").check()
    tab.get_by_role("button", name="Forget it").click()
    tab.get_by_text("(releases: 1)").wait_for()
    assert "Holding your breath" not in asked(chromium, url)
    assert b"Holding your breath" not in b"".join(
        path.read_bytes() for path in library.folder.rglob("*") if path.is_file()
    )


def test_suites_run_beside_the_chat_and_their_report_is_the_operators(
    tab: Any, url: str, library: Library
) -> None:
    tab.get_by_role("button", name="Test it quickly").click()
    tab.locator("progress").wait_for()
    tab.locator("#job").get_by_role("link", name="Report").wait_for(timeout=8 * MINUTE)
    with tab.expect_popup() as popup:
        tab.locator("#job").get_by_role("link", name="Report").click()
    popup.value.get_by_role("heading").first.wait_for()
    assert "swapped" in popup.value.content()
    assert popup.value.evaluate("window.origin") == "null"
    tab.get_by_role("button", name="Log out").click()
    tab.get_by_label("Password").wait_for()
    assert tab.goto(f"{url}/operator/report/1").status == 404
