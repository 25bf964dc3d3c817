"""Where sources disagree both sides are shown and marked; where they agree nothing is marked."""

from collections.abc import Callable

import pytest

from chat.conflicts import disagreements
from chat.disagree import disagree
from chat.lexicon import lexicon
from chat.pipeline import Chat
from chat.read import read
from chat.settings import Settings
from chat.support.numbers import quantities
from chat.support.reading import Reading
from ingest.library import Library
from tests.fakes import WordEmbedder
from tests.test_chat import WordReranker

DISAGREE = [
    (
        "Each Veltron tablet contains 40 mg of magnesium.",
        "A Veltron tablet contains 70 mg of magnesium.",
    ),
    ("Zorvex is taken twice a day.", "Zorvex is taken three times a day."),
    ("The Harlow method takes six weeks to work.", "The Harlow method takes ten weeks to work."),
    ("Brinna tea lowers blood pressure.", "Brinna tea raises blood pressure."),
    ("Brinna tea helps with sleep.", "Brinna tea does not help with sleep."),
    ("Lumira cream relieves knee pain.", "Lumira cream has no effect on knee pain."),
    ("Quintal syrup is safe for children.", "Quintal syrup is dangerous for children."),
    (
        "Doctors recommend Quintal syrup for coughs.",
        "Doctors warn against Quintal syrup for coughs.",
    ),
    ("Only injections of Tavix work fast enough.", "Tavix tablets work fast enough."),
    ("The Orsk clinic treated 120 patients.", "The Orsk clinic treated 45 patients."),
    ("Nerolan was approved in 1998.", "Nerolan was approved in 2004."),
    ("80% of people who took Pelvia slept better.", "20% of people who took Pelvia slept better."),
    ("Selbin should be taken with food.", "Selbin should not be taken with food."),
    ("Selbin should be taken before meals.", "Selbin should be taken after meals."),
    ("Vellum root is effective against cramps.", "Vellum root is ineffective against cramps."),
    ("Vellum root prevents migraines.", "Vellum root causes migraines."),
    (
        "Magnesium can be absorbed through the skin.",
        "Magnesium cannot be absorbed through the skin.",
    ),
    ("It takes 30 minutes for Arbol gel to work.", "Arbol gel works within 5 minutes."),
    (
        "The Orsk guideline allows 449 drops a day.",
        "A daily 635 drops is what the Orsk guideline allows.",
    ),
]
AGREE = [
    (
        "Each Veltron tablet contains 40 mg of magnesium.",
        "A Veltron tablet has 40 milligrams of magnesium.",
    ),
    ("Each Veltron tablet contains 40 mg of magnesium.", "A Veltron capsule costs 12 dollars."),
    ("Zorvex is taken twice a day.", "Take Zorvex two times daily."),
    ("Brinna tea lowers blood pressure.", "Brinna tea reduces blood pressure."),
    ("Brinna tea does not help with sleep.", "Brinna tea has no effect on sleep."),
    ("Lumira cream relieves knee pain.", "Lumira cream eases pain in the knees within a week."),
    ("The Orsk clinic treated 120 patients.", "The Orsk clinic has treated 120 people since 2009."),
    ("Selbin should not be taken with food.", "Selbin is best taken without food."),
    ("The recommended dose of Kordin is 5 ml.", "Kordin bottles hold 100 ml."),
    ("Calcium makes muscles contract.", "Magnesium makes muscles relax."),
    ("Kordin is taken for 2 to 4 weeks.", "Kordin is taken for 3 weeks."),
    ("Adults take 10 mg of Kordin.", "Children take 5 mg of Kordin."),
    ("Low magnesium increases muscle pain.", "Magnesium reduces muscle pain."),
]


def disagreement(one: str, other: str) -> str | None:
    a, b = (Reading(text, lexicon()) for text in (one, other))
    return disagree(a, b, quantities(one), quantities(other))


@pytest.mark.parametrize("pair", DISAGREE)
def test_opposite_values_disagree(pair: tuple[str, str]) -> None:
    assert disagreement(*pair)
    assert disagreement(*reversed(pair))


@pytest.mark.parametrize("pair", AGREE)
def test_agreeing_values_do_not(pair: tuple[str, str]) -> None:
    assert disagreement(*pair) is None
    assert disagreement(*reversed(pair)) is None


def test_both_sides_are_shown_and_marked(
    make: Callable[..., Library], embedder: WordEmbedder
) -> None:
    files = {
        "a.md": "# One\n\nEach Veltron tablet contains 40 mg of magnesium.",
        "b.md": "# Two\n\nA Veltron tablet contains 70 mg of magnesium.",
    }
    chat = Chat(make(files), Settings(), embedder, WordReranker())
    answer = chat.ask("How much magnesium does a Veltron tablet contain?")
    said = " ".join(statement.text for statement in answer.statements)
    assert "40 mg" in said
    assert "70 mg" in said
    assert {number for c in answer.conflicts for number in c.between} == {1, 2}
    assert "conflict" in [notice.kind for notice in answer.notices]


def test_a_denial_goes_before_a_doubt_and_a_doubt_of_something_else_is_none(
    make: Callable[..., Library], embedder: WordEmbedder
) -> None:
    seller = "---\nkind: seller\n---\n# Shop\n\nMagnesium relieves cramps, says our shop."
    files = {
        "shop.md": seller,
        "doubt.md": "# Doubt\n\nA laboratory does not show that magnesium relieves cramps.",
        "trial.md": "# Trial\n\nMagnesium is unlikely to relieve cramps in adults.",
        "other.md": "# Other\n\nThe magnesium trial on cramps did not test zinc or iron baths.",
    }
    chat = Chat(make(files), Settings(), embedder, WordReranker())
    question = "Does magnesium relieve cramps?"
    with chat.releases.lent() as release:
        candidates = read(question, chat.find(question), release, WordReranker())
    found = disagreements(question, candidates)
    paths = [{each.one.found.document.path, each.other.found.document.path} for each in found]
    assert paths.index({"shop.md", "trial.md"}) < paths.index({"shop.md", "doubt.md"})
    assert {"shop.md", "other.md"} not in paths


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Calcium makes muscles contract while magnesium relaxes them.",
            "Magnesium relaxes muscles and calms nerves.",
        ),
        (
            "Magnesium calms nerve cells and so stops pain signals.",
            "When a nerve cell is excited, the magnesium ion leaves the channel.",
        ),
        (
            "Magnesium deficiency is only one of several possible causes of muscle cramps.",
            "A marked lack of magnesium can cause muscle twitching and cramps.",
        ),
    ],
)
def test_both_sides_of_a_pair_a_condition_and_a_lack_are_no_disagreement(
    one: str, other: str
) -> None:
    first, second = (Reading(text, lexicon("en")) for text in (one, other))
    assert disagree(first, second) is None
    assert disagree(second, first) is None
