"""Can these sentences answer the question? Otherwise the Answer is not_found, decided in code.

The weights are a logistic regression over answerable and unanswerable questions of SQuAD 2 and
COVID-QA, questions of each put to the other's texts, and questions on the bundled corpus, near
topics included; where the cosine counts, questions in other words on 200 short texts of four kinds
as well. A cosine counts only with the packaged embedding model, where it always means the same. How
they were found and what they reach stands in evals/LOG.md.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chat.lexicon import SUBJECTS, lexicon
from chat.read import Candidate, coverage, weights_of
from ingest.embed import DEFAULT_MODEL
from ingest.library import Release

SURE = 0.4  # probability below which an answer is said to be the nearest thing only
VAIN = -4.0  # logit of a best sentence that was read in vain, if it shares no word either
LOGITS = (-6.0, 8.0)  # beyond these the cross-encoder's logit says nothing more
ODDS = 10.0  # nor do, either way, log odds within a passage
# Of the question's weight that the words of the passage, and what stands over it, must cover,
# however near it is; unless the answer is sure.
ASKED = 0.12


@dataclass(frozen=True)
class Fit:
    """What signals weigh together. least: the probability from which an answer is given.

    answers: the cross-encoder's logit of the best sentence; passage: the share of the question's
    weight that the words of its passage cover; unseen: the share of it in words that the corpus
    lacks; nearest: the cosine of question and nearest passage; within: the greatest of the
    sentences' log odds that the answer stands there.
    """

    bias: float
    weights: Mapping[str, float]
    least: float = 0.22

    def probability(self, signals: Mapping[str, float]) -> float:
        logit = self.bias + sum(weight * signals[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-logit))


# The first whose signals there are counts. Where passages were read, fitted on what was kept aside
# when that was taught (`chat/reader.py`).
FITS = (
    Fit(
        -1.272,
        {"answers": 0.063, "passage": 0.516, "unseen": -0.425, "nearest": 1.832, "within": 0.194},
        0.15,
    ),
    Fit(-0.438, {"answers": 0.1, "passage": 0.574, "unseen": -0.505, "within": 0.172}, 0.15),
    Fit(-3.352, {"answers": 0.195, "passage": 1.601, "unseen": -1.318, "nearest": 5.68}),
    Fit(-0.944, {"answers": 0.348, "passage": 1.998, "unseen": -1.759}),
    Fit(-2.66, {"passage": 6.229, "unseen": -2.272}),  # without a cross-encoder
)


@dataclass(frozen=True)
class Judgement:
    """probability: that the best sentence answers. reasons: why not, in a few words.

    foreign: whether the question names something that is named nowhere around that sentence.
    """

    answerable: bool
    probability: float
    reasons: tuple[str, ...] = ()
    foreign: bool = False

    @property
    def sure(self) -> bool:
        return self.probability >= SURE


def judge(question: str, candidates: Sequence[Candidate], release: Release) -> Judgement:
    """Whether the best sentence answers the question."""
    if not candidates:
        return Judgement(answerable=False, probability=0.0, reasons=("no passage was found",))
    signals = signals_of(question, candidates, release)
    known = signals.keys() if release.model == DEFAULT_MODEL else signals.keys() - {"nearest"}
    fit = next(fit for fit in FITS if fit.weights.keys() <= known)
    probability = fit.probability(signals)
    spoken_of = probability >= SURE or signals["about"] >= ASKED
    foreign = bool(signals["unnamed"])
    answerable = probability >= fit.least and spoken_of and not foreign and not _rejected(signals)
    return Judgement(answerable, probability, () if answerable else _reasons(signals), foreign)


def signals_of(
    question: str, candidates: Sequence[Candidate], release: Release
) -> dict[str, float]:
    """What the judgement and its reasons rest on, by name; see Fit."""
    best, weights = candidates[0], weights_of(question, release)
    frequencies = release.frequencies(list(weights))
    unseen = sum(weight for term, weight in weights.items() if not frequencies[term])
    signals = {
        "covered": best.scores["covered"],
        "passage": coverage(best.found.passage.text, weights),
        "about": coverage(best.found.page()[0], weights),
        "unseen": unseen / (sum(weights.values()) or 1.0),
        "unnamed": float(len(_unnamed(question, best))),
        "nearest": max(each.found.scores["dense"] for each in candidates),
    }
    if "answers" in best.scores:
        low, high = LOGITS
        signals["answers"] = min(max(best.scores["answers"], low), high)
    within = [each.scores["within"] for each in candidates if "within" in each.scores]
    if within:
        signals["within"] = min(max(*within, -ODDS), ODDS)
    return signals


def _rejected(signals: Mapping[str, float]) -> bool:
    """Whether the best sentence shares next to nothing with the question, and was read in vain."""
    return signals["covered"] < ASKED and signals.get("answers", 0.0) <= VAIN


def _unnamed(question: str, best: Candidate) -> set[str]:
    """Minerals, medicines and illnesses asked about that nothing around the sentence names.

    Who asks about zinc is not answered with what magnesium does, however alike the words are.
    """
    passage, document, words = best.found.passage, best.found.document, lexicon()
    around = "\n".join([passage.text, *passage.headings, document.title])
    return words.things(question, SUBJECTS) - words.things(around, SUBJECTS)


def _reasons(signals: Mapping[str, float]) -> tuple[str, ...]:
    reasons = []
    if signals["unseen"] > 0:
        reasons.append("the documents never use a word of the question")
    if signals["covered"] < 1 / 2 or signals["unnamed"]:
        reasons.append("no sentence covers what is asked")
    return (*reasons, "no sentence answers it")
