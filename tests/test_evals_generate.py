"""Cases made from any text read like questions, and are about things that the text speaks of."""

import os
import subprocess
import sys

import pytest

from evals.generate.facts import asked_of, sentences_of
from evals.generate.material import readable, topics
from evals.trial import File

TEXT = (
    "In order to relax, the infected cattle were kept in stables. As a result of the infection the"
    " cattle lost weight. Weight is what farmers look for in cattle. To relax is the objective of"
    " the stables."
)


def test_topics_are_nouns_and_no_general_words() -> None:
    found = topics(File("a.md", TEXT))
    assert "stables" in found
    assert not {"order", "relax", "infected", "result", "objective"} & set(found)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "The trial of the new drink lasted 14 weeks in all.",
            "The trial of the new drink lasted how many weeks in all?",
        ),
        ("The tissue that was recovered weighed between 6 and 101 g after washing.", ""),
        ("The outcomes were compared between the 2 groups of women after treatment.", ""),
        ("The dose (about 50 mg of the root a day) was kept during the trial.", ""),
        ("Sperm cells of the 46 g/kg dose group showed signs of disintegration.", ""),
        ("The integrity number of the samples had a cutoff of 8 was what they said.", ""),
        ("The search found an additional 21 studies on hygiene in hospitals.", ""),
    ],
)
def test_only_a_figure_that_can_be_asked_for_by_itself_is(sentence: str, question: str) -> None:
    assert asked_of(sentence)[0] == question


@pytest.mark.parametrize(
    "text",
    [
        "Gastmeier P, Sohr D, Brandt C, Eckmanns T, Behnke M, Ruden H. Reduction of infections.",
        "Methods In a study of women we counted the cramps of a week.",
        "Mayer ML, Westbrook GL.",
    ],
)
def test_references_and_labels_are_no_sentences(text: str) -> None:
    assert not readable(text)
    assert sentences_of(File("a.md", f"{text}\n\n{TEXT}")) == sentences_of(File("a.md", TEXT))


MADE = """
from types import SimpleNamespace as Plain
from evals.suites import abstention, attribution, conflict, facts, injection
from evals.trial import Subject
from ingest.document import About

text = "The well of Ostrava was dug in 40 weeks by 6 masons. It is 31 metres deep, and old as well."
files = [Plain(path=f"{n}.md", text=f"{text} Its twin is {n}2 metres deep.", about=About())
         for n in range(1, 5)]
subject = Subject("test", Plain(documents=lambda: files), seed=3, sample=20)
for make in (facts.nonce_rounds, facts.mutation_rounds, abstention.rounds, conflict.rounds,
             injection.rounds, attribution.rounds):
    for each in make(subject):
        print([(t.id, t.question, t.why, t.expected) for t in each.trials], each.files)
"""


def test_the_same_seed_makes_the_same_cases_in_every_process() -> None:
    """Sets come in another order where strings hash in another way."""
    made = [
        subprocess.run(
            [sys.executable, "-c", MADE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert "Ostrava" in made[0]
    assert made[0] == made[1]
