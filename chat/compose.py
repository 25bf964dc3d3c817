"""The default composer: which sentences make the answer. Needs no chat model."""

from collections.abc import Sequence

from chat.read import Candidate
from chat.terms import terms

MOST = 4  # sentences
WORDS = 118  # of all statements together
FRAME = 10  # words that say who says it
WITHIN = 5.0  # logits below the best sentence that still add to the answer
LEAST = 0.0  # logit that a further sentence needs
SAME = 0.7  # shared terms from which a sentence adds nothing


def compose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One to four sentences that answer: the best first, then what adds to it, by document."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if chosen and not _adds(candidate, chosen):
            continue
        if chosen and _words([*chosen, candidate]) > WORDS:
            continue
        chosen.append(candidate)
        if len(chosen) == MOST:
            break
    return _in_order(chosen)


def _adds(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Whether a sentence answers nearly as well as the best one and says something else."""
    score = candidate.scores.get("answers")
    best = chosen[0].scores.get("answers")
    if score is None or best is None or score < max(LEAST, best - WITHIN):
        return False
    own = set(terms(candidate.text))
    return all(_overlap(own, set(terms(other.text))) < SAME for other in chosen)


def _overlap(a: set[str], b: set[str]) -> float:
    return len(a & b) / max(1, min(len(a), len(b)))


def _words(candidates: Sequence[Candidate]) -> int:
    return sum(len(candidate.text.split()) + FRAME for candidate in candidates)


def _in_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """Grouped by document, the best one's first; inside a document as they stand there."""
    rank: dict[str, int] = {}
    for candidate in chosen:
        rank.setdefault(candidate.found.document.id, len(rank))
    return sorted(chosen, key=lambda each: (rank[each.found.document.id], each.start))
