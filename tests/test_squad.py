"""Sets in SQuAD's form: what counts as a hit, and the report."""

import argparse
import json
from pathlib import Path

import pytest

from chat.answer import Answer, Citation, Statement
from evals.squad import Case, Row, add_arguments, plain_words, read_set, report, run, word_f1
from ingest.errors import UserError

SET = {
    "data": [
        {
            "title": "Muscle_cramps",
            "paragraphs": [
                {
                    "context": "Quinine was given against cramps until 1994. It can harm the heart.",
                    "qas": [
                        {
                            "question": "What was given against cramps until 1994?",
                            "answers": [{"text": "Quinine", "answer_start": 0}],
                            "is_impossible": False,
                        },
                        {
                            "question": "Which volcano erupted near Reykjavik last winter?",
                            "answers": [],
                            "is_impossible": True,
                        },
                    ],
                }
            ],
        }
    ]
}


def row(golds: tuple[str, ...], quote: str | None, status: str = "answered") -> Row:
    statements: tuple[Statement, ...] = ()
    if quote is not None:
        cited = (Citation(1, "passage", 0, len(quote), quote),)
        statements = (Statement(f"A page says: “{quote}”", "quote", cited),)
    answer = Answer("Q?", status, "Not medical advice.", statements=statements)  # type: ignore[arg-type]
    return Row(Case("Q?", golds), answer)


def test_a_gold_answer_counts_as_whole_words_without_case_articles_and_punctuation() -> None:
    assert row(("The Quinine,",), "In 1994, quinine was banned.").contained
    assert not row(("nine",), "In 1994, quinine was banned.").contained
    assert not row(("quinine banned",), "In 1994, quinine was banned.").contained
    assert not row(("",), "In 1994, quinine was banned.").contained


def test_the_words_that_say_who_says_it_are_no_answer() -> None:
    assert not row(("page",), "In 1994, quinine was banned.").contained


def test_f1_counts_shared_words_once_each() -> None:
    assert word_f1(plain_words("a b b c"), plain_words("b c d")) == pytest.approx(2 * 2 / 6)
    assert word_f1([], plain_words("b")) == 0


def test_refusing_is_right_only_where_there_is_no_answer() -> None:
    rows = [
        row(("quinine",), "Quinine was banned."),
        row(("quinine",), None, "not_found"),
        row((), None, "not_found"),
        row((), "Quinine was banned."),
        row(("quinine",), None, "error"),
    ]
    found = report(rows)
    assert found["errors"] == 1
    assert found["answerable"]["contained"]["k"] == 1
    assert found["answerable"]["contained"]["n"] == 3
    assert found["answerable"]["false_abstentions"]["k"] == 1
    assert found["unanswerable"]["not_found"]["k"] == 1
    assert found["unanswerable"]["not_found"]["n"] == 2
    assert (found["both"]["right"]["k"], found["both"]["right"]["n"]) == (2, 5)


def test_a_file_of_another_form_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    path.write_text('{"data": [{"paragraphs": 3}]}')
    with pytest.raises(UserError, match="not in SQuAD's form"):
        read_set(path)
    with pytest.raises(UserError, match="cannot read"):
        read_set(tmp_path / "none.json")


@pytest.mark.slow
def test_a_small_set_is_asked_through_the_chat(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "set.json"
    path.write_text(json.dumps(SET))
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert run(parser.parse_args([str(path), "--json"])) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["both"]["right"] == {"k": 2, "n": 2, "rate": 1.0, "interval": [0.3424, 1.0]}
    assert found["documents"] == 1
