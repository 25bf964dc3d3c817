"""What the documents call otherwise is read in their words; what they say themselves stays."""

from collections.abc import Callable
from itertools import chain

import pytest

from chat.pipeline import Chat
from chat.reworded import forms_of, reworded, same_words, with_words
from chat.settings import Settings
from chat.terms import content_words
from ingest.library import Library
from tests.fakes import WordEmbedder
from tests.test_chat import WordReranker

FILES = {
    "a.md": "# Magnesium\n\nDiarrhoea is common after magnesium tablets. A diuretic removes"
    " magnesium, and hypertension is treated with it.",
    "b.md": "# Creams\n\nThe trial compared a cream with placebo. Patients who throw up should stop."
    " An anticoagulant was taken by three of them.",
}


@pytest.fixture
def library(make: Callable[..., Library]) -> Library:
    return make(FILES)


def read(question: str, library: Library, language: str = "en") -> str:
    release = library.current()
    text = with_words(question, reworded(question, release, language))
    release.close()
    return text


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Do the tablets give you the runs?", "Do the tablets give you diarrhoea?"),
        ("Are water tablets a problem?", "Are diuretic a problem?"),
        ("magnesium and high blood pressure", "magnesium and hypertension"),
        ("Is it bad with blood thinners", "Is it bad with anticoagulant"),
        ("Did anyone puke?", "Did anyone throw up?"),
        ("Is a water tablet’s price known?", "Is a diuretic’s price known?"),
    ],
)
def test_what_the_documents_never_say_is_read_as_they_say_it(
    asked: str, meant: str, library: Library
) -> None:
    assert read(asked, library) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Is diarrhea common?",  # the same word, spelled otherwise
        "Who should throw up?",  # stands there as it is
        "Does magnesium help against asthma?",  # nothing of its group stands there
        "Is it a private trial?",  # not the privates
        "How many runs did she make?",  # only "the runs" is a name for it
        "",
    ],
)
def test_all_other_words_stay(question: str, library: Library) -> None:
    assert read(question, library) == question


def test_a_language_without_such_words_is_left_alone(library: Library) -> None:
    assert read("the runs", library, "xx") == "the runs"


def test_the_answer_says_what_was_read(library: Library, embedder: WordEmbedder) -> None:
    chat = Chat(library, Settings(), embedder, WordReranker())
    answer = chat.ask("Are the runs common after magnesium tablets?")
    (said,) = (notice.text for notice in answer.notices if notice.kind == "reworded")
    assert answer.question == "Are the runs common after magnesium tablets?"
    assert "iarrhoea is common" in answer.statements[0].text
    assert "diarrhoea (the runs)" in said


def test_each_member_stands_in_one_group_and_says_something() -> None:
    members = [set(map(forms_of, group)) for group in same_words("en").members]
    every = list(chain.from_iterable(members))
    assert len(every) == len(set(every)) > 1000
    named = chain.from_iterable(same_words("en").members)
    assert not [member for member in named if not content_words(member)]
