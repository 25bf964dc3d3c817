"""One question on its way to the browser: growing Answers become what the page shows."""

import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chat.answer import Answer, Turn
from chat.caveat import countries
from chat.context import contexts_of
from chat.page.html import problem_html, turn_html
from chat.page.options import Options
from chat.page.texts import Texts
from chat.pipeline import LONGEST, Chat
from chat.render import markdown, plain_text
from ingest.errors import UserError

TURNS = 40  # messages of a conversation that are looked at
PAUSE = 0.2  # seconds between two updates of one answer
Shown = dict[str, Any]
Updates = Generator[Shown, None, None]


@dataclass(frozen=True)
class Asker:
    """Answers the page's questions; keeps nothing of them."""

    chats: Mapping[str, Chat]  # by language, the operator's first
    options: Options
    clock: Callable[[], float] = time.perf_counter

    def ask(
        self, question: str, history: str, language: str, country: str, *, hurried: bool
    ) -> Updates:
        """What to show, growing; the last is whole. history: JSON, [{"role", "content"}].

        country: one that has numbers of its own; any other leaves the operator's choice.
        hurried: others wait, so nothing but the question is asked.
        """
        chat = self.chats.get(language) or next(iter(self.chats.values()))
        if country in countries(chat.settings.language):
            chat = chat.in_country(country)
        texts = Texts(chat.settings.language)
        try:
            asked = _checked(str(question), texts), _turns(history, texts)
            yield from self._shown(chat, chat.stream(*asked, hurried=hurried))
        except UserError as error:
            yield {"html": problem_html(str(error), texts), "whole": True, "problem": True}

    def _shown(self, chat: Chat, answers: Iterator[Answer]) -> Iterator[Shown]:
        start, shown, answer = self.clock(), -PAUSE, None
        for answer in answers:
            now = self.clock() - start
            if now - shown >= PAUSE and not answer.whole:
                shown = now
                yield {"html": self._html(chat, answer, whole=False), "whole": False}
        if answer is None:
            raise RuntimeError("the chat gave no answer")
        yield self._whole(chat, answer)

    def _whole(self, chat: Chat, answer: Answer) -> Shown:
        language = chat.settings.language
        return {
            "html": self._html(chat, answer, whole=True),
            "whole": True,
            "urgent": answer.status in ("emergency", "crisis"),
            "status": answer.status,
            "release": answer.release,
            "said": " ".join(statement.text for statement in answer.statements),
            "spoken": _spoken(answer),
            "text": plain_text(answer, language),
            "markdown": markdown(answer, language),
        }

    def _html(self, chat: Chat, answer: Answer, *, whole: bool) -> str:
        with chat.releases.lent() as release:
            contexts = contexts_of(answer, release)
        texts = Texts(chat.settings.language)
        return turn_html(answer, contexts, texts, self.options, whole=whole)


def _spoken(answer: Answer) -> str:
    """What a screen reader says of a finished answer, once."""
    notices = [notice.text for notice in answer.notices]
    return " ".join([*notices, *(each.text for each in answer.statements), answer.caveat])


def _checked(question: str, texts: Texts) -> str:
    """The question; UserError in the visitor's language if it cannot be asked."""
    if not question.strip():
        raise UserError(texts.plain("empty"))
    length = len(question.strip())
    if length > LONGEST:
        raise UserError(texts.plain("too_long", length=length, over=length - LONGEST))
    return question


def _turns(history: str, texts: Texts) -> tuple[Turn, ...]:
    """The conversation so far, as the browser tells it; UserError if it is none.

    An answer may be cut, a question never: what is grave in it may stand at its end.
    """
    try:
        told = json.loads(history)
        turns = [Turn(each["role"], str(each["content"]).strip()) for each in told][-TURNS:]
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(texts.plain("unreadable")) from error
    if not all(_may_stand(turn) for turn in turns):
        raise UserError(texts.plain("unreadable"))
    return tuple(replace(turn, content=turn.content[:LONGEST]) for turn in turns)


def _may_stand(turn: Turn) -> bool:
    """Whether it can be a part of the conversation: an answer, or what could have been asked."""
    asked = turn.role == "user" and len(turn.content) <= LONGEST
    return asked or turn.role == "assistant"
