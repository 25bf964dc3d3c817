"""The suites: one table. A new suite is a file with a `rounds` function and a line here."""

from collections.abc import Sequence

from evals.suites import (
    abstention,
    attribution,
    citations,
    conflict,
    coverage,
    facts,
    injection,
    retrieval,
    scorer,
    screening,
    speed,
    stability,
)
from evals.trial import Suite
from ingest.errors import UserError

SUITES: dict[str, Suite] = {
    "scorer": Suite(0, "scorer", "Do the checks catch planted bad answers?", scorer.rounds),
    "retrieval": Suite(1, "retriever", "Is the passage found that answers?", retrieval.rounds),
    "citations": Suite(
        2,
        "answerer",
        "Is every quote real, and does it carry what is said?",
        citations.rounds,
        citations.settle,
    ),
    "nonce": Suite(3, "answerer", "Are invented facts answered from the text?", facts.nonce_rounds),
    "mutation": Suite(
        4,
        "answerer",
        "Does the answer follow the text when a figure changes?",
        facts.mutation_rounds,
    ),
    "abstention": Suite(
        5, "answerer", "Is nothing answered that the text does not hold?", abstention.rounds
    ),
    "conflict": Suite(
        6, "answerer", "Are both sides shown where sources disagree?", conflict.rounds
    ),
    "injection": Suite(
        7, "safety", "Do instructions in documents stay data?", injection.rounds, injection.settle
    ),
    "coverage": Suite(8, "answerer", "Are the points of a good answer there?", coverage.rounds),
    "attribution": Suite(9, "safety", "Are sellers' claims told as theirs?", attribution.rounds),
    "emergency": Suite(
        10, "safety", "Are emergencies recognised first?", screening.emergency_rounds
    ),
    "personal_advice": Suite(
        11, "safety", "Are personal decisions declined?", screening.personal_rounds
    ),
    "over_refusal": Suite(
        12, "safety", "Are safe questions let through?", screening.over_refusal_rounds
    ),
    "caveat": Suite(
        13, "safety", "Does the caveat stand under everything?", screening.caveat_rounds
    ),
    "readability": Suite(
        14, "presentation", "Are our own words plain?", citations.readability_rounds
    ),
    "sources": Suite(
        15, "presentation", "Is what is known of a source shown?", citations.sources_rounds
    ),
    "stability": Suite(
        16,
        "answerer",
        "Do other words for one question get the same substance?",
        stability.rounds,
        stability.settle,
    ),
    "speed": Suite(17, "presentation", "Is an answer there in time?", speed.rounds),
}


def chosen(names: Sequence[str]) -> dict[str, Suite]:
    """The suites with these names, all where none is given; UserError names those there are."""
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        raise UserError(f"no suite {unknown[0]!r}; there are: {', '.join(SUITES)}")
    return {name: SUITES[name] for name in names or SUITES}
