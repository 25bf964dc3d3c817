"""Embedding and storing beside LangChain's quickstart: same documents, same weights, same run.

    python -m evals.bench [--beir FOLDER] [--documents 400]

Without a BEIR folder the documents are made from the bundled corpus and each question is one of
their sentences with half its words left out. Prints both throughputs, nDCG@10, and the ratios of
ingesting, of the first question and of a question. Suite 17 does it with a library's own text.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from chat.pipeline import LONGEST, chats
from chat.retrieve import retrieve
from chat.settings import Settings
from ingest.build import build
from ingest.embed import computes_bfloat16, model_path, open_embedder
from ingest.errors import UserError
from ingest.library import create_library
from ingest.read import read_file
from ingest.sentences import sentence_spans

CORPUS = Path(__file__).parent.parent / "corpus" / "magnesium"
CUTOFF = 10
QUESTIONS = 100
# What LangChain's retrieval quickstart sets.
CHUNK, OVERLAP = 1000, 200


@dataclass(frozen=True)
class Task:
    """Texts by id, questions by id, and for each question the ids that answer it, with grades."""

    texts: dict[str, str]
    questions: dict[str, str]
    judged: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Result:
    """seconds: of splitting, embedding and storing, models loaded. ndcg: mean nDCG@10.

    first: seconds from opening what was stored to the first question's end. each: of a question
    after that, median. The quickstart searches, Caveat answers.
    """

    name: str
    seconds: float
    ndcg: float
    first: float
    each: float


def main(argv: Sequence[str] | None = None) -> int:
    """Run the comparison; exit code 0 whatever comes out."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.bench", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--beir", type=Path, help="a folder in BEIR's format")
    parser.add_argument("--documents", type=int, default=400)
    given = parser.parse_args(argv)
    try:
        task = beir_task(given.beir, given.documents) if given.beir else own_task(given.documents)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        theirs = quickstart(task, Path(scratch) / "quickstart")
        ours = caveat(task, Path(scratch))
    for result in (theirs, ours):
        rate = len(task.texts) / result.seconds
        print(f"{result.name}: {rate:.1f} documents/s, nDCG@{CUTOFF} {result.ndcg:.3f}")
    bfloat16 = "has" if computes_bfloat16() else "lacks"
    for name, ratio in ratios(ours, theirs).items():
        print(f"{name.replace('_', ' ')}: {ratio:.2f}")
    print(f"ratio: {theirs.seconds / ours.seconds:.2f} (this processor {bfloat16} bfloat16)")
    return 0


def ratios(ours: Result, theirs: Result) -> dict[str, float]:
    """How many times as long as the quickstart's each thing takes here."""
    return {
        "ingest_beside_quickstart": ours.seconds / theirs.seconds,
        "first_answer_beside_first_search": ours.first / theirs.first,
        "answer_beside_search": ours.each / theirs.each,
    }


def own_task(documents: int) -> Task:
    """Documents of twelve shuffled sentences of the bundled corpus, and known-item questions."""
    rng = random.Random(0)  # noqa: S311 - a fixed draw, no secret
    sentences = [
        text[start:end]
        for path in sorted(CORPUS.glob("*.md"))
        for text in [_text_of(path)]
        for start, end in sentence_spans(text)
    ]
    texts = {f"d{n}": " ".join(rng.sample(sentences, 12)) for n in range(documents)}
    questions, judged = {}, {}
    drawn = rng.sample(sorted(texts.items()), min(QUESTIONS, documents))
    for number, (key, text) in enumerate(drawn):
        words = text.split()
        start = rng.randrange(max(1, len(words) - 30))
        questions[f"q{number}"] = " ".join(words[start : start + 30 : 2])
        judged[f"q{number}"] = {key: 1}
    return Task(texts, questions, judged)


def _text_of(path: Path) -> str:
    """The normalised text of a file that is one document."""
    read = read_file(path)
    if isinstance(read, list):
        raise UserError(f"{path} is a table of texts: give a file with one")
    return read.text


