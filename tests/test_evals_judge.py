"""A judge tells a figure only after it was right often enough on labelled pairs."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from evals.judge import balanced_accuracy, examined, examined_by, labelled_pairs, opinion
from evals.trial import Row
from ingest.errors import UserError

CITATION = {"quote": "Tea helps."}
ANSWERED = Row(
    "citations",
    "a",
    "Q?",
    {"answers_supported": True},
    answer={"statements": [{"text": "Tea helps.", "citations": [CITATION]}]},
)


def knowing(prompt: str) -> str:
    """Right on every labelled pair; yes to everything else."""
    wrong = {pair.statement for pair in labelled_pairs() if not pair.supported}
    statement = re.findall(r'Statement: "(.*)"', prompt)[0]
    return "No." if statement in wrong else "Yes, it does."


def test_there_are_as_many_supported_pairs_as_others() -> None:
    labels = [pair.supported for pair in labelled_pairs()]
    assert len(labels) >= 40
    assert sum(labels) * 2 == len(labels)


def test_a_judge_that_knows_is_heard() -> None:
    told = opinion(examined_by("fake:knowing", knowing), [ANSWERED])
    assert "balanced accuracy of 1.00" in told
    assert "1/1 statements supported" in told


@pytest.mark.parametrize("ask", [lambda _: "yes", lambda _: "no", lambda _: "perhaps"])
def test_one_that_always_says_the_same_is_not_heard(ask: Callable[[str], str]) -> None:
    told = opinion(examined_by("fake:stubborn", ask), [ANSWERED])
    assert "not shown" in told
    assert "statements supported" not in told


def test_an_unclear_reply_is_a_wrong_one() -> None:
    pairs = labelled_pairs()
    assert balanced_accuracy(pairs, [None] * len(pairs)) == 0.0
    assert balanced_accuracy(pairs, [True] * len(pairs)) == 0.5


def test_a_judge_that_cannot_be_opened_is_told_in_one_line() -> None:
    with pytest.raises(UserError, match="write provider:name"):
        examined("nonsense")


def test_one_that_breaks_off_leaves_what_it_reached() -> None:
    judge = examined_by("fake:knowing", knowing)

    def silent(_: str) -> str:
        raise UserError("the judge cannot be asked: gone")

    told = opinion(replace(judge, ask=silent), [ANSWERED])
    assert "balanced accuracy of 1.00" in told
    assert told.endswith("gone")
    assert "no statement" in opinion(judge, [])
