"""True paraphrases pass and lies are caught, on a written set and on lies made by rule."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chat.screening.encoder import open_encoder
from chat.support import unsupported
from chat.support.meaning import Meanings
from evals.__main__ import main
from evals.paraphrases import MUST_CATCH, PAIRS, read_pairs, report

ENCODER = open_encoder()
MEANINGS = Meanings(ENCODER) if ENCODER else None
SWAPS = {"mg": "g", "mcg": "mg", "weeks": "months", "hours": "days", "years": "weeks"}


def true_pairs() -> list[tuple[str, str]]:
    return [(pair.claim, pair.source) for pair in read_pairs() if not pair.lie]


def test_nine_of_ten_true_paraphrases_pass() -> None:
    found = report(read_pairs())["true passed"]
    assert found["n"] >= 300
    assert found["rate"] >= 0.9


def test_every_written_lie_about_numbers_units_and_negation_is_caught() -> None:
    found = report(read_pairs())["lies that none may pass caught"]
    assert found["n"] >= 200
    assert found["k"] == found["n"]


def test_most_other_written_lies_are_caught() -> None:
    others = [pair for pair in read_pairs() if pair.lie and pair.lie not in MUST_CATCH]
    assert sum(pair.right for pair in others) / len(others) >= 0.9


def test_freely_worded_lies_are_caught_more_often_than_freely_worded_truths_pass() -> None:
    found = report(read_pairs(PAIRS.with_name("paraphrases_free.jsonl")))
    assert found["lies caught"]["k"] >= 116, found["kinds"]
    assert found["lies that none may pass caught"]["k"] >= 58, found["kinds"]
    assert found["true passed"]["k"] >= 53


def test_on_pairs_nobody_tuned_on_checks_are_no_worse_than_they_were() -> None:
    found = report(read_pairs(PAIRS.with_name("paraphrases_independent.jsonl"), "r"))
    assert found["true passed"]["n"] == 220
    assert found["lies caught"]["n"] == 330
    assert found["true passed"]["k"] >= 95
    assert found["lies caught"]["k"] >= 285


WARTS = "About 70% of warts had gone with salicylic acid and 65% with freezing."
DELIRIUM = "Delirium develops over hours to days, whereas dementia develops over months to years."
SLEEP = "Take two tablets a day. The second may cause headache, and it must not be taken with milk."
DEATHS = "There were 11 deaths in the drug group and three in the placebo group."


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("About 70% of warts had gone with freezing and 65% with salicylic acid.", WARTS),
        ("Dementia develops over hours to days, whereas delirium develops over years.", DELIRIUM),
        ("Cats carried it more often than dogs.", "Dogs carried it more often than cats."),
        ("Rest comes before the measurement.", "The measurement comes before rest."),
        ("Blisters followed by fever are typical.", "Fever followed by blisters is typical."),
        ("It leaves the body within days.", "It leaves the body within minutes."),
        ("The varnish was painted on once a month.", "The varnish was applied twice a year."),
        ("The price of a pen varied thirteenfold.", "The price of the pen varied threefold."),
        ("It costs five US dollars per person.", "It costs five US cents per person."),
        ("The tablets cause headache.", SLEEP),
        ("The second tablet is taken with milk.", SLEEP),
        ("Pens that have been opened stay cold.", "Store unopened pens cold."),
        ("Nine more people died in the drug group.", DEATHS),
        ("A fever of 37 °C or more needs a doctor.", "A fever of 39 °C or more needs a doctor."),
    ],
)
def test_what_changed_places_or_figures_is_caught(claim: str, source: str) -> None:
    assert unsupported(claim, source) is not None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Salicylic acid cleared about 70% of warts and freezing 65%.", WARTS),
        ("Dementia develops over years, delirium over hours to days.", DELIRIUM),
        ("Cats carried it less often than dogs.", "Dogs carried it more often than cats."),
        ("After rest comes the measurement.", "The measurement comes after rest."),
        ("Two tablets are taken daily.", SLEEP),
        ("Eight more deaths were in the drug group.", DEATHS),
        ("More than half of warts had gone.", "Of the warts, 58% had gone."),
        ("Nearly five years of aspirin were tried.", "Aspirin was tried for 4.8 years."),
        ("The cough lasts a month.", "The cough lasts four weeks."),
        ("Take folic acid until week 12.", "Take folic acid until the twelfth week."),
        ("At least 140/90 mmHg is high pressure.", "Pressure is high at 140/90 mmHg or higher."),
        ("At most 800 micrograms are inhaled.", "Puffs give 100 micrograms; inhale up to 8."),
        ("Take two readings, sixty seconds apart.", "Take two readings a minute apart."),
        ("Of 640 patients, nearly two thirds walked.", "Of 640 patients, 412 walked."),
    ],
)
def test_what_follows_from_the_source_in_other_figures_or_order_passes(
    claim: str, source: str
) -> None:
    assert unsupported(claim, source) is None


def test_a_batch_that_a_file_lacks_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["paraphrases", "--batch", "none"]) != 0
    assert "batch none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Resting pressure went up by 5 mmHg.", "It lowered resting pressure by 5 mmHg."),
        ("Use 2 mg for each square metre.", "It was used at 2 mg per square centimetre."),
        ("Night shifts gave the nurses diabetes.", "Night shifts are linked with diabetes."),
        ("Clinicians must offer acupuncture.", "Clinicians may offer acupuncture."),
        ("Probiotics shorten it by a day.", "Probiotics probably shorten it by a day."),
        ("It helps anyone with headaches.", "It helps adults with headaches."),
    ],
)
def test_what_is_said_more_strongly_than_in_the_source_is_caught(claim: str, source: str) -> None:
    assert unsupported(claim, source) is not None


@pytest.mark.skipif(MEANINGS is None, reason="the encoder's weights are not installed")
def test_other_words_for_the_same_thing_count_where_the_encoder_knows_them() -> None:
    source = "Household income explained why wealthy parents have healthier children."
    claim = "Family earnings account for the better health of rich people's kids."
    assert unsupported(claim, source, meanings=None) is not None
    assert unsupported(claim, source, meanings=MEANINGS) is None


def test_the_command_prints_both_rates_and_fails_where_an_aim_is_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"source": "Take 400 mg a day.", "claim": "Take 400 mg daily.", "supported": True}
    lie = {**row, "claim": "Take 300 mg daily.", "supported": False, "lie": "number"}
    path = tmp_path / "pairs.jsonl"
    path.write_text(f"{json.dumps(row)}\n{json.dumps(lie)}\n", encoding="utf-8")
    assert main(["paraphrases", str(path)]) == 0
    assert "lies caught: 1.0 (1 of 1" in capsys.readouterr().out
    missed = {**lie, "claim": "Take 400 mg daily."}
    path.write_text(f"{json.dumps(row)}\n{json.dumps(missed)}\n", encoding="utf-8")
    assert main(["paraphrases", str(path)]) == 1
    assert "passed a lie (number)" in capsys.readouterr().out


def lies_about_numbers() -> Iterator[tuple[str, str]]:
    """Each number of each true paraphrase changed, one at a time."""
    for claim, source in true_pairs():
        for match in re.finditer(r"(?<![\w.,:/-])\d+(?:\.\d+)?(?![\w.,:/-])", claim):
            for other in (f"{float(match[0]) * 7 + 1:g}", f"{float(match[0]) / 10:g}"):
                yield claim[: match.start()] + other + claim[match.end() :], source


def lies_about_units() -> Iterator[tuple[str, str]]:
    for claim, source in true_pairs():
        for unit, other in SWAPS.items():
            if re.search(rf"\d {unit}\b", claim):
                yield re.sub(rf"(\d) {unit}\b", rf"\1 {other}", claim), source


def lies_by_added_negation() -> Iterator[tuple[str, str]]:
    for claim, source in true_pairs():
        if re.search(r"\b(?:not|no|never|un\w+|neither|without)\b", claim, re.IGNORECASE):
            continue
        for verb, turned in {
            r"\bis\b": "is not", r"\bare\b": "are not", r"\bwas\b": "was not", r"\bcan\b": "cannot",
            r"\bshould\b": "should not", r"\bmay\b": "does not", r"\bwere\b": "were not",
            r"\b(reduces|lowers|raises|protects|removes|helps|doubles)\b": r"never \1",
        }.items():  # fmt: skip
            if re.search(verb, claim):
                yield re.sub(verb, turned, claim, count=1), source


def lies_by_lost_negation() -> Iterator[tuple[str, str]]:
    for claim, source in true_pairs():
        lost = re.sub(r"\b(?:did not|do not|does not|not|never) ", "", claim)
        if lost != claim and "not more" not in claim and "not take more" not in claim:
            yield lost, source


@pytest.mark.parametrize(
    "lies", [lies_about_numbers, lies_about_units, lies_by_added_negation, lies_by_lost_negation]
)
def test_lies_made_by_rule_are_caught(lies: Any) -> None:
    made = list(lies())
    assert len(made) >= 10
    assert [lie for lie in made if unsupported(*lie) is None] == []


def test_the_same_quantity_in_other_words_passes() -> None:
    source = "Take 400 mg twice a day for 2 weeks; half of users feel it within 30 minutes."
    for claim in (
        "Take 0.4 g two times daily for 14 days.",
        "Users take 400mg every 12 hours for two weeks.",
        "50 % of users feel it within half an hour.",
        "One in two users feel it within 30 minutes.",
    ):
        assert unsupported(claim, source) is None, claim


def test_an_entailment_model_has_the_last_word() -> None:
    claim, source = "Salt raises blood pressure.", "Salt raises blood pressure in many people."
    assert unsupported(claim, source, entails=lambda _, __: 0.9) is None
    assert unsupported(claim, source, entails=lambda _, __: 0.1) == "the source does not entail it"
