"""Questions of a conversation get what they leave out, and nothing is made up for small talk."""

from collections.abc import Callable, Sequence

import pytest

from chat.answer import Answer, Turn
from chat.pipeline import Chat
from chat.settings import Settings
from chat.small_talk import small_talk_of, without_small_talk
from chat.standalone import understood
from ingest.library import Library
from tests.fakes import WordEmbedder
from tests.test_chat import WordReranker

CRAMPS = "Does magnesium cream help with cramps?"
FILES = {
    "cream.md": "# Cream\n\nMagnesium cream stops cramps within two hours, we promise.",
    "trial.md": "# Trial\n\nIn a trial magnesium cream did not stop cramps in adults.",
}


def conversation(*asked: str) -> list[Turn]:
    """Each question with an answer that says nothing."""
    return [turn for text in asked for turn in (Turn("user", text), Turn("assistant", "…"))]


@pytest.mark.parametrize(
    ("before", "question", "wanted"),
    [
        (CRAMPS, "How often?", "How often should magnesium cream be used for cramps?"),
        (CRAMPS, "and for children?", "Does magnesium cream help with cramps for children?"),
        (CRAMPS, "why", "Why does magnesium cream help with cramps?"),
        (CRAMPS, "Is it safe?", "Is magnesium cream safe?"),
        (CRAMPS, "Can they be prevented?", "Can cramps be prevented?"),
        (CRAMPS, "Thanks! What about calcium?", "Does calcium help with cramps?"),
        (CRAMPS, "And against back pain?", "Does magnesium cream help against back pain?"),
        (CRAMPS, "What are the side effects?", "Magnesium cream: what are the side effects?"),
        (CRAMPS, "Does stretching help?", "Does stretching help with cramps?"),
        (CRAMPS, "not the cream, the tablets", "Do tablets help with cramps?"),
        ("What helps against cramps?", "no, I meant cramps at night",
         "What helps against cramps at night?"),
        ("How much magnesium do adults need?", "and children?",
         "How much magnesium do children need?"),
        ("Who was Ada Lovelace?", "When did she die?", "When did Ada Lovelace die?"),
        ("How do muscles relax?", "why?", "Why do muscles relax?"),
        ("How common is back pain?", "And how long does it last?", "How long does back pain last?"),
        ("Where does the maker rub in cream?", "Is there a good study of that?",
         "Is there a good study of cream?"),
        ("How common is low back pain?", "And how long does it last?",
         "How long does low back pain last?"),
        ("Does iron help cramps in older adults?", "What about cramps during exercise?",
         "Does iron help cramps during exercise?"),
        ("How many people were in the trial by Yousef?", "How did their pain change?",
         "How did the people's pain change?"),
    ],
)  # fmt: skip
def test_a_follow_up_becomes_a_readable_question(before: str, question: str, wanted: str) -> None:
    assert understood(question, conversation(before)).text == wanted


@pytest.mark.parametrize(
    "question",
    [
        "What is back pain?",
        "What should pregnant women know about iron?",
        "Is it safe to take iron with tea?",
        "My back hurts, what can I do about it?",
    ],
)
def test_a_whole_question_is_left_as_it_is(question: str) -> None:
    assert understood(question, conversation(CRAMPS)).text == question


@pytest.mark.parametrize(
    ("before", "answer", "question", "wanted"),
    [
        ("What helps the maker with back pain?", "The maker says that a cream helps most.",
         "Does it work for everyone?", "Does the cream work for everyone?"),
        ("What happens when a muscle relaxes?", "Calcium is pumped back into its store.",
         "What does that pump need?", "What does the pump need?"),
    ],
)  # fmt: skip
def test_what_is_asked_for_stands_in_the_answer(
    before: str, answer: str, question: str, wanted: str
) -> None:
    history = [Turn("user", before), Turn("assistant", answer)]
    assert understood(question, history).text == wanted


def test_follow_ups_build_on_each_other() -> None:
    asked = understood("how often?", conversation(CRAMPS, "and for children?")).text
    assert asked == "How often should magnesium cream be used for cramps for children?"


@pytest.mark.parametrize(
    ("history", "question"),
    [
        ((), "Is it safe?"),
        ((), "How often?"),
        ((), "Does this cream help?"),
        ((CRAMPS,), "When was the famous actor born?"),
    ],
)
def test_what_nothing_explains_is_unclear(history: Sequence[str], question: str) -> None:
    assert understood(question, conversation(*history)).unclear


@pytest.mark.parametrize(
    ("question", "wish"),
    [
        ("Summarise that, please.", "shorter"),
        ("say that shorter", "shorter"),
        ("Which source said so?", "sources"),
        ("Is that true?", "truth"),
    ],
)
def test_a_wish_on_the_answer_asks_its_question_again(question: str, wish: str) -> None:
    found = understood(question, conversation(CRAMPS))
    assert (found.text, found.wish) == (CRAMPS, wish)


def test_small_talk_is_small_talk_only_where_nothing_else_is_asked() -> None:
    assert small_talk_of("Hi, can you please help me?") == "able"
    assert small_talk_of("Are you a doctor?") == "doctor"
    assert small_talk_of("Hello, does magnesium help?") == ""
    assert without_small_talk("Hello, does magnesium help?") == "does magnesium help?"


@pytest.fixture
def ask(make: Callable[[dict[str, str]], Library], embedder: WordEmbedder) -> Callable[..., Answer]:
    return Chat(make(FILES), Settings(), embedder, WordReranker()).ask


@pytest.mark.parametrize("message", ["hello", "thanks", "who are you?", "are you a doctor?"])
def test_small_talk_gets_a_fixed_text_and_the_caveat(
    ask: Callable[..., Answer], message: str
) -> None:
    answer = ask(message)
    assert (answer.status, answer.statements) == ("not_found", ())
    assert [notice.kind for notice in answer.notices] == ["talk"]
    assert answer.caveat


def test_an_unclear_question_is_asked_back_and_not_answered(ask: Callable[..., Answer]) -> None:
    answer = ask("Do they stop cramps?")
    assert (answer.status, answer.statements) == ("not_found", ())
    assert [notice.kind for notice in answer.notices] == ["clarify"]
    assert "“they”" in answer.notices[0].text


def test_whether_it_is_true_is_answered_by_the_sources_and_decided_by_nobody(
    ask: Callable[..., Answer],
) -> None:
    question = "Does magnesium cream stop cramps?"
    answer = ask("Is that true?", conversation(question))
    assert answer.statements
    assert answer.standalone_question == question
    assert "talk" in [notice.kind for notice in answer.notices]
