"""Caveat plugs into LangChain as a retriever and as a runnable."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableParallel, RunnablePassthrough

from chat.langchain_seam import CaveatRetriever, CaveatRunnable
from chat.pipeline import Chat
from chat.settings import Settings
from ingest.errors import UserError
from ingest.library import Library
from tests.fakes import WordEmbedder
from tests.test_chat import FILES, WordReranker

QUESTION = "Does magnesium stop cramps?"


def awaited(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine gives, in a thread of its own: a browser's loop may be open in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


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
    runnable = CaveatRunnable(chat)
    for given in (QUESTION, {"question": QUESTION}):
        answer = runnable.invoke(given)
        assert answer["status"] == "answered"
        assert answer["caveat"]


def test_both_work_in_batches_without_waiting_and_in_chains(chat: Chat) -> None:
    runnable, retriever = CaveatRunnable(chat), CaveatRetriever(chat=chat)
    status = {"question": RunnablePassthrough()} | runnable | (lambda answer: answer["status"])
    both = RunnableParallel(status=status, passages=retriever)
    assert [answer["caveat"] != "" for answer in runnable.batch([QUESTION, "Who?"])] == [True] * 2
    assert len(retriever.batch([QUESTION, "trial"])) == 2
    assert both.invoke(QUESTION)["status"] == "answered"
    asked = awaited(both.ainvoke(QUESTION))
    assert asked["status"] == "answered"
    assert asked["passages"] == retriever.invoke(QUESTION)
    refused = runnable.batch([QUESTION, " "], return_exceptions=True)[1]
    assert isinstance(refused, UserError)


def test_the_runnable_streams_growing_answers_both_ways(chat: Chat) -> None:
    runnable = CaveatRunnable(chat)

    async def streamed() -> list[dict[str, Any]]:
        return [answer async for answer in runnable.astream(QUESTION)]

    for answers in (list(runnable.stream(QUESTION)), awaited(streamed())):
        assert all(answer["caveat"] for answer in answers)
        assert answers[-1]["seconds"]["total"] > 0
    chain = runnable | (lambda answer: answer["status"])
    assert list(chain.stream(QUESTION)) == ["answered"]


def test_what_was_said_before_may_be_messages_of_any_form(chat: Chat) -> None:
    told: list[Any] = [HumanMessage(QUESTION), AIMessage("No."), SystemMessage("Be brief.")]
    as_data = [{"role": "user", "content": QUESTION}, ("ai", "No.")]
    for history in (told, as_data):
        answer = CaveatRunnable(chat).invoke({"question": "And a cream?", "history": history})
        assert "cramps" in answer["standalone_question"]
    with pytest.raises(UserError, match="history"):
        CaveatRunnable(chat).invoke({"question": "And a cream?", "history": [42]})


class Recorder(BaseCallbackHandler):
    """Keeps what a tracer is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **_: Any) -> None:
        self.told.append(("answer", outputs))

    def on_retriever_end(self, documents: Any, *, run_id: UUID, **_: Any) -> None:
        self.told.append(("passages", documents))


def test_a_tracer_is_told_the_whole_answer_however_it_is_asked_for(chat: Chat) -> None:
    recorder = Recorder()
    runnable = CaveatRunnable(chat).with_config(callbacks=[recorder])
    answers = [runnable.invoke(QUESTION), list(runnable.stream(QUESTION))[-1]]
    assert [told["seconds"] for _, told in recorder.told] == [a["seconds"] for a in answers]
    found = CaveatRetriever(chat=chat).invoke(QUESTION, config={"callbacks": [recorder]})
    assert recorder.told[-1] == ("passages", found)


def test_an_input_without_a_question_is_refused(chat: Chat) -> None:
    with pytest.raises(UserError, match="question"):
        CaveatRunnable(chat).invoke({"text": "hello"})
