"""An Answer as HTML. All text of documents, models and visitors goes through `escape`, all of it."""

from collections.abc import Iterable
from html import escape

from chat.answer import Answer, Citation, Evidence, Notice, Source, Statement
from chat.context import Context
from chat.page.texts import Texts

Contexts = dict[tuple[str, int, int], Context | None]


def turn_html(answer: Answer, contexts: Contexts, texts: Texts, turn: int, *, whole: bool) -> str:
    """One question with its answer: notices, statements, caveat, sources, evidence.

    contexts: for each citation the passage it stands in. whole: False while it is still growing.
    """
    parts = [
        f'<h2 class="question"><span class="quiet">{texts("you_asked")}</span>'
        f" {escape(answer.question)}</h2>",
        *map(_notice, answer.notices),
        *(_statement(each, answer, texts, turn) for each in answer.statements),
        f'<p class="caveat">{escape(answer.caveat)}</p>',
        _sources(answer, contexts, texts, turn) if answer.statements else "",
        _evidence(answer, texts) if whole and answer.evidence else "",
    ]
    return f'<article class="turn" aria-busy="{str(not whole).lower()}">{"".join(parts)}</article>'


def waiting_html(question: str, caveat: str, texts: Texts) -> str:
    """What stands there until the first statement is verified."""
    return (
        f'<article class="turn" aria-busy="true"><h2 class="question"><span class="quiet">'
        f"{texts('you_asked')}</span> {escape(question)}</h2>"
        f'<p class="quiet">{texts("working")}</p><p class="caveat">{escape(caveat)}</p></article>'
    )


def problem_html(problem: str, texts: Texts) -> str:
    """A problem in one line."""
    return f'<p class="notice notice-error" role="alert">{texts("problem", problem=problem)}</p>'


def list_html(items: Iterable[str]) -> str:
    """A plain list."""
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"


def _notice(notice: Notice) -> str:
    role = ' role="alert"' if notice.kind in ("emergency", "crisis") else ""
    return f'<p class="notice notice-{notice.kind}"{role}>{escape(notice.text)}</p>'


def _statement(statement: Statement, answer: Answer, texts: Texts, turn: int) -> str:
    marks = "".join(_mark(each, answer, texts, turn) for each in statement.citations)
    return f'<p class="statement">{escape(statement.text)} {marks}</p>'


def _mark(citation: Citation, answer: Answer, texts: Texts, turn: int) -> str:
    """A numbered link to the source's card; hovering or focusing it shows the words."""
    source = answer.sources[citation.source - 1]
    target = f"source-{turn}-{citation.source}"
    label = texts("cite", number=str(citation.source))
    tip = f"“{escape(citation.quote)}” {escape(_who(source, texts))}"
    return (
        f'<span class="cite"><a href="#{target}" aria-label="{label}">{citation.source}</a>'
        f'<span class="tip" role="tooltip">{tip}</span></span>'
    )


def _who(source: Source, texts: Texts) -> str:
    publisher = source.publisher or texts.plain("publisher_unknown")
    return f"— {publisher}, {source.published or texts.plain('date_unknown')}"


def _sources(answer: Answer, contexts: Contexts, texts: Texts, turn: int) -> str:
    cited = {each.source for statement in answer.statements for each in statement.citations}
    cards = [
        _card(source, answer, contexts, texts, turn)
        for source in answer.sources
        if source.number in cited
    ]
    return f'<h3>{texts("sources")}</h3><div class="cards">{"".join(cards)}</div>'


def _card(source: Source, answer: Answer, contexts: Contexts, texts: Texts, turn: int) -> str:
    own = [
        citation
        for statement in answer.statements
        for citation in statement.citations
        if citation.source == source.number
    ]
    quotes = "".join(_quote(citation, contexts, texts) for citation in _unique(own))
    return (
        f'<section class="card" id="source-{turn}-{source.number}" tabindex="-1">'
        f'<h4><span class="number">{source.number}</span> {escape(source.title)}</h4>'
        f'<p class="about">{_about(source, texts)}</p>{_marks(source, texts)}{quotes}</section>'
    )


def _about(source: Source, texts: Texts) -> str:
    publisher = escape(source.publisher) if source.publisher else texts("publisher_unknown")
    date = escape(source.published) if source.published else texts("date_unknown")
    return f"{publisher} · {texts(f'kind_{source.kind}')} · {date}"


def _marks(source: Source, texts: Texts) -> str:
    marks = []
    if source.promotional:
        why = list_html(source.reasons) if source.reasons else ""
        marks.append(f"<details><summary>{texts('promotional')}</summary>{why}</details>")
    return "".join(marks)


def _quote(citation: Citation, contexts: Contexts, texts: Texts) -> str:
    context = contexts.get((citation.passage, citation.start, citation.end))
    if context is None:
        return f'<p class="quiet">{texts("gone")}</p>'
    places = [citation.section, citation.page and texts.plain("page_number", number=citation.page)]
    place = escape(", ".join(str(each) for each in places if each))
    return (
        f"<blockquote>{escape(context.before)}<mark>{escape(context.quote)}</mark>"
        f'{escape(context.after)}</blockquote><p class="place">{place}</p>'
    )


def _unique(citations: Iterable[Citation]) -> list[Citation]:
    return list({(each.passage, each.start, each.end): each for each in citations}.values())


def _evidence(answer: Answer, texts: Texts) -> str:
    rows = "".join(_evidence_row(each, answer, texts) for each in answer.evidence)
    return (
        f'<details class="evidence"><summary>{texts("evidence")}</summary><ul>{rows}</ul></details>'
    )


def _evidence_row(evidence: Evidence, answer: Answer, texts: Texts) -> str:
    title = answer.sources[evidence.source - 1].title
    scores = ", ".join(f"{name} {value:g}" for name, value in evidence.scores.items())
    return (
        f"<li><strong>{texts(f'use_{evidence.use}')}</strong>: {escape(title)} —"
        f' {escape(evidence.reason)} <span class="quiet">({escape(scores)})</span></li>'
    )
