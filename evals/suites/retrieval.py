"""Suite 1: does what was found hold what answers? Written questions, and ones made here."""

from collections.abc import Callable, Sequence

from chat.answer import Answer
from chat.terms import content_words
from evals.cases import Case, load_cases
from evals.generate.material import dice
from evals.statistics import ndcg, random_hit, reciprocal_rank
from evals.suites.answers import case_trial
from evals.trial import Round, Score, Store, Subject, Trial
from ingest.document import Passage
from ingest.sentences import sentence_spans

KS = (1, 3, 5, 10)
MADE = 80  # questions made from passages
FEWEST = 7  # content words of a sentence that a question is made from


def rounds(subject: Subject) -> list[Round]:
    """Written questions with spans, then questions made from the corpus's sentences."""
    written = [case for case in load_cases(subject.name, "retrieval") if case.spans]
    trials = [case_trial(case, ("recall_at_5",), _span_score(case)) for case in written]
    return [Round((*trials, *_made(subject)))]


def _span_score(case: Case) -> Callable[[Answer, Store], Score]:
    def relevant(store: Store) -> set[str]:
        spans = [" ".join(span.split()) for span in case.spans]
        return {
            passage.id
            for document in store.documents()
            if not case.documents or document.path in case.documents
            for passage in store.document_passages(document.id)
            if any(span in " ".join(passage.text.split()) for span in spans)
        }

    return _score("recall_at_5", relevant)


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
    """Half the content words of a sentence, in order, as what a person might type."""
    draw = dice(subject, "retrieval")
    documents = subject.release.documents()
    draw.shuffle(documents)
    trials: list[Trial] = []
    for document in (documents * MADE)[: 4 * MADE]:
        passages = subject.release.document_passages(document.id)
        passage = draw.choice(passages)
        spans = sentence_spans(document.text, passage.start, passage.end)
        words = content_words(document.text[slice(*draw.choice(spans))]) if spans else []
        if len(words) < FEWEST or len(trials) >= MADE:
            continue
        kept = sorted(draw.sample(range(len(words)), len(words) // 2))
        question = f"What is said about {' '.join(words[place] for place in kept)}?"
        trials.append(_made_trial(len(trials), question, document.path, passage))
    return trials


def _made_trial(number: int, question: str, path: str, passage: Passage) -> Trial:
    return Trial(
        f"made-{number:03}",
        question,
        ("made_recall_at_5",),
        _score("made_recall_at_5", lambda _: {passage.id}),
        why="half the content words of a sentence of the corpus",
        group=path,
        expected=(passage.text[:300],),
    )
