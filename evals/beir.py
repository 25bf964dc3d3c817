"""Retrieval on a folder in BEIR's format, with exactly what the chat uses.

    python -m evals beir FOLDER --split S [--run FILE] [--json]

The corpus becomes library `beir-FOLDER`, which is kept: a second run embeds nothing new. A document
ranks where its best passage does. Every question of the split with judgements counts; nDCG takes
the grades as gains (trec_eval's, as in Thakur et al. 2021).
"""

import argparse
import csv
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chat.retrieve import rank, retrieve
from evals.scratch import write_files
from evals.statistics import ndcg, recall
from evals.trial import File
from ingest.build import build
from ingest.document import About
from ingest.embed import Embedder, open_embedder
from ingest.errors import UserError
from ingest.library import Library, Release, create_library


@dataclass(frozen=True)
class Folder:
    """A BEIR folder. grades: of each question with judgements, by document."""

    documents: dict[str, tuple[str, str]]
    questions: dict[str, str]
    grades: dict[str, dict[str, float]]


@dataclass(frozen=True)
class Ranked:
    """What one question found: (document, score), best first; seconds of the two steps."""

    documents: list[tuple[str, float]]
    embedding: float
    retrieving: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m evals beir`."""
    parser.add_argument("folder", type=Path, help="with corpus.jsonl, queries.jsonl, qrels/")
    parser.add_argument("--split", default="test", help="of qrels/SPLIT.tsv (test)")
    parser.add_argument("--run", type=Path, metavar="FILE", help="write the ranking for trec_eval")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Build or reuse the library, ask every question, print the figures."""
    given = read_folder(arguments.folder, arguments.split)
    embedder = open_embedder().load()
    release = library_of(arguments.folder, given, embedder).current()
    ranked = ask(given, release, embedder)
    release.close()
    if arguments.run:
        write_run(arguments.run, ranked)
    found = report(given, ranked)
    print(json.dumps(found, indent=2) if arguments.json else lines(found))
    return 0


def read_folder(folder: Path, split: str) -> Folder:
    """The documents, questions and judgements; UserError if the folder is not in BEIR's format."""
    try:
        corpus = _json_lines(folder / "corpus.jsonl")
        documents = {row["_id"]: (row.get("title", ""), row["text"]) for row in corpus}
        questions = {row["_id"]: row["text"] for row in _json_lines(folder / "queries.jsonl")}
        grades: dict[str, dict[str, float]] = defaultdict(dict)
        with (folder / "qrels" / f"{split}.tsv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                grades[row["query-id"]][row["corpus-id"]] = float(row["score"])
    except OSError as error:
        raise UserError(f"cannot read {error.filename}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{folder} is not in BEIR's format ({error!r})") from error
    if not grades or not grades.keys() <= questions.keys():
        raise UserError(f"split {split!r} of {folder} has no judgements or unknown questions")
    return Folder(documents, questions, dict(grades))


def library_of(folder: Path, given: Folder, embedder: Embedder) -> Library:
    """The library of the folder's corpus, built where it is missing or differs."""
    library = create_library(f"beir-{folder.resolve().name}")
    with tempfile.TemporaryDirectory(prefix="caveat-beir-") as place:
        files = [
            File(f"{number:07d}.txt", text or title, About(title=title or None))
            for number, (title, text) in enumerate(given.documents.values())
        ]
        write_files(Path(place), files)
        build(Path(place), library, embedder)
    return library


def ask(given: Folder, release: Release, embedder: Embedder) -> dict[str, Ranked]:
    """Each judged question's ranking, one question at a time as in a chat."""
    names = list(given.documents)
    same = defaultdict(list)  # the same text under two names is one document of a library
    for name, content in given.documents.items():
        same[content].append(name)
    ids = {
        document.id: same[given.documents[names[int(Path(document.path).stem)]]]
        for document in release.documents()
    }
    return {key: _ask(given.questions[key], release, embedder, ids) for key in given.grades}


def _ask(
    question: str, release: Release, embedder: Embedder, ids: Mapping[str, list[str]]
) -> Ranked:
    started = time.perf_counter()
    vector = embedder.encode_queries([question])[0]
    embedded = time.perf_counter()
    retrieve(question, vector, release)
    done = time.perf_counter()
    # The whole ranking that retrieve() takes its passages from; it lists near-duplicates apart.
    scored = rank(question, vector, release)
    best: dict[str, float] = {}
    passages = release.passages([key for key, _ in scored])
    for passage, (_, scores) in zip(passages, scored, strict=True):
        for name in ids[passage.document]:
            best.setdefault(name, scores["fused"])
    return Ranked(list(best.items()), embedded - started, done - embedded)


def write_run(path: Path, ranked: Mapping[str, Ranked]) -> None:
    """The ranking as a TREC run; scores fall with the rank, so that ties keep their order."""
    with path.open("w", encoding="utf-8") as file:
        for key, found in ranked.items():
            for place, (name, _) in enumerate(found.documents, start=1):
                file.write(f"{key} Q0 {name} {place} {1 / place:.6f} caveat\n")


def report(given: Folder, ranked: Mapping[str, Ranked]) -> dict[str, Any]:
    """Means over the questions, and the median times in milliseconds."""
    gains, recalls = [], []
    for key, grades in given.grades.items():
        names = [name for name, _ in ranked[key].documents]
        gains.append(ndcg(names, grades, 10))
        recalls.append(recall(names, {n for n, grade in grades.items() if grade > 0}, 100))
    return {
        "questions": len(gains),
        "documents": len(given.documents),
        "ndcg_at_10": round(statistics.fmean(gains), 4),
        "recall_at_100": round(statistics.fmean(recalls), 4),
        "embedding_p50_ms": _median([found.embedding for found in ranked.values()]),
        "retrieving_p50_ms": _median([found.retrieving for found in ranked.values()]),
        "query_p50_ms": _median([each.embedding + each.retrieving for each in ranked.values()]),
    }


def lines(found: Mapping[str, Any]) -> str:
    """The report for a person."""
    return "\n".join(f"{name:18} {value}" for name, value in found.items())


def _median(seconds: list[float]) -> float:
    return round(1000 * statistics.median(seconds), 1)


def _json_lines(path: Path) -> list[dict[str, str]]:
    return [
        json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()
    ]
