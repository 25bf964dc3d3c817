"""Caveat for LangChain: a retriever over a library's current release, and a runnable that answers.

chat = open_chat("magnesium")
CaveatRetriever(chat=chat).invoke("What is Epsom salt?")     list of LangChain documents
CaveatRunnable(chat).invoke("What is Epsom salt?")           the Answer as a dict, caveat included
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any, Literal

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.messages import MessageLikeRepresentation, convert_to_messages
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableGenerator
from langchain_core.runnables.config import run_in_executor
from pydantic import ConfigDict

from chat.answer import Turn
from chat.pipeline import Chat, Question
from chat.retrieve import Found
from ingest.errors import UserError

ROLES: dict[str, Literal["user", "assistant"]] = {"human": "user", "ai": "assistant"}


class CaveatRetriever(BaseRetriever):
    """The passages that fit a question, best first. k: how many at most."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    chat: Chat
    k: int = 5

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's own signature
    ) -> list[LangChainDocument]:
        return [_as_langchain(item) for item in self.chat.find(Question(query).checked)[: self.k]]


class Growing(dict[str, Any]):
    """An Answer as plain data; "adding" the next one gives that one, as it holds all before it."""

    def __add__(self, later: "Growing") -> "Growing":
        return later


class CaveatRunnable(RunnableGenerator[str | dict[str, Any], dict[str, Any]]):
    """Answers a question, or {"question", "history"}, with the whole Answer as plain data.

    history: what was said before, as anything that LangChain takes for messages. Streaming gives
    growing Answers, each with its caveat; the last is whole.
    """

    def __init__(self, chat: Chat) -> None:
        super().__init__(self._growing, self._growing_async, name="Caveat")
        self._chat = chat

    def _growing(self, given: Iterator[str | dict[str, Any]]) -> Iterator[dict[str, Any]]:
        question, history = _asked(reduce(add, given))  # a step before may have streamed it
        for answer in self._chat.stream(question, history):
            yield Growing(answer.to_dict())

    async def _growing_async(
        self, given: AsyncIterator[str | dict[str, Any]]
    ) -> AsyncIterator[dict[str, Any]]:
        """The same, one step at a time in a thread, so that nobody else has to wait."""
        growing = self._growing(iter([piece async for piece in given]))
        while answer := await run_in_executor(None, next, growing, None):
            yield answer


def _asked(given: str | Mapping[str, Any]) -> tuple[str, tuple[Turn, ...]]:
    if isinstance(given, str):
        return given, ()
    if not isinstance(given, Mapping) or "question" not in given:
        raise UserError('the input must be a question or {"question": ..., "history": [...]}')
    return str(given["question"]), tuple(_turns(given.get("history", ())))


def _turns(history: Sequence[MessageLikeRepresentation]) -> Iterator[Turn]:
    """What people and the assistant said; instructions to a model are no part of it."""
    try:
        messages = convert_to_messages(history)
    except (ValueError, NotImplementedError) as error:
        raise UserError(f"the history is no list of messages: {error}") from error
    for message in messages:
        if message.type in ROLES:
            yield Turn(ROLES[message.type], message.text)


def _as_langchain(found: Found) -> LangChainDocument:
    """A passage with what a citation of it needs."""
    passage, document = found.passage, found.document
    about = document.about
    return LangChainDocument(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "source": document.path,
            "title": document.title,
            "publisher": about.publisher,
            "kind": about.kind,
            "published": about.published,
            "url": about.url,
            "promotional": document.promotional,
            "section": document.heading_at(passage.start),
            "page": document.page_at(passage.start),
            "start": passage.start,
            "end": passage.end,
            "score": found.score,
        },
    )
