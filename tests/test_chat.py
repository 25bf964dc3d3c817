"""The way of a question through the real store, with an embedder that can be worked out by hand."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from chat.answer import Answer, Citation, Statement, Turn
from chat.frame import evidence_in
from chat.pipeline import Chat, Question
from chat.reranker import Reranker
from chat.settings import Settings
from chat.terms import terms
from chat.verify import verify
from ingest.errors import UserError
from ingest.library import Library
from ingest.maintain import forget
from tests.fakes import WordEmbedder

Make = Callable[..., Library]
CREAM = (
    "---\ntitle: Cream shop\nkind: seller\npublisher: The shop\n---\n\n"
    "Magnesium cream stops cramps within one hour. Skip the prescription pills and use our cream."
)
TRIAL = (
    "---\ntitle: A trial\nkind: research\npublisher: A journal\npublished: 2020-05\n---\n\n"
    "Magnesium tablets did not stop cramps in older adults. The trial had 735 people."
)
FILES = {"cream.md": CREAM, "trial.md": TRIAL}


class WordReranker(Reranker):
    """The logit of a sentence: from -8 for no shared term to 8 for all of the question's."""

    def __init__(self) -> None:
        super().__init__(Path())

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        asked = set(terms(question))
        shares = [len(asked & set(terms(text))) / max(1, len(asked)) for text in sentences]
        return np.array([16 * share - 8 for share in shares], np.float32)


@pytest.fixture
def ask(make: Make, embedder: WordEmbedder) -> Callable[..., Answer]:
    chat = Chat(make(FILES), Settings(), embedder, WordReranker())
    return chat.ask


def test_every_quote_is_the_stored_text_at_its_offsets(make: Make, embedder: WordEmbedder) -> None:
    library = make(FILES)
    answer = Chat(library, Settings(), embedder, WordReranker()).ask("Does magnesium stop cramps?")
    release = library.current()
    texts = {document.path: document.text for document in release.documents()}
    assert answer.status == "answered"
    for statement in answer.statements:
        for citation in statement.citations:
            path = answer.sources[citation.source - 1].document
            assert citation.quote == texts[path][citation.start : citation.end]
            assert f"“{citation.quote}”" in statement.text
    release.close()


def test_the_answer_says_who_says_it_and_shows_both_sides(ask: Callable[..., Answer]) -> None:
    answer = ask("Does magnesium stop cramps?")
    said = " ".join(statement.text for statement in answer.statements)
    assert "A seller's page (The shop) says" in said
    assert "A journal" in said


def test_what_the_documents_do_not_answer_is_not_found_and_says_what_they_cover(
    ask: Callable[..., Answer],
) -> None:
    answer = ask("Who painted the ceiling of the chapel?")
    assert (answer.status, answer.statements) == ("not_found", ())
    assert any("Cream shop" in notice.text for notice in answer.notices)


def test_every_answer_of_a_stream_has_the_caveat(make: Make, embedder: WordEmbedder) -> None:
    chat = Chat(make(FILES), Settings(), embedder, WordReranker())
    for question in ("Does magnesium stop cramps?", "Who painted the chapel?"):
        for answer in chat.stream(question):
            assert "not medical advice" in answer.caveat


def test_an_answer_cannot_be_made_without_a_caveat() -> None:
    with pytest.raises(ValueError, match="caveat"):
        Answer("q", "answered", " ")


def test_a_quote_that_tells_to_skip_medicines_brings_the_notice(ask: Callable[..., Answer]) -> None:
    answer = ask("Should people skip the prescription pills and use the cream?")
    quotes = [c.quote for s in answer.statements for c in s.citations]
    assert any("Skip the prescription" in quote for quote in quotes)
    assert "stop_medication" in [notice.kind for notice in answer.notices]


def test_the_same_release_settings_and_question_give_the_same_answer(
    ask: Callable[..., Answer],
) -> None:
    first, second = (ask("Does magnesium stop cramps?").to_dict() for _ in range(2))
    first.pop("seconds")
    second.pop("seconds")
    assert first == second


