"""Advertising is told from the text alone, in a document and in each of its passages."""

from collections.abc import Callable

import pytest

from chat.pipeline import Chat
from chat.settings import Settings
from ingest.library import Library
from ingest.promotional import promotional
from tests.fakes import WordEmbedder
from tests.test_chat import WordReranker

SELLS = [
    "Our Moon tea is the best tea for deep sleep. Order now and save 20 percent on every box.",
    "Check out our magnesium oil: instant relief, and only $19.",
    "Skip the painkillers. This remarkable balm gives complete relief!",
    "My customers swear by it. Buy yours today while stocks last.",
    "Get yours with free shipping; satisfaction guaranteed or your money-back.",
    "Ditch the prescription pills: our herbal drops work from the first night.",
]
TELLS = [
    "Participants drank two cups of tea a day. Sleep did not differ between the groups.",
    "The tablet costs about $4 a month in most countries, and its side effects are mild.",
    "Do not stop a prescribed medicine without asking your doctor.",
    "Our results suggest that the treatment group slept longer; our sample was small.",
    "The best treatment for most people with back pain is to stay active.",
    "Click here for the figures. What the maker tells is a testimonial and not a trial.",
    "Patients were told to order the study supplement from the hospital's pharmacy.",
]


@pytest.mark.parametrize("text", SELLS)
def test_what_sells_is_told_with_reasons(text: str) -> None:
    verdict = promotional(text)
    assert verdict.promotional
    assert verdict.reasons


@pytest.mark.parametrize("text", TELLS)
def test_what_reports_is_not(text: str) -> None:
    assert not promotional(text).promotional


def test_each_passage_is_judged_by_its_own_words(
    make: Callable[..., Library], embedder: WordEmbedder
) -> None:
    plain = "Magnesium is a mineral that muscles need to relax. " * 20
    library = make({"a.md": f"# Muscles\n\n{plain}\n\n# Shop\n\nMagnesium muscles: {SELLS[1]}"})
    answer = Chat(library, Settings(), embedder, WordReranker()).ask("Do muscles need magnesium?")
    signs = {each.section: bool(each.advertises) for each in answer.evidence}
    assert signs["Muscles"] is False
    assert signs["Shop"] is True
