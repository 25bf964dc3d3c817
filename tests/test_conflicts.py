"""Where sources disagree both sides are shown and marked; where they agree nothing is marked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chat.conflicts import disagreements
from chat.disagree import disagree
from chat.helps import one_helps_all, stances_differ
from chat.lexicon import lexicon
from chat.pipeline import Chat
from chat.read import read
from chat.settings import Settings
from chat.support.numbers import quantities
from chat.support.reading import Reading
from chat.terms import terms
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
        (
            "Never eat raw magnesium salts: they are poisonous.",
            "Raw magnesium salts are poisonous.",
        ),
    ],
)
def test_both_sides_of_a_pair_a_condition_and_a_lack_are_no_disagreement(
    one: str, other: str
) -> None:
    first, second = (Reading(text, lexicon("en")) for text in (one, other))
    assert disagree(first, second) is None
    assert disagree(second, first) is None


MEASURED = [
    line.split("\t")
    for line in (Path(__file__).parent / "data" / "conflict_pairs.tsv").read_text().splitlines()
]


def marked(kind: str) -> list[bool]:
    """Whether each written pair of a kind is taken for a disagreement on its question."""
    found = []
    for _, question, one, other in (row for row in MEASURED if row[0] == kind):
        a, b = (Reading(text, lexicon()) for text in (one, other))
        about = disagreement(one, other) or stances_differ(a, b, terms(question))
        found.append(bool(about))
    return found


def test_nine_in_ten_agreeing_pairs_on_other_subjects_are_not_marked() -> None:
    found = marked("agree")
    assert sum(found) <= len(found) // 10


def test_most_disagreeing_pairs_on_other_subjects_are_marked() -> None:
    found = marked("differ")
    assert sum(found) >= 0.85 * len(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "The balm calms nerves and stops them from firing off pain signals.",
            "The balm not only relaxes muscles but also ceases the pain signals of nerves.",
        ),
        (
            "Too much heat or not enough water makes it difficult for muscles to relax.",
            "Water cools the body and relaxes the muscles.",
        ),
        (
            "When there is no insulin, blood sugar rises.",
            "Insulin lowers blood sugar.",
        ),
        (
            "A bath is soothing for the skin (although not as effective as the balm).",
            "The balm is effective and soothing for the skin.",
        ),
        (
            "Nobody knows of a large trial of a magnesium cream for back pain.",
            "A trial of magnesium infusions for back pain was large.",
        ),
    ],
)
def test_stopping_lacking_and_comparing_deny_nothing(one: str, other: str) -> None:
    assert disagreement(one, other) is None
    assert disagreement(other, one) is None


@pytest.mark.parametrize(
    ("one", "other", "about"),
    [
        (
            "With low iron tiredness is inevitable.",
            "With low iron some people may feel tiredness.",
            "whether it is so",
        ),
        (
            "The balm brings immediate relief of itching.",
            "The balm is slow to relieve itching.",
            "the direction",
        ),
        (
            "The shop puts headaches down to thirst.",
            "Thirst is only one of several possible causes of headaches.",
            "whether there are other causes",
        ),
    ],
)
def test_certain_fast_and_sole_have_opposites(one: str, other: str, about: str) -> None:
    assert disagreement(one, other) == about
    assert disagreement(other, one) == about


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "The Orsk dynasty was the first time that non-native people ruled all of Orsk.",
            "The Orsk dynasty was a dynasty of native people that ruled all of Orsk.",
        ),
        (
            "Private bills are put to the parliament by a promoter who is not a member of it.",
            "A member of the parliament may put private bills to the parliament.",
        ),
        (
            "Research has not shown that stress causes back pain by using up magnesium.",
            "Raising magnesium and avoiding what causes stress is best against back pain.",
        ),
        (
            "Magnesium relieves pain quickly enough only through the skin or a vein.",
            "Infusions of magnesium into a vein relieve pain quickly.",
        ),
    ],
)
def test_what_only_tells_which_one_is_meant_or_says_it_of_another_denies_nothing(
    one: str, other: str
) -> None:
    assert disagreement(one, other) is None
    assert disagreement(other, one) is None


DOUBTS = {
    # question, what a shop says, what a note says: whether they disagree on what is asked
    "a claim and its doubt": (
        "Does stress cause back pain?",
        "Our shop knows that stress causes back pain, which our cream stops.",
        "Research has not shown that stress causes back pain.",
        True,
    ),
    "a doubt of something else": (
        "Does stress cause back pain?",
        "Our shop knows that a lack of zinc causes back pain.",
        "Research has not shown that stress causes back pain.",
        False,
    ),
    "a doubt of the whole that is not on what is asked": (
        "Does zinc pass through the skin?",
        "Our shop knows that zinc on the skin helps with stress.",
        "The promotion of zinc through the skin is unsupported.",
        False,
    ),
    "what an article lacks": (
        "Does stress cause back pain?",
        "Our shop knows that stress causes back pain.",
        "The article of that shop gives no study for the back pain that stress causes.",
        False,
    ),
    "a benefit in doubt where harm is asked": (
        "Is zinc oil on the skin safe?",
        "Our shop sells zinc oil, which is safe and easy to use on the skin.",
        "The use of zinc oil on the skin is unsupported.",
        False,
    ),
}


@pytest.mark.parametrize("name", DOUBTS)
def test_a_doubt_is_on_the_question_and_on_what_is_claimed(
    name: str, make: Callable[..., Library], embedder: WordEmbedder
) -> None:
    question, claim, doubt, disagree_on_it = DOUBTS[name]
    files = {
        "shop.md": f"---\nkind: seller\n---\n# Shop\n\n{claim}",
        "note.md": f"# Note\n\n{doubt}",
    }
    chat = Chat(make(files), Settings(), embedder, WordReranker())
    with chat.releases.lent() as release:
        candidates = read(question, chat.find(question), release, WordReranker())
    assert bool(disagreements(question, candidates)) is disagree_on_it


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (
            "The creams relieve every ache and pain at once.",
            "The maker admits that nobody can promise that the cream works for everyone.",
            True,
        ),
        (
            "The creams relieve some aches and pains.",
            "The maker admits that nobody can promise that the cream works for everyone.",
            False,
        ),
        (
            "The creams relieve every ache and pain at once.",
            "Not all of the people in the trial were older than 40.",
            False,
        ),
    ],
)
def test_what_helps_all_and_what_does_not_help_everyone_disagree(
    one: str, other: str, differ: bool
) -> None:
    a, b = (Reading(text, lexicon()) for text in (one, other))
    assert one_helps_all(a, b) is one_helps_all(b, a) is differ


def test_what_helps_must_be_the_same_on_both_sides() -> None:
    one = "A painkiller can help back pain, but it does not suit everyone."
    other = "Back pain should be checked in people who have pain at night that does not ease."
    a, b = (Reading(text, lexicon()) for text in (one, other))
    assert stances_differ(a, b, terms("Is back pain common?")) is None
