"""Caveat for LangChain: a retriever over a library's current release, and a runnable that answers.

chat = open_chat("magnesium")
CaveatRetriever(chat=chat).invoke("What is Epsom salt?")     list of LangChain documents
CaveatRunnable(chat=chat).invoke("What is Epsom salt?")      the Answer as a dict, caveat included
"""

from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.base import RunnableSerializable
from pydantic import ConfigDict

from chat.answer import Turn
from chat.pipeline import Chat, Question
from chat.retrieve import Found
from ingest.errors import UserError


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


class CaveatRunnable(RunnableSerializable[str | dict[str, Any], dict[str, Any]]):
    """Answers a question, or {"question", "history"}, with the whole Answer as plain data."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    chat: Chat

    def invoke(
        self,
        input: str | dict[str, Any],  # noqa: A002 - LangChain's own name
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        """The Answer; UserError for a question that cannot be asked."""
        question, history = _asked(input)
        return self._call_with_config(
            lambda _: self.chat.ask(question, history).to_dict(), input, config
        )

    def stream(
        self,
        input: str | dict[str, Any],  # noqa: A002 - LangChain's own name
        config: RunnableConfig | None = None,  # noqa: ARG002 - LangChain's own signature
        **_: Any,
    ) -> Iterator[dict[str, Any]]:
        """Growing Answers, each with its caveat; the last is whole."""
        question, history = _asked(input)
        for answer in self.chat.stream(question, history):
            yield answer.to_dict()


def _asked(given: str | dict[str, Any]) -> tuple[str, tuple[Turn, ...]]:
    if isinstance(given, str):
        return given, ()
    if "question" not in given:
        raise UserError('the input must be a question or {"question": ..., "history": [...]}')
    return str(given["question"]), tuple(Turn(**turn) for turn in given.get("history", ()))


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
            "start": passage.start,
            "end": passage.end,
            "score": found.score,
        },
    )
