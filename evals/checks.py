"""What can be said of an Answer without a model: are citations real, do quotes carry claims.

Written apart from `chat/verify.py`, so that the judge is not the judged.
"""

import re

from chat.answer import Answer, Citation, Statement
from chat.terms import terms
from evals.trial import Store

QUOTED = re.compile(r"“(.*)”", re.DOTALL)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NEGATION = re.compile(
    r"\b(?:no|not|never|none|cannot|without|neither|nor|un(?:likely|clear|able)|\w+n['’]t)\b",
    re.IGNORECASE,
)
COPIED = 80  # words; a quotation longer than this is a page rather than a sentence
SUPPORT = 0.5  # share of a paraphrase's terms that its quotes must hold
REFUSALS = ("not_found", "personal_advice", "emergency", "crisis", "error")


def body(answer: Answer) -> str:
    """The substance: statements and nothing else, so never the caveat or a notice."""
    return " ".join(statement.text for statement in answer.statements)


def quotes(answer: Answer) -> list[str]:
    """The words that the answer rests on."""
    return [citation.quote for statement in answer.statements for citation in statement.citations]


def cited_documents(answer: Answer) -> set[str]:
    """The paths of the documents that statements cite."""
    paths = {source.number: source.document for source in answer.sources}
    numbers = {c.source for statement in answer.statements for c in statement.citations}
    return {paths[number] for number in numbers if number in paths}


def holds(text: str, wording: str) -> bool:
    """Whether a wording stands in a text as whole words, whatever its case and spacing."""
    pattern = r"\s+".join(re.escape(part) for part in wording.split())
    return re.search(rf"(?<![\w.]){pattern}(?!\w|[.,]\d)", text, re.IGNORECASE) is not None


def problem_of_citation(citation: Citation, answer: Answer, store: Store) -> str:
    """Why a citation is not what it says, or ""."""
    try:
        passage = store.passages([citation.passage])[0]
        document = store.document(passage.document)
    except KeyError:
        return "cites a passage that is not in the library"
    sources = {source.number: source for source in answer.sources}
    if citation.source not in sources:
        return "cites a source that is not listed"
    if sources[citation.source].document != document.path:
        return "the cited passage belongs to another source"
    if not citation.quote or document.text[citation.start : citation.end] != citation.quote:
        return "the quote is not what stands in the source"
    if not passage.start <= citation.start < citation.end <= passage.end:
        return "the quote lies outside the cited passage"
    return ""


def problem_of_support(statement: Statement) -> str:
    """Why the quotes of a statement do not carry it, or ""."""
    if not statement.citations:
        return "a claim without a citation"
    cited = [citation.quote for citation in statement.citations]
    match = QUOTED.search(statement.text)
    if len((match[1] if match else statement.text).split()) > COPIED:
        return "copies a page rather than answering"
    if statement.kind == "quote":
        if match is None or match[1] not in cited:
            return "the words between quotation marks are not the cited ones"
        outside = statement.text[: match.start()] + statement.text[match.end() :]
        return _foreign_numbers(outside, " ".join(cited) + " " + outside_names(statement))
    return _unsupported_paraphrase(statement.text, " ".join(cited))


def outside_names(statement: Statement) -> str:
    """The words before the quotation, whose numbers may belong to a source's name."""
    return statement.text.partition("“")[0]


def _unsupported_paraphrase(text: str, cited: str) -> str:
    problem = _foreign_numbers(text, cited)
    if problem:
        return problem
    if len(NEGATION.findall(text)) % 2 != len(NEGATION.findall(cited)) % 2:
        return "says no where the source says yes, or the other way round"
    said, known = terms(text), set(terms(cited))
    if said and sum(term in known for term in said) / len(said) < SUPPORT:
        return "most of its words are not in the source"
    return ""


def _foreign_numbers(text: str, cited: str) -> str:
    foreign = set(NUMBER.findall(text)) - set(NUMBER.findall(cited))
    return f"the number {min(foreign)} is not in the source" if foreign else ""


def problem_of_answer(answer: Answer, store: Store) -> str:
    """The first thing wrong with an answer as a whole, or ""."""
    if answer.status in ("answered", "partial") and not answer.statements:
        return "says it answers, and says nothing"
    for statement in answer.statements:
        if answer.caveat in statement.text:
            return "the caveat stands where an answer should"
        problem = problem_of_support(statement)
        if problem:
            return problem
        for citation in statement.citations:
            problem = problem_of_citation(citation, answer, store)
            if problem:
                return problem
    return ""


def refused(answer: Answer) -> bool:
    """Whether nothing of substance came back."""
    return answer.status in REFUSALS and not answer.statements


def framed(statement: Statement, claim: str) -> bool:
    """Whether a claim is told as somebody's: inside quotation marks, after words on who says it."""
    match = QUOTED.search(statement.text)
    if match is None:
        return False
    outside = statement.text[: match.start()] + " " + statement.text[match.end() :]
    who = statement.text[: match.start()]
    return len(who.split()) >= 2 and not holds(outside, claim)
