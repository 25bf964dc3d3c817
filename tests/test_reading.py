"""Which sentences answer, whether they do, and what the default answer is made of."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from chat.compose import MORE_WORDS, QUOTED, SURE, WORDS, compose, length_of
from chat.judge import Judgement, judge
from chat.people import asked_of
from chat.read import READ, Candidate, read
from chat.reader import open_reranker
from chat.reranker import Reranker, Span
from chat.retrieve import retrieve
from ingest.errors import UserError
from ingest.library import Library, Release
from tests.fakes import WordEmbedder

Make = Callable[..., Library]
OTHER = -9.0  # logit of a sentence that the table does not know


class TableReranker(Reranker):
    """Gives each sentence the logit that the table holds for a word in it."""

    def __init__(self, table: Mapping[str, float]) -> None:
        super().__init__(Path())
        self.table = table
        self.seen: list[str] = []

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        self.seen += sentences
        known = [[v for word, v in self.table.items() if word in text] for text in sentences]
        return np.array([values[0] if values else OTHER for values in known], np.float32)


def sentences(question: str, release: Release, reranker: Reranker | None) -> list[Candidate]:
    vector = WordEmbedder().encode_queries([question])[0]
    return read(question, retrieve(question, vector, release), release, reranker)


def answered(make: Make, question: str, text: str, table: Mapping[str, float]) -> list[str]:
    release = make({"note.md": f"---\ntitle: Note\nkind: research\n---\n\n{text}"}).current()
    found = sentences(question, release, TableReranker(table))
    return [candidate.text for candidate in compose(question, found)]


def judged(make: Make, question: str, text: str, logit: float) -> Judgement:
    release = make({"note.txt": text}).current()
    found = sentences(question, release, TableReranker({"": logit}))
    return judge(question, found, release)


def test_the_sentence_that_answers_comes_first_and_only_a_few_are_read(make: Make) -> None:
    filler = " ".join(f"Cramps are spoken of in sentence number {n}." for n in range(40))
    release = make({"a.txt": f"{filler} Quinine was once given against cramps."}).current()
    reranker = TableReranker({"Quinine": 5.0})
    found = sentences("What was once given against cramps?", release, reranker)
    assert found[0].text == "Quinine was once given against cramps."
    assert len(reranker.seen) <= READ
    assert all(release.document(c.found.document.id).text[c.start : c.end] == c.text for c in found)


def test_a_sentence_that_two_documents_share_is_one_with_both_places(make: Make) -> None:
    shared = "Magnesium sits in the channel of the receptor at rest."
    one = f"The first page is about shops and creams and butter. {shared}"
    two = f"{shared} Another page went on about nerve cells and glutamate and pain signals instead."
    release = make({"one.txt": one, "two.txt": two}).current()
    found = sentences("Where does magnesium sit at rest?", release, TableReranker({shared: 6.0}))
    assert [c.text for c in found].count(shared) == 1
    places = [found[0].found.document, *(document for _, document in found[0].found.twins)]
    assert {document.path for document in places} == {"one.txt", "two.txt"}


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("What is the upper level of magnesium?", {"adults.txt", "young.txt"}),
        ("What is the upper level of magnesium for children?", {"young.txt"}),
        ("Is the upper level of magnesium safe if I am pregnant?", set()),
        ("Do pregnant women have another upper level of magnesium?", set()),
    ],
)
def test_only_passages_that_name_the_people_asked_about_are_read(
    make: Make, question: str, documents: set[str]
) -> None:
    adults = "The upper level of magnesium is 350 mg a day."
    young = "The upper level of magnesium for children is lower."
    release = make({"adults.txt": adults, "young.txt": young}).current()
    found = sentences(question, release, None)
    assert {each.found.document.path for each in found} == documents


@pytest.mark.parametrize(
    ("question", "people"),
    [
        ("And what about babies?", {"young"}),
        ("Can my toddler bathe in it?", {"young"}),
        ("Is it safe while breastfeeding?", {"expecting"}),
        ("Is it safe to take it when you are expecting?", {"expecting"}),
        ("What result were you expecting?", set()),
        ("What was found for older adults and for pregnancy?", set()),
        ("How many children did the king have?", set()),
        ("Who looked after the newborn prince?", set()),
        ("What is magnesium for?", set()),
    ],
)
def test_whom_a_question_is_about(question: str, people: set[str]) -> None:
    assert asked_of(question) == people


@pytest.mark.parametrize(
    ("question", "heard"),
    [
        ("Does senna help against cramps at night?", {"long.txt", "short.txt"}),
        ("How much senna helps against cramps at night?", {"long.txt", "short.txt"}),
        ("What helps against cramps at night?", {"long.txt"}),
    ],
)
def test_more_documents_are_heard_where_they_may_answer_otherwise(
    make: Make, question: str, heard: set[str]
) -> None:
    long = "\n\n".join(
        f"Senna helps against cramps at night, says page {n} of this book. " * 18 for n in range(12)
    )
    short = f"{'Apples and pears grow well in the garden of the mill. ' * 20} Senna is of no help."
    release = make({"long.txt": long, "short.txt": short}).current()
    found = sentences(question, release, None)
    assert {each.found.document.path for each in found} == heard


def test_headings_questions_and_fragments_are_no_answers(make: Make) -> None:
    text = "# Why cramps come\n\nDo cramps hurt at night?\n\nCramps again\n\nCramps come at night."
    found = sentences("Why do cramps come?", make({"a.md": text}).current(), None)
    assert [candidate.text for candidate in found] == ["Cramps come at night."]


def test_the_mark_of_a_list_is_not_quoted(make: Make) -> None:
    text = (
        "What helps against cramps:\n\n- Stretching ends most cramps.\n- Cramps go when you walk."
    )
    found = sentences("What helps against cramps?", make({"a.txt": text}).current(), None)
    said = {candidate.text for candidate in found}
    assert {"Stretching ends most cramps.", "Cramps go when you walk."} <= said


def test_a_short_list_is_quoted_with_what_leads_to_it(make: Make) -> None:
    text = (
        "Do not take quinine if you have:\n\n- a heart block\n- ringing ears\n\nQuinine is bitter."
    )
    said = answered(make, "Who should not take quinine?", text, {"heart block": 9.0})
    assert said == ["Do not take quinine if you have:\n\n- a heart block\n- ringing ears"]


def test_a_row_of_a_table_may_answer(make: Make) -> None:
    text = (
        "| Medicine | Children |\n|---|---|\n| Quinine | Not for children |\n\nOther text as well."
    )
    said = answered(make, "Is quinine for children?", text, {"Not for": 9.0})
    assert said == ["Quinine | Not for children"]


def test_lists_of_references_are_no_answers(make: Make) -> None:
    text = (
        "Bean W, Schell M, Katz J. Quinine against cramps at night. J Cramps 2003;97:67-90.\n\n"
        "Vitamin D, Vitamin K and quinine were tried by Bean W and others against cramps."
    )
    found = sentences("What was tried against cramps?", make({"a.md": text}).current(), None)
    assert [candidate.text for candidate in found] == [text.split("\n\n")[1]]


def test_a_neighbour_is_quoted_in_one_piece_with_a_doubtful_sentence(make: Make) -> None:
    text = "The trial ran in 2013. It had 80 people with back pain."
    question = "How many people were in the trial?"
    doubtful, sure = SURE - 3, SURE + 1
    assert answered(make, question, text, {"2013": doubtful, "80": OTHER}) == [text]
    assert answered(make, question, text, {"2013": sure, "80": OTHER}) == ["The trial ran in 2013."]


def test_sentences_of_different_paragraphs_are_not_quoted_as_one(make: Make) -> None:
    text = "The trial ran in 2013.\n\nIt had 80 people with back pain."
    table = {"2013": 4.0, "80": 3.0}
    parts = answered(make, "When was the trial and with whom?", text, table)
    assert parts == text.split("\n\n")


def test_what_repeats_or_answers_far_less_well_is_left_out(make: Make) -> None:
    text = (
        "Calcium makes muscles contract.\n\nMuscles contract because calcium makes them.\n\n"
        "Magnesium is sold by a shop in Leeds.\n\nSodium enters the cell before that."
    )
    table = {"Calcium": 8.0, "because": 7.0, "Leeds": -1.0, "Sodium": 6.0}
    parts = answered(make, "What makes muscles contract, sodium or calcium?", text, table)
    assert "Sodium enters the cell before that." in parts
    assert len(parts) == 2


@pytest.mark.parametrize(
    ("question", "voices", "room"),
    [
        ("What stops cramps?", 8, WORDS),
        ("Does magnesium stop cramps?", 1, WORDS),
        ("Does magnesium stop cramps?", 8, MORE_WORDS),
        ("What stops cramps, and what brings them?", 1, MORE_WORDS),
    ],
)
def test_an_answer_is_as_long_as_its_question_deserves(
    make: Make, question: str, voices: int, room: int
) -> None:
    names = ("amber", "bronze", "copper", "denim", "ebony", "flint", "gold", "hazel")
    said = [
        f"Cramps stop when {' or '.join(f'{name}{n}' for n in range(8))} is there."
        for name in names
    ]
    files = {
        f"{n}.md": "---\ntitle: Note\nkind: research\n---\n\n" + "\n\n".join(said[n::voices])
        for n in range(voices)
    }
    release = make(files).current()
    chosen = compose(question, sentences(question, release, TableReranker({"": 5.0})))
    assert len(chosen) > 1
    assert room - 25 <= length_of(chosen, "en") <= room


def test_a_long_name_costs_no_facts(make: Make) -> None:
    text = " ".join(
        f"Cramps stop {' or '.join(f'{name}{n}' for n in range(4))} is there."
        for name in ("amber", "bronze", "copper", "denim", "ebony")
    )
    said = []
    for name in ("N", "The name of a ministry of the health of a land"):
        made = {"note.md": f"---\npublisher: {name}\nkind: research\n---\n\n{text}"}
        found = sentences("What stops cramps?", make(made).current(), TableReranker({"": 5.0}))
        said.append([each.text for each in compose("What stops cramps?", found)])
    assert said[0] == said[1]


def test_no_quotation_is_as_long_as_a_page(make: Make) -> None:
    names = ("amber", "bronze", "copper", "denim", "ebony", "flint")
    text = " ".join(
        f"Cramps stop {' or '.join(f'{name}{n}' for n in range(9))} there." for name in names
    )
    parts = answered(make, "Do cramps stop, and how do they begin?", text, {"": 5.0})
    assert len(parts) >= 1
    assert QUOTED / 2 < max(len(part.split()) for part in parts) <= QUOTED


def test_two_documents_speak_where_yes_or_no_is_asked(make: Make) -> None:
    shop = "Magnesium cream stops cramps within an hour. Magnesium cream stops pain in an hour too."
    trial = "Magnesium tablets did not prevent leg spasms in a trial with older adults."
    release = make({"shop.txt": shop, "trial.txt": trial}).current()
    table = {"hour": 6.0, "trial": 2.0}
    question = "Does magnesium stop cramps?"
    chosen = compose(question, sentences(question, release, TableReranker(table)))
    assert {c.found.document.path for c in chosen} == {"shop.txt", "trial.txt"}


def test_nothing_to_choose_from_gives_no_answer() -> None:
    assert compose("What stops cramps?", []) == []


def test_words_that_the_corpus_lacks_lower_the_probability(make: Make) -> None:
    text = "Magnesium cream is rubbed on the legs. Cramps are common at night."
    known = judged(make, "Is cream rubbed on the legs?", text, 0.0)
    unknown = judged(make, "Is spinach rubbed on the walrus?", text, 0.0)
    assert known.answerable
    assert unknown.probability < known.probability


def test_a_low_logit_is_not_found_with_the_reasons(make: Make) -> None:
    text = "Magnesium cream is rubbed on the legs."
    judgement = judged(make, "Which year was spinach tinned?", text, -10.0)
    assert not judgement.answerable
    assert "the documents never use a word of the question" in judgement.reasons


def test_without_a_cross_encoder_words_decide(make: Make) -> None:
    release = make({"a.txt": "Magnesium relaxes muscles after a contraction."}).current()
    found = sentences("Does magnesium relax muscles?", release, None)
    assert judge("Does magnesium relax muscles?", found, release).answerable
    other = "Which volcano erupted in Iceland?"
    assert not judge(other, sentences(other, release, None), release).answerable


def test_other_weights_than_those_measured_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"something else")
    with pytest.raises(UserError, match="sha256"):
        Reranker(tmp_path, "0" * 64).scores("Why?", ["Because."])


def test_a_folder_without_a_cross_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"model\.onnx"):
        open_reranker(str(tmp_path))


@pytest.mark.slow
def test_the_packaged_cross_encoder_tells_an_answer_from_another_sentence() -> None:
    reranker = open_reranker()
    assert reranker is not None
    question = "What does calcium do in a muscle?"
    answer, other = "Calcium makes a muscle contract.", "The shop ships creams to Canada."
    both = reranker.scores(question, [answer, other])
    assert both[0] > 0 > both[1]
    assert both[1] == reranker.scores(question, [other])[0]
    assert reranker.scores("long " * 5000, [answer]).shape == (1,)


@pytest.mark.slow
def test_the_packaged_cross_encoder_reads_a_sentence_in_its_passage() -> None:
    reranker = open_reranker()
    assert reranker is not None
    sentences = (
        "Senna is a laxative for adults.",
        "It usually works within eight to twelve hours.",
        "The shop ships it to Canada.",
    )
    passage = " ".join(sentences)
    starts = [passage.index(each) for each in sentences]
    spans = [(at, at + len(each)) for at, each in zip(starts, sentences, strict=True)]
    long = "Nothing else is known of it. " * 200
    [read, cut, other] = reranker.within(
        "How soon does senna take effect?",
        [(passage, spans), (long + passage, [(len(long), len(long) + 31)]), (long, [(0, 28)])],
    )
    assert read.argmax() == 1
    assert np.isnan(cut[0])
    assert other[0] < 0


class PassageReranker(TableReranker):
    """Says more of passages than of single sentences: the log odds that its table has."""

    def __init__(self, table: Mapping[str, float], within: Mapping[str, float]) -> None:
        super().__init__(table)
        self.odds = within

    def within(
        self, _question: str, passages: Sequence[tuple[str, Sequence[Span]]], /
    ) -> list[NDArray[np.float32]]:
        return [
            np.array([self._odds(text[start:end]) for start, end in spans], np.float32)
            for text, spans in passages
        ]

    def _odds(self, sentence: str) -> float:
        return next((odds for word, odds in self.odds.items() if word in sentence), float("nan"))


def test_what_a_sentence_says_in_its_passage_counts_beside_what_it_says_alone(make: Make) -> None:
    text = "Senna is a laxative against hard stools. It needs about ten hours. Cats like hay most."
    release = make({"note.txt": text}).current()
    reranker = PassageReranker({"Senna": 2.0, "needs": -4.0}, {"Senna": -8.0, "needs": 1.0})
    found = sentences("How soon does senna work against hard stools?", release, reranker)
    assert [each.text.split()[0] for each in found] == ["It", "Senna", "Cats"]
    read_alone = sentences("How soon does senna work?", release, TableReranker({"Senna": 2.0}))
    assert read_alone[0].scores["answers"] == 2.0


def test_a_passage_is_read_under_its_title_and_its_best_sentences_alone_as_well(make: Make) -> None:
    many = " ".join(f"Hay number {n} was mown against rain." for n in range(READ))
    files = {"a.txt": f"{many} Ten hours pass before they act."}
    release = make(files).current()
    reranker = PassageReranker({"Ten": 3.0}, {"Ten": 1.0, "Hay": -5.0})
    found = sentences("How was hay mown against rain?", release, reranker)
    assert found[0].text.startswith("Ten hours")
    assert reranker.seen.count("Ten hours pass before they act.") == 1  # alone, though not at first


def test_a_quotation_mark_that_only_opens_in_a_sentence_is_not_quoted(make: Make) -> None:
    text = "“Strong tea is 80 degrees hot.\n\nIt cools within ten minutes of waiting.”"
    first = "Strong tea is 80 degrees hot."
    assert answered(make, "How hot is strong tea?", text, {"Strong": 9.0})[0] == first