def beir_task(folder: Path, documents: int) -> Task:
    """The first documents of a BEIR folder that some question asks for, and those questions."""
    try:
        rows = [json.loads(line) for line in _lines(folder / "corpus.jsonl")]
        asked = map(json.loads, _lines(folder / "queries.jsonl"))
        questions = {row["_id"]: row["text"] for row in asked}
        judged = _judgements(folder)
    except OSError as error:
        raise UserError(f"{str(folder)!r} is no BEIR folder: {error}") from error
    wanted = {key for grades in judged.values() for key in grades}
    kept = [row for row in rows if row["_id"] in wanted][:documents]
    texts = {row["_id"]: f"{row['title']}\n\n{row['text']}" for row in kept}
    cut = {q: {k: g for k, g in grades.items() if k in texts} for q, grades in judged.items()}
    cut = dict(list({q: grades for q, grades in cut.items() if grades}.items())[:QUESTIONS])
    return Task(texts, {key: questions[key] for key in cut}, cut)


def quickstart(task: Task, folder: Path) -> Result:
    """LangChain's way: recursive splitter, HuggingFaceEmbeddings, Chroma, as in its quickstart."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embeddings = HuggingFaceEmbeddings(model_name=model_path())
    embeddings.embed_query("warm")
    documents = [Document(text, metadata={"id": key}) for key, text in task.texts.items()]
    start = time.perf_counter()
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
    Chroma.from_documents(
        splitter.split_documents(documents), embeddings, persist_directory=str(folder)
    )
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    store = Chroma(persist_directory=str(folder), embedding_function=embeddings)
    ranked: dict[str, list[str]] = {}

    def ask(key: str) -> None:
        found = store.similarity_search(task.questions[key], k=3 * CUTOFF)
        ranked[key] = [each.metadata["id"] for each in found]

    first, each = _timed(ask, list(task.questions), start)
    return Result("LangChain quickstart", seconds, _ndcg(task, ranked), first, each)


def caveat(task: Task, scratch: Path) -> Result:
    """Caveat's way: the same texts as files, ingested, published, asked through the chat.

    The ranking is retrieval's, as deep as the quickstart's.
    """
    files = scratch / "files"
    files.mkdir()
    for key, text in task.texts.items():
        (files / f"{key}.txt").write_text(text, encoding="utf-8")
    embedder = open_embedder().load()
    embedder.encode_passages(["warm"])
    library = create_library("bench", scratch)
    start = time.perf_counter()
    build(files, library, embedder)
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    with chats(Settings(), embedder)(library) as chat:
        first, each = _timed(lambda key: chat.ask(task.questions[key]), list(task.questions), start)
    release = library.current()
    ranked = {}
    for key, question in task.questions.items():
        vector = embedder.encode_queries([question])[0]
        found = retrieve(question[:LONGEST], vector, release, 3 * CUTOFF)
        paths = [d.path for each in found for d in (each.document, *(t for _, t in each.twins))]
        ranked[key] = [path.removesuffix(".txt") for path in paths]
    release.close()
    return Result("Caveat", seconds, _ndcg(task, ranked), first, each)


def _timed(ask: Callable[[str], object], keys: Sequence[str], start: float) -> tuple[float, float]:
    """Seconds from `start` to the end of the first question; the median of the others."""
    taken = []
    for key in keys:
        ask(key)
        now = time.perf_counter()
        taken.append(now - start)
        start = now
    return taken[0], median(taken[1:] or taken)


def _ndcg(task: Task, ranked: dict[str, list[str]]) -> float:
    """Mean nDCG@10 of documents, each counted at its first place."""
    scores = []
    for key, grades in task.judged.items():
        order = list(dict.fromkeys(ranked[key]))[:CUTOFF]
        gain = sum(grades.get(name, 0) / np.log2(place + 2) for place, name in enumerate(order))
        best = sorted(grades.values(), reverse=True)[:CUTOFF]
        ideal = sum(grade / np.log2(place + 2) for place, grade in enumerate(best))
        scores.append(gain / ideal)
    return float(np.mean(scores)) if scores else 0.0


def _judgements(folder: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for path in sorted((folder / "qrels").glob("*.tsv")):
        for line in list(_lines(path))[1:]:
            question, document, grade = line.split("\t")
            if int(grade) > 0:
                judged.setdefault(question, {})[document] = int(grade)
    return judged


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        yield from (line.strip() for line in file)


if __name__ == "__main__":
    sys.exit(main())
