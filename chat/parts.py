"""A question that asks for several things, as questions that each stand alone.

"What causes cramps, and what relieves them?" is "What causes cramps?" and "What relieves cramps?".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chat.answer import Turn
from chat.conflicts import Disagreement
from chat.judge import Judgement
from chat.phrases import word_lists
from chat.read import Candidate
from chat.retrieve import Found
from chat.standalone import understood
from chat.terms import content_words

MOST = 3  # parts; what asks for more is searched as one
SUBJECT = r"(?:it|its|this|these|that|they|there|the|a|an|i|you|we|one|people|my|your)"
# A further question after "and": a question word, or a verb with its subject after it. "Who" and
# "which" go on with a clause more often than they ask, as in "people who smoke and who drink",
# and so does "what" before its subject, as in "doctors and what they say".
JOINED = re.compile(
    r",?\s+and(?: also| then)?\s+(?="
    r"(?:what|how|why|when|where)\s+(?!(?:it|they|he|she|i|you|we)\s)\w+\s+\w"
    r"|(?:who|which \w+)\s+(?:should|can|must|may|needs?|contains?|causes?|helps?)\s"
    rf"|(?:is|are|was|were|does|do|did|can|could|should|will|would)\s+"
    rf"(?:{SUBJECT}\s|(?-i:[A-Z]))|(?:do|does|did)\s+\w+\s+\w)",
    re.IGNORECASE,
)
ENDED = re.compile(r"\?\s+(?:and |but |also )*(?=\S)", re.IGNORECASE)
BETWEEN = re.compile(r"\bbetween\b(?!.*\band\b)", re.IGNORECASE)  # "and" names what it compares


@dataclass(frozen=True)
class Part:
    """One thing that is asked, with what was found, read and chosen for it."""

    question: str
    found: Sequence[Found]
    candidates: Sequence[Candidate]
    judgement: Judgement
    chosen: Sequence[Candidate]
    disagreements: Sequence[Disagreement]


def parts_of(question: str, language: str) -> tuple[str, ...]:
    """The questions in a question, in order; the question itself where it asks for one thing."""
    joined = JOINED if word_lists(language) else ENDED  # no rules for "and" in this language
    pieces = [
        piece.strip(" ,;.")
        for sentence in ENDED.split(question.strip())
        for piece in joined.split(sentence.rstrip(" ?"))
    ]
    if not 1 < len(pieces) <= MOST or any(BETWEEN.search(piece) for piece in pieces):
        return (question,)
    found: list[str] = []
    for piece in pieces:
        before = [Turn("user", earlier) for earlier in found]
        meant = understood(f"{piece[0].upper()}{piece[1:]}?", before, language)
        if meant.unclear or meant.wish or not content_words(meant.text):
            return (question,)
        found.append(meant.text)
    return tuple(found)


def chosen_of(parts: Iterable[Part]) -> list[Candidate]:
    """The sentences chosen for all parts, in order; none twice."""
    shown: list[Candidate] = []
    for candidate in (each for part in parts for each in part.chosen):
        if not any(_holds(other, candidate) for other in shown):
            shown.append(candidate)
    return shown


def _holds(one: Candidate, other: Candidate) -> bool:
    same = one.found.document.id == other.found.document.id
    return same and one.start <= other.start and other.end <= one.end
