"""Documents that share text are found whatever their size."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.build import build
from ingest.library import create_library
from ingest.near import sketch
from tests.conftest import Folder
from tests.fakes import WordEmbedder


def prose(seed: int, words: int) -> str:
    """Sentences of made-up words."""
    chance = random.Random(seed)
    made = ["".join(chance.choices("abcdefgh", k=6)) for _ in range(words)]
    return ". ".join(" ".join(made[at : at + 10]) for at in range(0, words, 10)) + "."


@given(st.text())
def test_every_text_with_words_has_a_sketch_that_follows_from_its_words(text: str) -> None:
    assert sketch(text) == sketch(f"  {text}.\n")
    assert bool(sketch(text)) == any(letter.isalnum() or letter == "_" for letter in text)


@pytest.mark.parametrize(("shared", "reported"), [(400, True), (40, False)])
def test_documents_that_share_text_are_reported_with_their_share(
    write: Folder, embedder: WordEmbedder, shared: int, reported: bool
) -> None:
    both = prose(0, shared)
    files = {
        "a.txt": f"{both} {prose(1, 400)}",
        "b.txt": f"{prose(2, 500)} {both}",
        "c.txt": prose(3, 500),
    }
    summary = build(write(files), create_library("test"), embedder)
    assert [pair[:2] for pair in summary.near] == ([("a.txt", "b.txt")] if reported else [])
    assert not reported or 0.3 < summary.near[0][2] < 0.7


def test_what_stands_in_every_document_makes_none_of_them_alike(
    write: Folder, embedder: WordEmbedder
) -> None:
    footer = prose(0, 200)
    files = {f"{number:02}.txt": f"{prose(number, 100)} {footer}" for number in range(1, 31)}
    assert build(write(files), create_library("test"), embedder).near == ()


def test_only_what_is_new_is_compared_and_with_everything(
    write: Folder, embedder: WordEmbedder
) -> None:
    files = {"a.txt": prose(1, 300), "b.txt": prose(1, 280)}
    library = create_library("test")
    assert len(build(write(files), library, embedder).near) == 1
    files["c.txt"] = prose(1, 250)
    near = build(write(files), library, embedder).near
    assert {pair[:2] for pair in near} == {("a.txt", "c.txt"), ("b.txt", "c.txt")}
