"""Slips of the keyboard are read as the documents spell them; other words stay what they are."""

from collections.abc import Callable

import pytest

from chat.pipeline import Chat
from chat.settings import Settings
from chat.spelling import english, respelled, spelled
from ingest.library import Library
from tests.fakes import WordEmbedder
from tests.test_chat import WordReranker

FILES = {
    "a.md": "# Cramps\n\nMagnesium supplements do not prevent cramps in most people. A cream on the"
    " skin was never compared with claims of the maker. Pain after a test is usual.",
    "b.md": "# Waters\n\nDioxin and nitrate were measured in the water. Stains on the iodide bottle"
    " were removed. Salts of NMDA are rare, and receptors need cysteine.",
}


@pytest.fixture
def library(make: Callable[..., Library]) -> Library:
    return make(FILES)


def read(question: str, library: Library, language: str = "en") -> str:
    release = library.current()
    text = respelled(question, spelled(question, release, language))
    release.close()
    return text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Does magnesum prevent cramps?", "Does magnesium prevent cramps?"),  # left out
        (
            "Do suplements prevnt crammps in most people?",
            "Do supplements prevent cramps in most people?",
        ),
        ("Is the craem for the skin?", "Is the cream for the skin?"),  # swapped
        ("Does magnisium stop pian?", "Does magnesium stop pain?"),  # a wrong vowel
        ("Was the skun compared?", "Was the skun compared?"),  # four letters: only swapped ones
        ("Waht is in the water?", "What is in the water?"),  # "what" may have its capital
        ("magnesum", "magnesium"),  # by itself
    ],
)
def test_a_slip_is_read_as_the_documents_spell_it(typed: str, meant: str, library: Library) -> None:
    assert read(typed, library) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Does zinc prevent cramps?",  # another thing, which the documents lack
        "Is digoxin in the water?",  # a medicine, one letter from a poison
        "Was nitrite measured in the water?",
        "Was iodine removed?",
        "Do statins prevent cramps?",
        "Do receptors need cystine?",
        "Is NDMA rare?",  # an abbreviation, and another substance
        "What did Creem say of the skin?",  # a name
        "Do 100mg of magnesium-x prevent cramps?",
        "Trails of the maker",  # a word of its own
    ],
)
def test_what_may_be_meant_as_typed_stays(question: str, library: Library) -> None:
    assert read(question, library) == question


def test_a_slip_for_two_words_of_the_documents_is_none(make: Callable[..., Library]) -> None:
    library = make({"a.md": "The cramp was strong.\n\nThe cramb grew in the garden all year."})
    assert read("What is a cramk?", library) == "What is a cramk?"
    assert read("What is a crampp?", library) == "What is a cramp?"


def test_other_languages_are_left_alone(library: Library) -> None:
    german = "Hilft magnesum gegen Krämpfe?"
    assert read(german, library, "de") == german
    dutch = "helpt magnesum tegen krampen in het been?"
    assert read(dutch, library) == dutch


def test_the_answer_says_what_was_read(library: Library, embedder: WordEmbedder) -> None:
    answer = Chat(library, Settings(), embedder, WordReranker()).ask(
        "Does magnesum prevent crmaps?"
    )
    (said,) = (notice.text for notice in answer.notices if notice.kind == "spelled")
    assert answer.statements
    assert answer.question == "Does magnesum prevent crmaps?"
    assert answer.standalone_question == "Does magnesium prevent cramps?"
    assert "magnesium, cramps" in said


def test_usual_words_are_known() -> None:
    assert {"zinc", "what", "people"} <= english()
    assert not {"magnesum", "peple", "waht"} & english()
