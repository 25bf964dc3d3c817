"""An Answer as HTML: all text of documents, models and visitors goes through `escape`."""

from collections.abc import Iterable
from html import escape

from chat.answer import Answer, Citation, Conflict, Evidence, Notice, Source, Statement
from chat.context import Context
from chat.page.options import Options
from chat.page.texts import Texts
from chat.wording import said

Contexts = dict[tuple[str, int, int], Context | None]


def turn_html(
    answer: Answer, contexts: Contexts, texts: Texts, options: Options, *, whole: bool
) -> str:
    """What follows a question: notices, statements, caveat, sources, evidence, what to do next.

    contexts: for each citation the passage it stands in. whole: False while it is still growing.
    """
    parts = [
        *(_notice(each, texts) for each in answer.notices if each.kind != "undated"),
        *(_statement(each, answer, texts) for each in answer.statements),
        *(_conflict(about, answer, texts) for about in _disputed(answer)),
        *(_notice(each, texts) for each in answer.notices if each.kind == "undated"),
        f'<p class="caveat">{escape(answer.caveat)}</p>',
    ]
    if whole:
        parts += [_tools(texts, options), _follow_ups(answer, texts)]
    if answer.statements:
        parts.append(_sources(answer, contexts, texts))
    if whole and answer.evidence:
        parts.append(_evidence(answer, texts))
    return "".join(parts)


def problem_html(problem: str, texts: Texts) -> str:
    """A problem in one line."""
    return f'<p class="notice notice-error">{texts("problem", problem=problem)}</p>'


def about_html(
    publisher: str | None, kind: str, published: str | None, texts: Texts, tag: str = "p"
) -> str:
    """Who says it, what they are, when; "unknown" where nobody said."""
    who = escape(publisher) if publisher else texts("publisher_unknown")
    when = escape(published) if published else texts("date_unknown")
    kinds = f'<span class="kind kind-{escape(kind)}">{texts(f"kind_{kind}")}</span>'
    return f'<{tag} class="about">{kinds} {who} · {when}</{tag}>'


def tongue(language: str | None) -> str:
    """Attributes of an element with a document's words: their language, and where lines begin."""
    return ' dir="auto"' + (f' lang="{escape(language)}"' if language else "")


def promotional_html(reasons: Iterable[str], texts: Texts) -> str:
    """The mark of a text that reads like advertising; the reasons on demand."""
    items = "".join(f"<li>{escape(_reason(each, texts.language))}</li>" for each in reasons)
    why = f"<ul>{items}</ul>" if items else f"<p>{texts('promotional_why')}</p>"
    return f'<details class="sign"><summary>{texts("promotional")}</summary>{why}</details>'


def _reason(reason: str, language: str) -> str:
    """A sign of advertising with the words it was found in: `sign: “words”`."""
    sign, colon, words = reason.partition(":")
    return said(language, sign) + colon + words


def _notice(notice: Notice, texts: Texts) -> str:
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in notice.text.split("\n\n"))
    lead = ""
    if notice.kind in ("emergency", "crisis", "soon", "stop_medication"):
        lead = f'<p class="lead">{texts(f"notice_{notice.kind}")}</p>'
    return f'<div class="notice notice-{notice.kind}">{lead}{paragraphs}</div>'


def _statement(statement: Statement, answer: Answer, texts: Texts) -> str:
    marks = "".join(_mark(each, answer, texts) for each in statement.citations)
    text = escape(statement.text)
    for citation in statement.citations:  # so that a quote is read out in its own language
        language = answer.sources[citation.source - 1].language
        quote = f"“{escape(citation.quote)}”"
        text = text.replace(quote, f"<span{tongue(language)}>{quote}</span>", 1)
    return f'<p class="statement">{text} {marks}</p>'


def _mark(citation: Citation, answer: Answer, texts: Texts) -> str:
    """A numbered button; hover or focus shows the words, a click opens the document at them."""
    source = answer.sources[citation.source - 1]
    about = about_html(source.publisher, source.kind, source.published, texts, tag="span")
    place = _place(citation, texts)
    where = f'<span class="place">{place}</span>' if place else ""
    label = texts("cite", number=citation.source, title=source.title)
    return (
        f'<span class="cite"><button type="button" data-do="open" {_target(citation)}'
        f' aria-label="{label}">{citation.source}</button>'
        f'<span class="tip" role="tooltip"><q{tongue(source.language)}>{escape(citation.quote)}</q>'
        f'<span class="who">{escape(source.title)}{about}</span>'
        f"{where}</span></span>"
    )


def _target(citation: Citation) -> str:
    return (
        f'data-passage="{escape(citation.passage)}"'
        f' data-start="{citation.start}" data-end="{citation.end}"'
    )


def _place(citation: Citation, texts: Texts) -> str:
    page = citation.page and texts.plain("page_number", number=citation.page)
    return escape(", ".join(each for each in (citation.section, page) if each))


def _disputed(answer: Answer) -> list[str]:
    return list(dict.fromkeys(conflict.about for conflict in answer.conflicts))


def _conflict(about: str, answer: Answer, texts: Texts) -> str:
    """Both sides of what is disputed next to each other; neither is declared right."""
    numbers = _sides([each for each in answer.conflicts if each.about == about])
    sides = "".join(
        f"<div>{''.join(_side(number, answer, texts) for number in side)}</div>" for side in numbers
    )
    return (
        f'<section class="conflict"><h3>{texts("conflict")}</h3>'
        f"<p>{texts('conflict_about', about=about)}</p>"
        f'<div class="sides">{sides}</div></section>'
    )


