"""Can these sentences answer the question? Otherwise the Answer is not_found, decided in code.

The weights are a logistic regression over answerable and unanswerable questions of SQuAD 2,
COVID-QA, questions of each put to the other's texts, and questions on sellers' articles and on the
bundled corpus, near topics included, each set counting the same. How they were found and what
they reach stands in evals/LOG.md.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chat.read import Candidate, coverage, weights_of
from chat.terms import terms
from ingest.library import Release

LEAST = 0.25  # probability from which an answer is given
LOGITS = (-6.0, 8.0)  # beyond these the cross-encoder's logit says nothing more
WEIGHTS = {
    "answers": 0.376,  # the cross-encoder's logit of the best sentence
    "covered": 0.427,  # the share of the question's weight that this sentence covers
    "passage": 0.613,  # the same for its whole passage
    "missing": -0.988,  # the rarest word of the question that the sentence lacks, 1 for the rarest
    "unseen": -2.005,  # the share of the question's weight in words that the corpus lacks
}
BIAS = 0.468
# A topic that the documents lack, whatever the sum of all signals: half of what is asked is in no
# document and the logit is below SURE, or the sentence covers hardly any of it and is not LIKELY.
# Measured on English: in other languages little words ("hilft") count as much as the topic.
MOSTLY_UNSEEN, SURE = 0.5, 5.0
HARDLY_COVERED, LIKELY = 0.3, 2.0
# Without a cross-encoder: the same fit on the other signals.
BARE_WEIGHTS = {"covered": 3.0, "passage": 1.5, "missing": -1.0, "unseen": -1.5}
BARE_BIAS = -2.0


@dataclass(frozen=True)
class Judgement:
    """probability: that the best sentence answers. reasons: why not, in a few words."""

    answerable: bool
    probability: float
    reasons: tuple[str, ...] = ()


def judge(question: str, candidates: Sequence[Candidate], release: Release) -> Judgement:
    """Whether the best sentence answers the question."""
    if not candidates:
        return Judgement(answerable=False, probability=0.0, reasons=("no passage was found",))
    signals = signals_of(question, candidates[0], release)
    bare = "answers" not in signals
    weights, bias = (BARE_WEIGHTS, BARE_BIAS) if bare else (WEIGHTS, BIAS)
    logit = bias + sum(weights[name] * signals[name] for name in weights)
    probability = 1 / (1 + math.exp(-logit))
    in_english = (candidates[0].found.document.about.language or "en").startswith("en")
    answerable = probability >= LEAST and not (in_english and _off_topic(signals))
    return Judgement(answerable, probability, () if answerable else _reasons(signals))


def signals_of(question: str, best: Candidate, release: Release) -> dict[str, float]:
    """What the judgement rests on, by name; see WEIGHTS."""
    weights = weights_of(question, release)
    total, most = sum(weights.values()) or 1.0, max(weights.values(), default=1.0)
    present = set(terms(best.text))
    frequencies = release.frequencies(list(weights))
    signals = {
        "covered": best.scores["covered"],
        "passage": coverage(best.found.passage.text, weights),
        "missing": max((w for term, w in weights.items() if term not in present), default=0) / most,
        "unseen": sum(w for term, w in weights.items() if not frequencies[term]) / total,
    }
    if "answers" in best.scores:
        low, high = LOGITS
        signals["answers"] = min(max(best.scores["answers"], low), high)
    return signals


def _off_topic(signals: Mapping[str, float]) -> bool:
    logit = signals.get("answers", math.inf)
    unseen = signals["unseen"] >= MOSTLY_UNSEEN and logit < SURE
    return unseen or (signals["covered"] < HARDLY_COVERED and logit < LIKELY)


def _reasons(signals: Mapping[str, float]) -> tuple[str, ...]:
    reasons = []
    if signals["unseen"] > 0:
        reasons.append("the documents never use a word of the question")
    if signals["covered"] < 1 / 2:
        reasons.append("no sentence covers what is asked")
    return (*reasons, "no sentence answers it")
