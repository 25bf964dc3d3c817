"""Caveat plugs into LangChain as a retriever and as a runnable."""

from collections.abc import Callable

import pytest

from chat.langchain_seam import CaveatRetriever, CaveatRunnable
from chat.pipeline import Chat
from chat.settings import Settings
from ingest.errors import UserError
from ingest.library import Library
from tests.fakes import WordEmbedder
from tests.test_chat import FILES, WordReranker


@pytest.fixture
def chat(make: Callable[..., Library], embedder: WordEmbedder) -> Chat:
    return Chat(make(FILES), Settings(), embedder, WordReranker())


def test_the_retriever_gives_passages_with_what_a_citation_needs(chat: Chat) -> None:
    found = CaveatRetriever(chat=chat, k=1).invoke("magnesium tablets trial")
    assert len(found) == 1
    assert found[0].metadata["source"] == "trial.md"
    assert found[0].metadata["kind"] == "research"
    assert found[0].page_content.startswith("Magnesium tablets did not stop cramps")


def test_the_runnable_answers_with_the_caveat(chat: Chat) -> None:
    runnable = CaveatRunnable(chat=chat)
    for given in ("Does magnesium stop cramps?", {"question": "Does magnesium stop cramps?"}):
        answer = runnable.invoke(given)
        assert answer["status"] == "answered"
        assert answer["caveat"]


def test_the_runnable_streams_and_batches_and_composes(chat: Chat) -> None:
    runnable = CaveatRunnable(chat=chat)
    assert all(answer["caveat"] for answer in runnable.stream("Does magnesium stop cramps?"))
    assert len(runnable.batch(["Does magnesium stop cramps?", "Who?"])) == 2
    status = runnable | (lambda answer: answer["status"])
    assert status.invoke("Does magnesium stop cramps?") == "answered"


def test_an_input_without_a_question_is_refused(chat: Chat) -> None:
    with pytest.raises(UserError, match="question"):
        CaveatRunnable(chat=chat).invoke({"text": "hello"})