def _sides(conflicts: Iterable[Conflict]) -> tuple[list[int], list[int]]:
    """The sources of one dispute: each stands across from those that it disagrees with."""
    side: dict[int, int] = {}
    for conflict in conflicts:
        one, other = conflict.between
        side.setdefault(one, 1 - side[other] if other in side else 0)
        side.setdefault(other, 1 - side[one])
    left, right = ([each for each, place in side.items() if place == at] for at in (0, 1))
    return left, right


def _side(number: int, answer: Answer, texts: Texts) -> str:
    source = answer.sources[number - 1]
    quotes = "".join(
        f"<blockquote{tongue(source.language)}>{escape(citation.quote)}</blockquote>"
        for citation in _unique(_citations_of(number, answer))
    )
    about = about_html(source.publisher, source.kind, source.published, texts)
    return f'<p class="who">{escape(source.title)}</p>{about}{quotes}'


def _sources(answer: Answer, contexts: Contexts, texts: Texts) -> str:
    cited = [each for each in answer.sources if _citations_of(each.number, answer)]
    cards = "".join(_card(source, answer, contexts, texts) for source in cited)
    return f'<h3>{texts("sources")}</h3><div class="cards">{cards}</div>'


def _card(source: Source, answer: Answer, contexts: Contexts, texts: Texts) -> str:
    own = _unique(_citations_of(source.number, answer))
    passages = dict.fromkeys(each.passage for each in own)
    quotes = "".join(
        _passage([each for each in own if each.passage == one], source, contexts, texts)
        for one in passages
    )
    signs = promotional_html(source.reasons, texts) if source.promotional else ""
    if source.published is None:
        why = f"<p>{texts('undated_why')}</p>"
        signs += f'<details class="sign"><summary>{texts("undated")}</summary>{why}</details>'
    return (
        f'<section class="card"><h4><span class="number">{source.number}</span>'
        f" {escape(source.title)}</h4>"
        f"{about_html(source.publisher, source.kind, source.published, texts)}{signs}{quotes}"
        f'<button type="button" class="plain" data-do="open" {_target(own[0])}>'
        f'{texts("open")}<span class="hidden"> {escape(source.title)}</span></button></section>'
    )


def _passage(own: list[Citation], source: Source, contexts: Contexts, texts: Texts) -> str:
    """A passage once, with all words of it that are cited marked."""
    found = [contexts.get((each.passage, each.start, each.end)) for each in own]
    known = [each for each in found if each is not None]
    if not known:
        return f'<p class="quiet">{texts("gone")}</p>'
    text, at, parts = known[0].before + known[0].quote + known[0].after, 0, []
    for start, end in sorted((len(each.before), len(each.before + each.quote)) for each in known):
        if end > at:
            begin = max(start, at)
            parts.append(f"{escape(text[at:begin])}<mark>{escape(text[begin:end])}</mark>")
            at = end
    places = dict.fromkeys(_place(each, texts) for each in own)
    return (
        f"<blockquote{tongue(source.language)}>{''.join(parts)}{escape(text[at:])}</blockquote>"
        f'<p class="place">{" · ".join(filter(None, places))}</p>'
    )


def _citations_of(number: int, answer: Answer) -> list[Citation]:
    every = (each for statement in answer.statements for each in statement.citations)
    return [citation for citation in every if citation.source == number]


def _unique(citations: Iterable[Citation]) -> list[Citation]:
    return list({(each.passage, each.start, each.end): each for each in citations}.values())


def _tools(texts: Texts, options: Options) -> str:
    names = ["copy", *(["link"] if options.share_links else [])]
    buttons = [_tool(name, texts("tool_" + name)) for name in names]
    buttons += [_tool(name, texts("tool_" + name), "latest") for name in ("again", "edit")]
    if options.feedback:
        buttons += [_tool(name, texts("tool_" + name)) for name in ("up", "down")]
    return f'<div class="tools">{"".join(buttons)}</div>'


def _tool(name: str, text: str, extra: str = "") -> str:
    return f'<button type="button" class="plain {extra}" data-do="{name}">{text}</button>'


def _follow_ups(answer: Answer, texts: Texts) -> str:
    if not answer.follow_ups:
        return ""
    buttons = "".join(
        f'<button type="button" class="question" data-do="ask">{escape(each)}</button>'
        for each in answer.follow_ups
    )
    return f'<div class="follow-ups"><h3>{texts("follow_ups")}</h3>{buttons}</div>'


def _evidence(answer: Answer, texts: Texts) -> str:
    rows = "".join(_evidence_row(each, answer, texts) for each in answer.evidence)
    return (
        f'<details class="evidence"><summary>{texts("evidence")}</summary>'
        f"<p>{texts('evidence_what')}</p><ul>{rows}</ul></details>"
    )


def _evidence_row(evidence: Evidence, answer: Answer, texts: Texts) -> str:
    title = escape(answer.sources[evidence.source - 1].title)
    place = f' <span class="place">{escape(evidence.section)}</span>' if evidence.section else ""
    scores = ", ".join(f"{name} {value:.3g}" for name, value in evidence.scores.items())
    signs = promotional_html(evidence.advertises, texts) if evidence.advertises else ""
    return (
        f'<li><strong class="use">{texts(f"use_{evidence.use}")}</strong>'
        f' <button type="button" class="plain" data-do="open"'
        f' data-passage="{escape(evidence.passage)}">{title}</button>{place}'
        f' {escape(evidence.reason)} <span class="quiet">{escape(scores)}</span>{signs}</li>'
    )
