"""Retrieval: fused ranking, near-duplicates, and the runner on folders in BEIR's format."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from chat.retrieve import rank, retrieve
from evals import beir
from ingest.errors import UserError
from ingest.library import Library
from tests.fakes import WordEmbedder

Make = Callable[..., Library]

CRAMP = (
    "Magnesium tablets did not reduce night cramps in older adults who took part in the trial."
    " The number of cramps in a week was nearly the same in both groups."
)
DOCUMENTS = {
    "a": ("Cramps", CRAMP),
    "b": (
        "Iron",
        "Iron carries oxygen in red blood cells, and too little of it makes people tired.",
    ),
    "c": (
        "Sleep",
        "Adults who sleep eight hours a night remember new words better on the next day.",
    ),
}


def test_the_passage_with_the_words_of_the_question_comes_first(make: Make) -> None:
    release = make({"a.txt": CRAMP, "b.txt": DOCUMENTS["b"][1]}).current()
    question = "Do magnesium tablets reduce cramps?"
    found = retrieve(question, WordEmbedder().encode_queries([question])[0], release)
    assert found[0].document.path == "a.txt"
    assert [item.score for item in found] == sorted((i.score for i in found), reverse=True)


def test_a_near_duplicate_in_another_document_becomes_a_twin(make: Make) -> None:
    files = {"a.txt": CRAMP, "b.txt": f"{CRAMP} It ended early.", "c.txt": DOCUMENTS["c"][1]}
    release = make(files).current()
    found = retrieve("night cramps", WordEmbedder().encode_queries(["night cramps"])[0], release)
    paths = [{item.document.path, *(other.path for _, other in item.twins)} for item in found]
    assert {"a.txt", "b.txt"} in paths
    assert len(found) == len(paths) == 2


def test_an_edition_with_another_figure_is_no_twin(make: Make) -> None:
    text = "Call your midwife within {} hours of touching the blisters of somebody with shingles."
    release = make({"old.txt": text.format(24), "new.txt": text.format(48)}).current()
    vector = WordEmbedder().encode_queries(["midwife"])[0]
    assert [item.twins for item in retrieve("midwife", vector, release)] == [(), ()]


def test_a_question_without_content_words_is_ranked_by_similarity_alone(make: Make) -> None:
    release = make({"a.txt": CRAMP, "b.txt": DOCUMENTS["b"][1]}).current()
    scored = rank("what is it?", WordEmbedder().encode_queries(["iron oxygen"])[0], release)
    assert all(scores["lexical"] == 0 for _, scores in scored)
    best = release.passages([scored[0][0]])[0]
    assert "Iron" in best.text


def test_words_count_by_rarity_and_a_passage_with_all_of_them_has_the_whole_share(
    make: Make,
) -> None:
    files = {f"{name}.txt": text for name, (_, text) in DOCUMENTS.items()}
    release = make(files).current()
    shares = {
        passage.document: share
        for key, _, share in release.lexical(["adults", "cramps", "groups", "volcano"], 10)
        for passage in release.passages([key])
    }
    by_path = {release.document(key).path: share for key, share in shares.items()}
    assert by_path["a.txt"] == pytest.approx(1.0, abs=1e-4)
    assert 0 <= by_path["c.txt"] < 0.5
    assert "b.txt" not in by_path


def test_what_the_best_documents_say_lifts_others_that_say_the_same(make: Make) -> None:
    files = {
        "a.txt": "Night cramps: quinine tablets were once given.",
        "b.txt": "Quinine tablets were once given and can harm the heart.",
        "c.txt": "A ferry crosses the strait each morning in summer.",
    }
    release = make(files).current()
    scored = rank("night cramps", WordEmbedder().encode_queries(["night cramps"])[0], release)
    paths = [
        release.document(owner).path for owner in release.placed([key for key, _ in scored])[0]
    ]
    assert paths[:2] == ["a.txt", "b.txt"]
    by_path = dict(zip(paths, (scores for _, scores in scored), strict=True))
    assert by_path["b.txt"]["fused"] > by_path["c.txt"]["fused"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three documents, one question with judgements, one without."""
    place = tmp_path / "tiny"
    (place / "qrels").mkdir(parents=True)
    rows = [{"_id": key, "title": title, "text": text} for key, (title, text) in DOCUMENTS.items()]
    # A line separator inside a text is no end of line in JSON lines.
    rows.append({"_id": "d", "title": "", "text": "Water\u2028boils."})
    questions = [{"_id": "q1", "text": "night cramps"}, {"_id": "q2", "text": "iron"}]
    _write(place / "corpus.jsonl", rows)
    _write(place / "queries.jsonl", questions)
    (place / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tb\t0\n")
    return place


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(text, encoding="utf-8")


def test_only_questions_with_judgements_are_asked_and_the_run_is_in_trec_form(
    folder: Path, tmp_path: Path
) -> None:
    given = beir.read_folder(folder, "dev")
    embedder = WordEmbedder()
    release = beir.library_of(folder, given, embedder).current()
    ranked = beir.ask(given, release, embedder)
    beir.write_run(tmp_path / "run", ranked)
    first = (tmp_path / "run").read_text().splitlines()[0].split()
    assert first == ["q1", "Q0", "a", "1", "1.000000", "caveat"]
    found = beir.report(given, ranked)
    assert (found["questions"], found["ndcg_at_10"], found["recall_at_100"]) == (1, 1.0, 1.0)


def test_a_second_run_embeds_nothing_new(folder: Path) -> None:
    given = beir.read_folder(folder, "dev")
    embedder = WordEmbedder()
    beir.library_of(folder, given, embedder)
    count = len(embedder.embedded)
    beir.library_of(folder, given, embedder)
    assert len(embedder.embedded) == count


def test_a_split_that_is_missing_is_said_plainly(folder: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read .*test\.tsv"):
        beir.read_folder(folder, "test")
