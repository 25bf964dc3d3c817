"""British spellings meet American ones, in comparing and in finding."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from chat.terms import terms
from ingest.american import american
from ingest.document import About, Document, Passage
from ingest.lexical import WordFile, write_words

PAIRS = """
anaemia anemia, ischaemic ischemic, hypomagnesaemia hypomagnesemia, haemorrhoids hemorrhoids,
diarrhoea diarrhea, dyspnoea dyspnea, oedema edema, lymphoedema lymphedema, oesophagus esophagus,
xenooestrogens xenoestrogens, foetal fetal, coeliac celiac, paediatric pediatric, faeces feces,
anaesthetic anesthetic, caesarean cesarean, leucocytes leukocytes, sulphate sulfate,
tumours tumors, behavioural behavioral, unfavourable unfavorable, odourless odorless,
fibres fibers, litres liters, centimetre centimeter, goitre goiter, titre titer,
sensitisation sensitization, randomised randomized, organising organizing, criticised criticized,
minimise minimize, immunisations immunizations, analysed analyzed, paralysed paralyzed,
labelled labeled, travellers travelers, programmes programs, ageing aging, yoghurt yogurt,
defence defense, practised practiced, fulfil fulfill, paracetamol acetaminophen,
salbutamol albuterol
"""
SAME = """
exercise exercises exercised rise arise raise advise advised revise supervise promise compromise
precise concise surprise comprise enterprise disease diseases likewise otherwise paradise franchise
despise advertise chastise expertise noise poise bruises crises four hour hours pour sour contour
phytoestrogens gastroesophageal angioedema kaempferol extraembryonic proestrus analysis theatrical
program center magnesium caesium vise wise wiser tonight
"""


@pytest.mark.parametrize("pair", PAIRS.replace("\n", " ").strip().split(", "))
def test_a_british_word_is_the_american_one(pair: str) -> None:
    british, us = pair.split()
    assert american(british) == american(us) == us
    assert terms(british) == terms(us)


@pytest.mark.parametrize("word", SAME.split())
def test_other_words_stay(word: str) -> None:
    assert american(word) == word


def _index(folder: Path) -> Path:
    document = Document("d", "a.txt", "", About(title="Anaemia of runners"))
    texts = ["Oesophageal tumours were analysed.", "Esophageal tumors were analyzed.", "Nothing."]
    passages = [Passage(f"p{n}", "d", 0, 0, text) for n, text in enumerate(texts)]
    write_words(folder / "words.sqlite", [(document, passage) for passage in passages])
    return folder / "words.sqlite"


def test_either_spelling_finds_both(tmp_path: Path) -> None:
    words = WordFile(_index(tmp_path))
    for asked in (["oesophageal", "tumour"], ["esophageal", "tumors"]):
        assert {key for key, _, _ in words.best(asked, 5)} == {"p0", "p1"}
        assert list(words.frequencies(asked).values()) == [2, 2]
    assert words.frequencies(["anemia"]) == {"anemia": 3}


def test_an_index_of_a_version_before_is_asked_for_words_as_they_are_written(
    tmp_path: Path,
) -> None:
    old = shutil.copy(_index(tmp_path), tmp_path / "old.sqlite")
    with sqlite3.connect(old) as connection:
        connection.execute("PRAGMA user_version=0")
    assert WordFile(Path(old)).frequencies(["oesophageal", "esophageal"]) == {
        "oesophageal": 0,
        "esophageal": 2,
    }