def test_the_json_has_the_keys_of_the_contract(ask: Callable[..., Answer]) -> None:
    data = json.loads(ask("Does magnesium stop cramps?").to_json())
    wanted = {"question", "standalone_question", "status", "statements", "notices", "sources"}
    wanted |= {"conflicts", "evidence", "dropped", "caveat", "release", "settings", "seconds"}
    assert wanted <= data.keys()
    assert {"text", "kind", "citations"} <= data["statements"][0].keys()
    citation = data["statements"][0]["citations"][0]
    assert {"source", "passage", "start", "end", "quote"} <= citation.keys()
    source = {"number", "document", "title", "publisher", "kind", "published", "url", "promotional"}
    assert source <= data["sources"][0].keys()
    assert {"passage", "source", "use", "reason", "scores"} <= data["evidence"][0].keys()
    assert {"screen", "retrieve", "compose", "verify", "total"} <= data["seconds"].keys()


def test_near_duplicate_passages_count_once_and_cite_both(
    make: Make, embedder: WordEmbedder
) -> None:
    text = (
        "Calcium makes muscles contract and magnesium lets them relax again after each pull."
        " Both minerals take part in every single movement that a person makes."
    )
    library = make({"a.md": f"# One\n\n{text}", "b.md": f"# Two\n\n{text}"})
    answer = Chat(library, Settings(), embedder, WordReranker()).ask(
        "What does calcium make muscles do?"
    )
    quotes = [c.quote for c in answer.statements[0].citations]
    assert len(quotes) == 2
    assert len(set(quotes)) == 1
    assert len({c.source for c in answer.statements[0].citations}) == 2


def test_a_follow_up_is_searched_with_the_subject_of_the_question_before(
    ask: Callable[..., Answer],
) -> None:
    history = [Turn("user", "Does magnesium stop cramps in adults?"), Turn("assistant", "...")]
    answer = ask("And how fast?", history)
    assert "magnesium" in answer.standalone_question
    assert "cramps" in answer.standalone_question


def test_a_removed_document_is_not_cited_by_the_next_answer(
    make: Make, embedder: WordEmbedder
) -> None:
    library = make(FILES)
    chat = Chat(library, Settings(), embedder, WordReranker())
    assert len(chat.ask("Does magnesium stop cramps?").sources) == 2
    forget(library, "cream.md")
    answer = chat.ask("Does magnesium stop cramps?")
    assert [source.document for source in answer.sources] == ["trial.md"]


def test_a_damaged_release_is_replaced_by_the_last_good_one_and_said(
    make: Make, embedder: WordEmbedder
) -> None:
    make(FILES)
    library = make({**FILES, "more.md": "# More\n\nTea is warm and wet."})
    next((library.folder / "releases" / "0002").rglob("words.sqlite")).unlink()
    answer = Chat(library, Settings(), embedder, WordReranker()).ask("Does magnesium stop cramps?")
    assert answer.release == 1
    assert "library" in [notice.kind for notice in answer.notices]


@pytest.mark.parametrize(
    ("text", "why"), [("", "empty"), ("  \n", "empty"), ("word " * 10_001, "characters")]
)
def test_a_question_that_cannot_be_asked_is_one_clear_line(text: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        _ = Question(text).checked


def test_a_batch_goes_on_after_a_bad_question(make: Make, embedder: WordEmbedder) -> None:
    chat = Chat(make(FILES), Settings(), embedder, WordReranker())
    questions = [
        Question("Does magnesium stop cramps?", id=1),
        Question(" ", id=2),
        Question("Who?", id=3),
    ]
    answers = list(chat.ask_all(questions))
    assert [question.id for question, _ in answers] == [1, 2, 3]
    assert [answer.status for _, answer in answers] == ["answered", "error", "not_found"]
    assert all(answer.caveat for _, answer in answers)


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("I have crushing chest pain and cannot breathe.", "emergency"),
        ("I want to kill myself.", "crisis"),
        ("How much magnesium should I take for my cramps?", "personal_advice"),
        ("Does magnesium stop cramps?", "answered"),
    ],
)
def test_the_screen_alone_says_what_it_says_of_the_whole_way(
    question: str, status: str, make: Make, embedder: WordEmbedder
) -> None:
    chat = Chat(make(FILES), Settings(), embedder, WordReranker())
    asked = [Question(question), Question(question, screened=True)]
    whole, screened = (answer for _, answer in chat.ask_all(asked))
    assert whole.status == status
    assert screened.status == ("not_found" if status == "answered" else status)
    assert not screened.evidence
    assert set(screened.notices) <= set(whole.notices)


