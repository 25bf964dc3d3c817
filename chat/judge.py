"""Can these sentences answer the question? Otherwise the Answer is not_found, decided in code."""

from collections.abc import Sequence
from dataclasses import dataclass

from chat.read import Candidate

LEAST = 0.0  # logit of the best sentence


@dataclass(frozen=True)
class Judgement:
    """probability: that the best sentence answers. reasons: why not, in a few words."""

    answerable: bool
    probability: float
    reasons: tuple[str, ...] = ()


def judge(candidates: Sequence[Candidate]) -> Judgement:
    """Whether the best sentence answers the question."""
    if not candidates:
        return Judgement(answerable=False, probability=0.0, reasons=("no passage was found",))
    best = candidates[0].scores.get("answers", 0.0)
    return Judgement(answerable=best > LEAST, probability=best)
