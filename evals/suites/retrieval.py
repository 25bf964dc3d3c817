"""Suite 1: does what was found hold what answers? Written questions, and ones made here."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from chat.answer import Answer
from chat.terms import content_words
from evals.cases import Case, load_cases
from evals.generate.material import dice
from evals.statistics import ndcg, random_hit, reciprocal_rank
from evals.suites.answers import case_trial
from evals.trial import Round, Score, Store, Subject, Trial
from ingest.document import Document, Passage
from ingest.sentences import sentence_spans

KS = (1, 3, 5, 10)
MADE = 120  # questions made from passages
WORD = re.compile(r"[^\W_](?:[\w'’.-]*\w)?")
MOST = 8  # words of a question
FEWEST = 7  # content words of a sentence that a question is made from


def rounds(subject: Subject) -> list[Round]:
    """Written questions with spans, then questions made from the corpus's sentences."""
    written = [case for case in load_cases(subject.name, "retrieval") if case.spans]
    trials = [case_trial(case, ("recall_at_5",), _span_score(case)) for case in written]
    return [Round((*trials, *_made(subject)))]


def _span_score(case: Case) -> Callable[[Answer, Store], Score]:
    return _score("recall_at_5", lambda store: _holders(store, case.spans, case.documents))


def _holders(store: Store, spans: Sequence[str], paths: Sequence[str] = ()) -> set[str]:
    """The passages that hold one of the spans, in these documents or in any."""
    wanted = [" ".join(span.split()) for span in spans]
    return {
        passage.id
        for document in store.documents()
        if not paths or document.path in paths
        if any(span in " ".join(document.text.split()) for span in wanted)
        for passage in store.document_passages(document.id)
        if any(span in " ".join(passage.text.split()) for span in wanted)
    }


def _score(
    measure: str, relevant_in: Callable[[Store], set[str]]
) -> Callable[[Answer, Store], Score]:
    def score(answer: Answer, store: Store) -> Score:
        ranked = [evidence.passage for evidence in answer.evidence]
        relevant = relevant_in(store)
        values = {f"recall_at_{k}": float(bool(set(ranked[:k]) & relevant)) for k in KS}
        values["mrr"] = reciprocal_rank(ranked, relevant)
        values["ndcg_at_10"] = ndcg(ranked, dict.fromkeys(relevant, 1.0), 10)
        values["random_recall_at_5"] = random_hit(len(relevant), store.passage_count, 5)
        found = bool(values["recall_at_5"])
        reason = "" if found else _why(answer, ranked, relevant)
        return Score({measure: found}, reason, values)

    return score


def _why(answer: Answer, ranked: Sequence[str], relevant: set[str]) -> str:
    if not relevant:
        return "no passage of the library holds the span"
    if not ranked:
        return f"nothing was searched (status {answer.status})"
    place = next((rank for rank, item in enumerate(ranked, 1) if item in relevant), None)
    return f"the passage stands at rank {place}" if place else "the passage was not found"


def _made(subject: Subject) -> list[Trial]:
    """The half of a sentence's content words that the corpus uses least, as somebody might type."""
    draw = dice(subject, "retrieval")
    documents = subject.release.documents()
    draw.shuffle(documents)
    documents = documents[: 2 * MADE]
    spoken = Counter(word for d in documents for word in {w.lower() for w in _words(d.text)})
    trials: list[Trial] = []
    asked: set[str] = set()
    for document in (documents * MADE)[: 4 * MADE]:
        sentence = draw.choice(_sentences(document, draw.choice(_passages(subject, document))))
        words = _words(sentence)
        if len(words) < FEWEST or sentence in asked or len(trials) >= MADE:
            continue
        asked.add(sentence)
        rare = sorted(words, key=lambda word: (spoken[word.lower()], word))[: len(words) // 2]
        kept = [word for word in words if word in rare[:MOST]]
        question = f"What is said about {' '.join(kept)}?"
        trials.append(_made_trial(len(trials), question, document.path, sentence))
    return trials


def _passages(subject: Subject, document: Document) -> list[Passage]:
    return subject.release.document_passages(document.id)


def _sentences(document: Document, passage: Passage) -> list[str]:
    spans = sentence_spans(document.text, passage.start, passage.end)
    return [document.text[start:end] for start, end in spans] or [""]


def _words(text: str) -> list[str]:
    """The content words as they stand there, each once."""
    return [word for word in dict.fromkeys(WORD.findall(text)) if content_words(word)]


def _made_trial(number: int, question: str, path: str, sentence: str) -> Trial:
    return Trial(
        f"made-{number:03}",
        question,
        ("made_recall_at_5",),
        _score("made_recall_at_5", lambda store: _holders(store, (sentence,))),
        why=f"half the content words of: {sentence}",
        group=path,
        expected=(sentence,),
    )