@pytest.mark.parametrize(
    "spoil",
    [
        {"quote": "Magnesium cream stops cramps within two hours."},
        {"start": 1},
        {"end": 10_000},
        {"passage": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_a_spoiled_citation_is_not_shown(
    make: Make, embedder: WordEmbedder, spoil: dict[str, object]
) -> None:
    library = make(FILES)
    answer = Chat(library, Settings(), embedder, WordReranker()).ask("Does magnesium stop cramps?")
    good = answer.statements[0]
    first = good.citations[0]
    citation = Citation(**{**first.__dict__, **spoil})
    release = library.current()
    assert verify(good, release).passed
    assert not verify(Statement(good.text, "quote", (citation,)), release).passed
    assert not verify(Statement(good.text, "quote", ()), release).passed
    assert not verify(Statement("He says: “invented”", "quote", good.citations), release).passed
    release.close()


def test_follow_ups_are_questions_that_the_documents_answer_and_that_were_not_asked(
    make: Make, embedder: WordEmbedder
) -> None:
    text = (
        "# Drinks\n\n## How hot is strong tea?\n\nStrong tea is 80 degrees hot.\n\n"
        "## How cold is iced coffee?\n\nIced coffee is 5 degrees cold.\n\n"
        "## What of cocoa?\n\nNobody knows."
    )
    settings = Settings(follow_ups=True)
    with Chat(make({"a.md": text}), settings, embedder, WordReranker()) as chat:
        first = chat.ask("How hot is tea?")
        assert first.follow_ups == ("How cold is iced coffee?",)
        asked = [Turn("user", "How hot is tea?"), Turn("assistant", "80 degrees")]
        assert chat.ask("How hot is strong tea?", asked).follow_ups == first.follow_ups
        assert chat.ask("How cold is iced coffee?").follow_ups == ("How hot is strong tea?",)


class EvenReranker(Reranker):
    """The same logit for every sentence."""

    def __init__(self, logit: float) -> None:
        super().__init__(Path())
        self.logit = logit

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        return np.full(len(sentences), self.logit, np.float32)


@pytest.mark.parametrize(("logit", "said"), [(8.0, False), (-6.0, True)])
def test_an_answer_that_is_not_sure_says_that_it_is_the_nearest_thing(
    make: Make, embedder: WordEmbedder, logit: float, said: bool
) -> None:
    chat = Chat(make(FILES), Settings(), embedder, EvenReranker(logit))
    answer = chat.ask("Does magnesium cream stop cramps?")
    assert answer.statements
    assert ("unsure" in {one.kind for one in answer.notices}) is said
    assert "unsure" not in {one.kind for one in chat.ask("Which volcano erupted?").notices}


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("The cream relieves every pain.", "none"),
        ("The cream not only smells good but relieves pain.", "none"),
        ("The maker admits that nobody can promise that the cream works for everyone.", ""),
        ("Nobody can promise that it works for all. The cream relieves most pain.", "none"),
        ("The cream is sold in jars.", ""),
    ],
)
def test_evidence_is_asked_only_of_a_benefit_that_is_claimed(claim: str, given: str) -> None:
    assert evidence_in(claim, claim) == given
