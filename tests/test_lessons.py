"""What the cross-encoder is taught: which passage, and where in it an answer stands."""

import json
import random
from pathlib import Path

from evals.lessons import Lesson, lessons_of
from tests.fakes import WordEmbedder

SENNA = "Senna is a laxative. Senna works within eight hours. It was known in eight old towns."
HONEY = "Honey eases a cough. Children under one year must not have honey."
ASKED = "How soon does senna work?"


def test_a_lesson_marks_the_answer_that_is_meant_and_one_passage_without_it(tmp_path: Path) -> None:
    def question(text: str, answer: str = "", at: int = 0) -> dict[str, object]:
        answers = [{"text": answer, "answer_start": at}] if answer else []
        return {"question": text, "answers": answers, "is_impossible": not answer}

    at = SENNA.index("eight hours")
    first = [question(ASKED, "eight", at), question("Is senna sold in towns?")]
    path = tmp_path / "set.json"
    paragraphs = [
        {"context": SENNA, "qas": first},
        {"context": HONEY, "qas": [question("What eases a cough?", "Honey", 0)]},
    ]
    articles = [{"title": str(n), "paragraphs": [each]} for n, each in enumerate(paragraphs)]
    path.write_text(json.dumps({"data": articles}), encoding="utf-8")
    kept = list(lessons_of(path, WordEmbedder(), random.Random(0), 2))
    over = len("0\n")  # the title stands over each passage
    assert kept[0] == Lesson(ASKED, f"0\n{SENNA}", frozenset([(over + at, over + at + 5)]))
    assert kept[1] == Lesson(ASKED, f"1\n{HONEY}")
    assert Lesson("Is senna sold in towns?", f"0\n{SENNA}") in kept
    assert all("cough" not in each.question for each in kept)
    everything = list(lessons_of(path, WordEmbedder(), random.Random(0), 0))
    taught = Lesson("What eases a cough?", f"1\n{HONEY}", frozenset([(over, over + len("Honey"))]))
    assert taught in everything


def test_a_passage_that_answers_as_well_is_no_example_of_one_that_does_not(tmp_path: Path) -> None:
    question = "What eases a cough?"
    texts = {"Honey": "Honey eases a cough well.", "Thyme": "Thyme eases a cough, too."}
    answers = [
        {"context": text, "title": name, "qas": [{"question": question, "answers": [gold]}]}
        for name, text in texts.items()
        for gold in [{"text": text.split(maxsplit=1)[0], "answer_start": 0}]
    ]
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"data": [{"paragraphs": answers}]}), encoding="utf-8")
    lessons = list(lessons_of(path, WordEmbedder(), random.Random(0), 0))
    assert [each.passage.split()[0] for each in lessons] == ["Honey", "Thyme"]
    assert all(each.spans for each in lessons)
