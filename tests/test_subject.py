"""A first question that names nothing is about what the whole library is about, if that is one."""

from collections.abc import Callable

import pytest

from chat.answer import Turn
from chat.pipeline import Chat
from chat.settings import Settings
from chat.standalone import understood
from chat.subject import subject_of
from ingest.library import Library
from tests.fakes import WordEmbedder
from tests.test_chat import WordReranker

Make = Callable[..., Library]
ONE = {
    "a.md": "# Senna tablets\n\nSenna is a laxative. Senna is safe for adults.",
    "b.md": "# What senna costs\n\nSenna costs little.",
    "c.md": "# A laxative\n\nThe root of senna is used as well.",
}
TWO = {"a.md": "# Senna\n\nSenna is a laxative.", "b.md": "# Honey\n\nHoney eases a cough."}


def test_the_subject_stands_in_most_titles_and_passages(make: Make) -> None:
    assert subject_of(make(ONE).current()) == "senna"


@pytest.mark.parametrize("files", [TWO | {"c.md": "# Tea\n\nTea is hot."}, {"a.md": ONE["a.md"]}])
def test_mixed_documents_or_a_single_one_have_no_subject(files: dict[str, str], make: Make) -> None:
    assert not subject_of(make(files).current())


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("is it safe?", "Is senna safe?"),
        ("who shouldn't take it", "Who shouldn't take senna"),
        ("any side effects?", "Senna: any side effects?"),
    ],
)
def test_what_names_nothing_is_about_the_subject(asked: str, meant: str) -> None:
    found = understood(asked, (), "en", "senna")
    assert (found.text, found.assumed, found.unclear) == (meant, "senna", "")


@pytest.mark.parametrize(
    "question",
    [
        "Is it true that honey helps?",
        "Was it the drip or the capsules?",
        "How long does a cough last before it settles?",
        "Is senna safe, and does it work?",
        "What do they say about honey?",
        "What is tea?",
    ],
)
def test_what_names_something_is_left_alone(question: str) -> None:
    assert understood(question, (), "en", "senna").assumed == ""


def test_a_conversation_goes_on_from_what_was_meant() -> None:
    history = [Turn("user", "is it safe?"), Turn("assistant", "Some say so.")]
    found = understood("and for children?", history, "en", "senna")
    assert "senna" in found.text.lower()
    assert not found.assumed


def test_the_answer_says_what_it_was_read_as(make: Make, embedder: WordEmbedder) -> None:
    answer = Chat(make(ONE), Settings(), embedder, WordReranker()).ask("Is it safe?")
    assert answer.standalone_question == "Is senna safe?"
    assert ["senna" in each.text for each in answer.notices if each.kind == "assumed"] == [True]
