"""Suite 0: the checks themselves, on answers planted good and bad; nothing is asked."""

from collections.abc import Callable
from dataclasses import replace

from chat.answer import Answer, Citation, Source, Statement
from evals.checks import problem_of_answer
from evals.generate.material import dice
from evals.trial import Round, Score, Store, Subject, Trial
from ingest.document import Document, Passage
from ingest.sentences import sentence_spans

CAVEAT = "This is not medical advice."
PLACES = 8  # sentences of the corpus that each kind of answer is planted on
Plant = Callable[[Answer], Answer]


def rounds(subject: Subject) -> list[Round]:
    """Each kind of answer on several sentences of the user's own text."""
    trials = [
        _trial(kind, place, subject, plant, good=good)
        for good, table in ((True, GOOD), (False, BAD))
        for kind, plant in table.items()
        for place in range(PLACES)
    ]
    return [Round(tuple(trials))]


def _trial(kind: str, place: int, subject: Subject, plant: Plant, *, good: bool) -> Trial:
    measure = "accepted" if good else "caught"

    def score(answer: Answer, store: Store) -> Score:
        problem = problem_of_answer(answer, store)
        reason = f"false alarm: {problem}" if good else f"{kind} was not caught"
        return Score({measure: (not problem) == good}, "" if (not problem) == good else reason)

    def made(store: Store) -> Answer:
        return plant(_quoted(store, dice(subject, f"scorer/{place}").random()))

    name = f"{'good' if good else 'bad'}-{kind.replace(' ', '-')}-{place}"
    return Trial(name, f"(planted: {kind})", (measure,), score, why=kind, group=name, made=made)


def _quoted(store: Store, share: float) -> Answer:
    """A good answer: one sentence of the corpus, quoted and cited."""
    found = [
        (document, passage, span)
        for document in store.documents()
        for passage in store.document_passages(document.id)
        for span in sentence_spans(document.text, passage.start, passage.end)
        if 8 <= len(document.text[span[0] : span[1]].split()) <= 40
        and "“" not in document.text[span[0] : span[1]]
    ]
    document, passage, (start, end) = found[int(share * len(found))]
    return _answer(document, passage, start, end)


def _answer(document: Document, passage: Passage, start: int, end: int) -> Answer:
    words = document.text[start:end]
    citation = Citation(1, passage.id, start, end, words)
    statement = Statement(f"A source says: “{words}”", "quote", (citation,))
    source = Source(1, document.path, document.title)
    return Answer("?", "answered", CAVEAT, statements=(statement,), sources=(source,))


def _with(answer: Answer, **changes: object) -> Answer:
    first = replace(answer.statements[0], **changes)  # type: ignore[arg-type]
    return replace(answer, statements=(first,))


def _cited(answer: Answer, **changes: object) -> Answer:
    citation = replace(answer.statements[0].citations[0], **changes)  # type: ignore[arg-type]
    return _with(answer, citations=(citation,))


def _words(answer: Answer) -> str:
    return answer.statements[0].citations[0].quote


def _negated(answer: Answer) -> Answer:
    words = _words(answer).split()
    return _with(answer, text=" ".join([*words[:3], "not", *words[3:]]), kind="paraphrase")


def _invented(answer: Answer) -> Answer:
    words = _words(answer)
    text = f"A source says: “{words[:-1]}, as everybody knows.”"
    return _with(_cited(answer, quote=text[16:-1]), text=text)


GOOD: dict[str, Plant] = {
    "quote": lambda answer: answer,
    "paraphrase": lambda answer: _with(answer, text=_words(answer), kind="paraphrase"),
    "refusal": lambda answer: replace(answer, status="not_found", statements=()),
}
BAD: dict[str, Plant] = {
    "wrong number": lambda answer: _with(
        answer, text=f"{_words(answer)} That is 98765 in all.", kind="paraphrase"
    ),
    "wrong number in the frame": lambda answer: _with(
        answer, text=f"{answer.statements[0].text} This means 98765."
    ),
    "swapped source": lambda answer: replace(
        answer, sources=(replace(answer.sources[0], document="another.md"),)
    ),
    "unlisted source": lambda answer: _cited(answer, source=9),
    "unknown passage": lambda answer: _cited(answer, passage="none"),
    "uncited claim": lambda answer: _with(answer, citations=()),
    "copied page": lambda answer: _with(answer, text=f"“{' '.join([_words(answer)] * 20)}”"),
    "empty": lambda answer: replace(answer, statements=()),
    "caveat only": lambda answer: _with(answer, text=CAVEAT, kind="paraphrase"),
    "invented quote": _invented,
    "shifted quote": lambda answer: _cited(
        answer, start=answer.statements[0].citations[0].start + 1
    ),
    "inverted negation": _negated,
    "foreign words": lambda answer: _with(
        answer, text="Purple elephants orbit distant galaxies quietly.", kind="paraphrase"
    ),
}
