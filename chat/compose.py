"""The default composer: which sentences make the answer. Needs no chat model.

The best sentence, then whatever answers nearly as well and says something else, then, where the
best one is not sure, the sentence beside it, until the answer is as long as the question deserves.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from chat.frame import evidence_given, lead_of
from chat.read import YES_OR_NO, Candidate
from chat.terms import terms

MOST = 5  # sentences
WORDS = 60  # of an answer to a question that one fact settles
MORE_WORDS = 110  # where more is asked for, a seller speaks, or another voice on yes or no
NAME = "five words for any name"  # however long it is: a long one costs no facts
QUOTED = 80  # words of one quotation; more is a page rather than an answer
WITHIN = 8.0  # logits below the best sentence that still add to the answer
LEAST = -2.0  # logit that a further sentence needs
SURE = 9.0  # logit of the best sentence from which its neighbours are not needed
BESIDE = 2.0  # logits that standing next to a chosen sentence is worth
UNREAD = -4.0  # logit a neighbour counts with that was not read
OTHER_SIDE = 3.0  # logits that another document is worth where there may be two sides
SAME = 0.7  # shared terms from which a sentence adds nothing

TWO_THINGS = re.compile(
    r"\b(?:and|or) (?:what|who|whom|how|when|where|why|which|do|does|did|is|are|can|should|to)\b",
    re.IGNORECASE,
)
# Several sentences are wanted: a list, or what several have found.
SEVERAL = re.compile(
    r"\bwhat (?:helps?|else|happens|to do|can (?:be|you|people|one)|should)\b"
    r"|\bwhat (?:do|did|have) (?:the |these |those )?"
    r"(?:\w+ )?(?:stud|trial|research|review|expert|seller|doctor|people|they)\w*"
    r"|\bwho (?:should|must|can)(?:n't|not)?\b|\bany \w+ ?\w+s\b"
    r"|\b(?:side effects|risks|dangers|benefits|downsides|drawbacks|interactions|warnings)\b"
    r"|\b(?:symptoms|signs) (?:of|that)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Choice:
    """The sentences chosen so far, the best one first, out of all that could be."""

    question: str
    chosen: tuple[Candidate, ...]
    language: str
    most_words: int | None = None

    @cached_property
    def asks_whether(self) -> bool:
        """Whether yes or no is asked."""
        return bool(YES_OR_NO.search(self.question))

    @cached_property
    def sells(self) -> bool:
        """Whether the best sentence is a seller's."""
        return self.chosen[0].found.document.sells

    def room(self, *, another: bool) -> int:
        """Words that the answer may have. another: with one more voice, where that matters."""
        if self.most_words is not None:
            return self.most_words
        several = bool(TWO_THINGS.search(self.question) or SEVERAL.search(self.question))
        several |= self.sells and not self.asks_whether
        return MORE_WORDS if another or several else WORDS

    def worth(self, candidate: Candidate) -> float | None:
        """What a further sentence is worth, in logits; None if it adds nothing or does not fit."""
        documents = {other.found.document.id for other in self.chosen}
        new = (self.sells or self.asks_whether) and candidate.found.document.id not in documents
        unsold = self.sells and not candidate.found.document.sells
        best = _logit(self.chosen[0])
        least = LEAST if unsold else max(LEAST, best - WITHIN)
        beside = any(_touch(candidate, other) for other in self.chosen)
        logit = _logit(candidate)
        if logit < least:
            if not beside or best >= SURE:
                return None
            logit = UNREAD - BESIDE
        if self._repeats(candidate):
            return None
        if not self._fits(_in_order([*self.chosen, candidate]), self.room(another=new)):
            return None
        return logit + BESIDE * beside + OTHER_SIDE * new

    def _fits(self, ordered: Sequence[Candidate], room: int) -> bool:
        longest = max(len(each.text.split()) for each in ordered)
        return longest <= QUOTED and length_of(ordered, self.language) <= room

    def _repeats(self, candidate: Candidate) -> bool:
        own = set(terms(candidate.text))
        return any(_overlap(own, set(terms(other.text))) >= SAME for other in self.chosen)


def compose(
    question: str, candidates: Sequence[Candidate], language: str = "en", room: int | None = None
) -> list[Candidate]:
    """One to five sentences that answer, by document, the best one's first.

    room: words that they may have; without it as many as the question deserves.

    Sentences that follow each other in the text become one candidate, so that they are quoted as
    they stand.
    """
    if not candidates:
        return []
    choice = Choice(question, (candidates[0],), language, room)
    while len(choice.chosen) < MOST:
        worths = [(choice.worth(each), each) for each in candidates if each not in choice.chosen]
        fitting = [(worth, each) for worth, each in worths if worth is not None]
        if not fitting:
            break
        _, best = max(fitting, key=lambda pair: pair[0])
        choice = replace(choice, chosen=(*choice.chosen, best))
    return _in_order(choice.chosen)


def _logit(candidate: Candidate) -> float:
    """What the cross-encoder said if it read the sentence, and what a reason asked for is worth."""
    return candidate.scores.get("answers", UNREAD) + candidate.scores.get("reason", 0.0)


def _touch(a: Candidate, b: Candidate) -> bool:
    """Whether one follows the other in the same paragraph of the same passage."""
    if a.found.passage.id != b.found.passage.id:
        return False
    first, second = sorted((a, b), key=lambda each: each.start)
    between = first.found.document.text[first.end : second.start]
    return first.end <= second.start and not between.strip() and "\n" not in between


def _overlap(a: set[str], b: set[str]) -> float:
    return len(a & b) / max(1, min(len(a), len(b)))


def length_of(ordered: Sequence[Candidate], language: str) -> int:
    """How many words an answer of these has, with those that say who says it."""
    words, last = 0, ("", "")
    for each in ordered:
        given = evidence_given(each.found, each.start, each.end)
        lead = lead_of(each.found.document, given, last, language, NAME)
        words += len(lead.split()) + len(each.text.split())
        last = (each.found.document.id, given)
    return words


def _in_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """Grouped by document, the best one's first; inside a document as they stand there, joined."""
    rank: dict[str, int] = {}
    for candidate in chosen:
        rank.setdefault(candidate.found.document.id, len(rank))
    return _joined(sorted(chosen, key=lambda each: (rank[each.found.document.id], each.start)))


def _joined(ordered: Sequence[Candidate]) -> list[Candidate]:
    """Sentences that touch, as one."""
    joined: list[Candidate] = []
    for each in ordered:
        if joined and _touch(joined[-1], each):
            text = each.found.document.text[joined[-1].start : each.end]
            joined[-1] = replace(joined[-1], end=each.end, text=text)
        else:
            joined.append(each)
    return joined
