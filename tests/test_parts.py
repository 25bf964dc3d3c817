"""A question of several parts: each is answered by itself, and what has no answer is named."""

from collections.abc import Callable

import pytest

from chat.answer import Answer
from chat.page.html import turn_html
from chat.page.options import Options
from chat.page.texts import Texts
from chat.parts import parts_of
from chat.pipeline import Chat
from chat.settings import Settings
from ingest.library import Library
from tests.fakes import WordEmbedder
from tests.test_chat import FILES, WordReranker

Make = Callable[..., Library]
TWO = "Does magnesium cream stop cramps? And who painted the ceiling of the chapel?"


@pytest.fixture
def chat(make: Make, embedder: WordEmbedder) -> Chat:
    return Chat(make(FILES), Settings(), embedder, WordReranker())


def kinds(answer: Answer) -> list[str]:
    return [notice.kind for notice in answer.notices]


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "What causes cramps, and what relieves them?",
            ("What causes cramps?", "What relieves cramps?"),
        ),
        (
            "What is Epsom salt and who should not use it?",
            ("What is Epsom salt?", "Who should not use Epsom salt?"),
        ),
        (
            "Which medicines interact with magnesium and which foods contain it?",
            ("Which medicines interact with magnesium?", "Which foods contain magnesium?"),
        ),
    ],
)
def test_each_part_stands_alone(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question, "en") == parts


@pytest.mark.parametrize(
    "question",
    [
        "How do calcium and magnesium work in muscles?",
        "Should people who have kidney disease and are over 60 take magnesium?",
        "What is the difference between tablets and what shops sell?",
        "Do magnesium baths work or is it better to take tablets?",
        "Does magnesium stop cramps, and why?",
        "Is it true that doctors and what they say counts?",
    ],
)
def test_one_thing_stays_one_question(question: str) -> None:
    assert parts_of(question, "en") == (question,)


def test_a_part_without_an_answer_makes_it_partial_and_is_named(chat: Chat) -> None:
    answer = chat.ask(TWO)
    assert answer.status == "partial"
    assert "cramps" in answer.statements[0].text
    (said,) = (notice.text for notice in answer.notices if notice.kind == "partial")
    assert "Who painted the ceiling of the chapel?" in said
    assert "cramps" not in said


def test_it_is_answered_where_both_parts_are_and_says_everything_once(chat: Chat) -> None:
    answer = chat.ask("Does magnesium cream stop cramps? How many people had the trial?")
    assert answer.status == "answered"
    assert "partial" not in kinds(answer)
    said = [statement.citations[0].quote for statement in answer.statements]
    assert len(said) == len(set(said))
    assert any("735" in quote for quote in said)


def test_it_is_not_found_where_no_part_is_answered(chat: Chat) -> None:
    answer = chat.ask("Who painted the chapel? And who sculpted the statue?")
    assert (answer.status, answer.statements) == ("not_found", ())
    assert kinds(answer) == ["not_found"]


def test_a_decision_stays_declined_where_only_one_part_is_answered(chat: Chat) -> None:
    answer = chat.ask("How much magnesium should I take? And who painted the chapel?")
    assert answer.status == "personal_advice"


def test_the_passages_of_all_parts_come_first(chat: Chat) -> None:
    answer = chat.ask("Does magnesium cream stop cramps? How many people had the trial?")
    used = {answer.sources[each.source - 1].document for each in answer.evidence[:2]}
    assert used == {"cream.md", "trial.md"}


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Only part of this"), ("de", "nur einen Teil")]
)
def test_the_page_says_so_before_the_statements(chat: Chat, language: str, words: str) -> None:
    answer = chat.in_language(language).ask(TWO)
    html = turn_html(answer, {}, Texts(language), Options(), whole=True)
    assert 0 < html.index("notice-partial") < html.index('class="statement"')
    assert words in html
