"""Imports go evals -> chat -> ingest, and each big library has one home."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ABOVE = {"ingest": {"chat", "evals", "tests"}, "chat": {"evals", "tests"}, "evals": {"tests"}}
# Where a library may be imported. The benchmark runs the libraries' own quickstart beside ours.
HOMES = {
    "chromadb": ("ingest/vectors.py",),
    "sentence_transformers": ("ingest/embed.py",),
    "torch": (
        "ingest/embed.py",
        "chat/upper_layers.py",
        "chat/screening/tuning.py",
        "evals/teach.py",
    ),
    "onnxruntime": ("chat/onnx.py", "chat/upper_layers.py"),
    "onnx": ("chat/upper_layers.py",),
    "gradio": ("chat/page/",),
    "langchain": ("chat/chat_model.py",),
    "langchain_chroma": ("evals/bench.py",),
    "langchain_huggingface": ("evals/bench.py",),
    "trafilatura": ("ingest/read/html.py",),
    "pypdf": ("ingest/read/",),
    "docx": ("ingest/read/docx.py",),
    "ebooklib": ("ingest/read/epub.py",),
}


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The top-level names that a file imports, late imports included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("package", ABOVE)
def test_a_package_imports_nothing_that_stands_above_it(package: str) -> None:
    for path in sources(package):
        assert not set(imported(path)) & ABOVE[package], path


@pytest.mark.parametrize("library", HOMES)
def test_a_big_library_is_imported_in_its_home_only(library: str) -> None:
    for package in ABOVE:
        for path in sources(package):
            place = path.relative_to(ROOT).as_posix()
            if not place.startswith(HOMES[library]):
                assert library not in set(imported(path)), place


def test_no_function_is_longer_than_fifty_lines() -> None:
    for package in ABOVE:
        for path in sources(package):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    assert (node.end_lineno or 0) - node.lineno < 50, f"{path}: {node.name}"
