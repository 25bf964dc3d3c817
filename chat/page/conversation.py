"""One question on its way to the browser: growing Answers become what the page shows."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from chat.answer import Answer, Turn
from chat.context import contexts_of
from chat.page.html import problem_html, turn_html
from chat.page.meters import Meters
from chat.page.options import Options
from chat.page.texts import Texts
from chat.pipeline import LONGEST, Chat
from chat.render import markdown, plain_text
from ingest.errors import UserError

TURNS = 40  # messages of a conversation that are looked at
PAUSE = 0.2  # seconds between two updates of one answer
Shown = dict[str, Any]


@dataclass(frozen=True)
class Asker:
    """Answers the page's questions; keeps nothing of them."""

    chat: Chat
    texts: Texts
    options: Options
    meters: Meters
    clock: Callable[[], float] = time.perf_counter

    def ask(self, question: str, history: str) -> Iterator[Shown]:
        """What to show, growing; the last is whole. history: JSON, [{"role", "content"}]."""
        with self.meters.active.track_inprogress():
            try:
                yield from self._shown(str(question), _turns(history))
            except UserError as error:
                yield {"html": problem_html(str(error), self.texts), "whole": True, "problem": True}

    def _shown(self, question: str, history: tuple[Turn, ...]) -> Iterator[Shown]:
        start, shown, answer = self.clock(), -PAUSE, None
        for answer in self.chat.stream(question, history):
            now = self.clock() - start
            if shown < 0:
                self.meters.first.observe(now)
            if now - shown >= PAUSE:
                shown = now
                yield {"html": self._html(answer, whole=False), "whole": False}
        if answer is None:
            raise RuntimeError("the chat gave no answer")
        self.meters.whole.observe(self.clock() - start)
        self.meters.answers.labels(answer.status).inc()
        yield self._whole(answer)

    def _whole(self, answer: Answer) -> Shown:
        return {
            "html": self._html(answer, whole=True),
            "whole": True,
            "urgent": answer.status in ("emergency", "crisis"),
            "status": answer.status,
            "release": answer.release,
            "said": " ".join(statement.text for statement in answer.statements),
            "spoken": _spoken(answer),
            "text": plain_text(answer),
            "markdown": markdown(answer),
        }

    def _html(self, answer: Answer, *, whole: bool) -> str:
        with self.chat.releases.lent() as release:
            contexts = contexts_of(answer, release)
        return turn_html(answer, contexts, self.texts, self.options, whole=whole)


def _spoken(answer: Answer) -> str:
    """What a screen reader says of a finished answer, once."""
    notices = [notice.text for notice in answer.notices]
    return " ".join([*notices, *(each.text for each in answer.statements), answer.caveat])


def _turns(history: str) -> tuple[Turn, ...]:
    """The conversation so far, as the browser tells it; UserError if it is none."""
    try:
        turns = [Turn(each["role"], str(each["content"])[:LONGEST]) for each in json.loads(history)]
    except (ValueError, TypeError, KeyError) as error:
        raise UserError("the conversation could not be read: begin a new one") from error
    if any(turn.role not in ("user", "assistant") for turn in turns):
        raise UserError("the conversation could not be read: begin a new one")
    return tuple(turns[-TURNS:])
