"""The bundled corpus and the written cases say nothing that is not there."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from chat.answer import Status
from chat.frame import lead_of
from ingest.document import KINDS, About, Document, ReadFile
from ingest.read import read_file

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus" / "magnesium"
CASES = ROOT / "evals" / "cases" / "magnesium"
GATED = ("retrieval", "abstention", "conflict", "coverage", "stability")
LEAST = 60  # cases of a suite whose aim is a gate

Case = dict[str, Any]


def read_cases() -> Iterator[tuple[Path, Case]]:
    for path in sorted(CASES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield path, json.loads(line)


def stored_text(path: Path) -> str:
    read = read_file(path)
    assert isinstance(read, ReadFile)
    return read.text


def read_sentences(path: Path) -> list[str]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line]
    prose = " ".join(line for line in lines if not line.startswith("#"))
    return re.split(r"(?<=[.!?])\s+", prose)


@pytest.fixture(scope="module")
def sources() -> dict[str, dict[str, Any]]:
    return tomllib.loads((CORPUS / "SOURCES.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """What a library would store, headings without their marks."""
    return {path.name: stored_text(path) for path in CORPUS.glob("*.md")}


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case for _, case in read_cases()]


def test_every_source_is_named_in_full(sources: dict[str, dict[str, Any]]) -> None:
    for path, known in sources.items():
        about = About(publisher=known["publisher"], kind=known["kind"])
        document = Document(path, path, "", about)
        assert known["publisher"] in lead_of(document, "", ("", ""), "en")


def test_every_document_has_its_source_and_every_source_its_document(
    sources: dict[str, dict[str, Any]], texts: dict[str, str]
) -> None:
    assert set(sources) == set(texts)


def test_every_source_says_who_publishes_of_which_kind_and_resting_on_what(
    sources: dict[str, dict[str, Any]],
) -> None:
    for name, about in sources.items():
        assert about["kind"] in set(KINDS) - {"unknown"}, name
        assert about["publisher"], name
        assert about["interest"], name
        assert about["rests_on"], name


def test_pages_that_restate_sellers_are_never_marked_independent(
    sources: dict[str, dict[str, Any]],
) -> None:
    for name, about in sources.items():
        independent = about["kind"] in {"research", "institution"}
        assert independent == name.startswith("note-"), name
        assert independent == (about["interest"] == "none"), name


def test_every_sentence_of_a_claims_page_says_whose_claim_it_is() -> None:
    voice = re.compile(
        r"\b(shop|seller|maker|website|business|article|story|post|page|author)\b", re.IGNORECASE
    )
    for path in CORPUS.glob("claims-*.md"):
        unvoiced = [sentence for sentence in read_sentences(path) if not voice.search(sentence)]
        assert unvoiced == [], path.name


def test_every_sentence_can_be_quoted_alone() -> None:
    pointing = re.compile(r"(It|They|He|She|These|Those|Such)\b")
    for path in CORPUS.glob("*.md"):
        assert [one for one in read_sentences(path) if pointing.match(one)] == [], path.name


def test_case_ids_are_unique(cases: list[Case]) -> None:
    counts = Counter(case["id"] for case in cases)
    assert [name for name, count in counts.items() if count > 1] == []


def test_no_suite_asks_the_same_question_twice_unless_it_repeats_on_purpose() -> None:
    counts = Counter(
        (path.stem, case["question"].lower(), json.dumps(case.get("history")))
        for path, case in read_cases()
        if case.get("variant") != "repeat"
    )
    assert [asked for asked, count in counts.items() if count > 1] == []


def test_every_case_has_a_question_a_known_status_and_a_reason(cases: list[Case]) -> None:
    for case in cases:
        assert case["question"].strip(), case["id"]
        assert case["status"] in get_args(Status), case["id"]
        assert case["why"].strip(), case["id"]


def test_every_named_document_and_span_exists(cases: list[Case], texts: dict[str, str]) -> None:
    for case in cases:
        named = [texts[name] for name in case.get("documents", [])]
        for span in case.get("spans", []):
            assert any(span in text for text in named), f"{case['id']}: {span}"


def test_every_wording_of_a_point_stands_in_a_named_document(
    cases: list[Case], texts: dict[str, str]
) -> None:
    for case in cases:
        named = " ".join(texts[name].lower() for name in case.get("documents", []))
        for wordings in (*case.get("must", []), case.get("claim", [])):
            assert [one for one in wordings if one not in named] == [], case["id"]


def test_questions_without_an_answer_name_no_document(cases: list[Case]) -> None:
    for case in cases:
        assert (case["status"] == "not_found") <= (not case["documents"]), case["id"]


def test_suites_with_a_gate_have_enough_cases() -> None:
    counts = Counter(path.stem for path, _ in read_cases())
    assert {name: counts[name] for name in GATED if counts[name] < LEAST} == {}


def test_abstention_twins_come_in_pairs_of_opposite_status(cases: list[Case]) -> None:
    pairs: dict[int, list[str]] = {}
    for case in cases:
        if case["id"].startswith("abstention") and "pair" in case:
            pairs.setdefault(case["pair"], []).append(case["status"])
    assert len(pairs) >= LEAST
    assert all(sorted(status) == ["answered", "not_found"] for status in pairs.values())


def test_conflicts_have_two_sides_and_as_many_controls(cases: list[Case]) -> None:
    judged = [case for case in cases if "conflict" in case]
    assert all(len(case["sides"]) == 2 for case in judged if case["conflict"])
    for expected in (True, False):
        assert sum(case["conflict"] is expected for case in judged) >= LEAST


def test_attribution_halves_share_no_question_and_use_all_strengths(cases: list[Case]) -> None:
    halves: dict[str, list[Case]] = {}
    for case in cases:
        if case["id"].startswith("attribution"):
            halves.setdefault(case["half"], []).append(case)
    questions = {half: {case["question"].lower() for case in rows} for half, rows in halves.items()}
    assert not questions["dev"] & questions["heldout"]
    assert len(halves["heldout"]) >= 160
    for rows in halves.values():
        assert len(set(Counter(case["strength"] for case in rows).values())) == 1
        assert {case["strength"] for case in rows} == {1, 2, 3, 4}


@pytest.mark.parametrize("suite", ["emergency", "personal_advice", "over_refusal"])
def test_no_held_out_message_was_looked_at_while_tuning(cases: list[Case], suite: str) -> None:
    halves: dict[str, set[tuple[str, str]]] = {"dev": set(), "heldout": set(), "turns": set()}
    for case in cases:
        if case["id"].startswith(f"{suite}-"):
            asked = case["question"].lower(), json.dumps(case.get("history"))
            halves[case["half"]].add(asked)
    assert not halves["dev"] & (halves["heldout"] | halves["turns"])
    assert len(halves["heldout"]) >= LEAST


def test_every_stability_group_has_a_base_and_its_variants(cases: list[Case]) -> None:
    groups: dict[int, Counter[str]] = {}
    for case in cases:
        if "group" in case:
            groups.setdefault(case["group"], Counter())[case["variant"]] += 1
    for group, variants in groups.items():
        assert variants["base"] == 1, group
        others = set(variants) - {"base"}
        assert others in ({"follow_up"}, {"repeat", "paraphrase", "typo", "follow_up"}), group


def test_there_are_enough_follow_ups_to_show_their_aim(cases: list[Case]) -> None:
    assert sum(case.get("variant") == "follow_up" for case in cases) >= 52
