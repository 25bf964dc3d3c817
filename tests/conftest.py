"""All state of a test lives in a temporary folder of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.build import Options, build
from ingest.library import Library, create_library
from tests.fakes import WordEmbedder

Folder = Callable[[dict[str, str]], Path]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Libraries made by a test live here."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CAVEAT_HOME", str(folder))
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Folder:
    """Makes `corpus/` hold exactly these files, and returns the folder."""

    def write_files(files: dict[str, str]) -> Path:
        folder = tmp_path / "corpus"
        for old in folder.rglob("*") if folder.exists() else []:
            if old.is_file():
                old.unlink()
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder

    return write_files


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def make(write: Folder, embedder: WordEmbedder) -> Callable[..., Library]:
    """Ingests these files with the word embedder into library "test"."""

    def make_library(files: dict[str, str], options: Options | None = None) -> Library:
        library = create_library("test")
        build(write(files), library, embedder, options)
        return library

    return make_library


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real browser, for tests marked slow."""
    from tests.pages import ARGUMENTS, browser_path

    path = browser_path()
    if path is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
