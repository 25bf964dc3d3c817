"""German documents with the bundled English models: what to expect of them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chat.pipeline import Chat
from chat.reader import open_reranker
from chat.settings import Settings
from ingest.build import build
from ingest.embed import open_embedder
from ingest.library import create_library

pytestmark = pytest.mark.slow
TEXT = """---
title: Wadenkrämpfe
language: de
kind: institution
publisher: Testklinik
published: 2024-01-01
---
# Krämpfe

Dehnen der Wade lindert einen Krampf meist innerhalb von Minuten. Magnesium half älteren Menschen in Studien kaum gegen Krämpfe.

# Erlaubte Menge

Erwachsene sollten höchstens 250 mg Magnesium am Tag aus Nahrungsergänzungsmitteln aufnehmen. Eine Tablette enthält 1,5 Gramm Magnesiumcitrat. Große Füße brauchen weite Schuhe.
"""


@pytest.fixture
def chat(write: Callable[[dict[str, str]], Path]) -> Iterator[Chat]:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    library, embedder = create_library("deutsch"), open_embedder()
    build(write({"kraempfe.md": TEXT}), library, embedder)
    with Chat(library, Settings(language="de"), embedder, open_reranker(None)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("Hilft Magnesium gegen Krämpfe?", "kaum gegen Krämpfe"),
        ("Wie viel Magnesium dürfen Erwachsene am Tag aufnehmen?", "höchstens 250 mg Magnesium"),
        ("Wie viel Gramm Magnesiumcitrat enthält eine Tablette?", "1,5 Gramm"),
    ],
)
def test_a_german_question_in_the_documents_words_is_answered(
    chat: Chat, question: str, quoted: str
) -> None:
    answer = chat.ask(question)
    assert answer.status == "answered"
    assert quoted in " ".join(each.text for each in answer.statements)
    assert answer.statements[0].text.startswith("Testklinik schreibt:")


@pytest.mark.parametrize(
    "question", ["Wer gewann das Fußballspiel?", "Wie wird Diabetes behandelt?"]
)
def test_what_german_documents_do_not_say_is_not_found(chat: Chat, question: str) -> None:
    answer = chat.ask(question)
    assert answer.status == "not_found"
    assert "steht darauf keine Antwort" in answer.notices[0].text
