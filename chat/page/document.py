"""A document beside the chat, with the cited words marked; and the list of all documents."""

from collections.abc import Iterator
from html import escape

from chat.page.html import about_html, promotional_html, tongue
from chat.page.texts import Texts
from chat.topics import topics
from ingest.document import Document
from ingest.library import Release

AROUND = 60_000  # characters shown before and after the marked words
LISTED = 500
Span = tuple[int, int]


def document_html(release: Release, passage: str, span: Span, texts: Texts) -> str:
    """The document of a passage with `span` marked, or all of the passage; "" if it is gone."""
    try:
        found = release.passages([passage])[0]
        document = release.document(found.document)
    except KeyError:
        return ""
    if not 0 <= span[0] < span[1] <= len(document.text):
        span = (found.start, found.end)
    return (
        f"<h2>{escape(document.title)}</h2>{_about(document, texts)}"
        f'<p class="place">{_place(document, span, texts)}</p>'
        f'<div class="text"{tongue(document.about.language)}>{_text(document, span, texts)}</div>'
    )


def covers_html(release: Release, texts: Texts) -> str:
    """What the library answers from: release, date, topics, every document with what is known."""
    documents = release.documents()
    rows = "".join(
        f"<li><strong>{escape(each.title)}</strong>{_about(each, texts)}</li>"
        for each in documents[:LISTED]
    )
    more = len(documents) - LISTED
    rest = f"<p>{texts('covers_more', count=more)}</p>" if more > 0 else ""
    subjects = "".join(f"<li>{escape(topic)}</li>" for topic in topics(release, texts.language))
    facts = texts(
        "covers_facts",
        release=release.number,
        date=release.created[:10],
        documents=len(documents),
        passages=release.passage_count,
    )
    return (
        f"<p>{facts}</p>"
        f"<h3>{texts('covers_topics')}</h3><ul>{subjects}</ul>"
        f"<h3>{texts('covers_documents')}</h3><ul class='documents'>{rows}</ul>{rest}"
    )


def _about(document: Document, texts: Texts) -> str:
    about = document.about
    lines = [about_html(about.publisher, about.kind, about.published, texts)]
    if about.interest:
        lines.append(f'<p class="about">{texts("interest", interest=about.interest)}</p>')
    if about.url:
        lines.append(f'<p class="about">{escape(about.url)}</p>')
    if document.promotional:
        lines.append(promotional_html(document.reasons, texts))
    return "".join(lines)


def _place(document: Document, span: Span, texts: Texts) -> str:
    page = document.page_at(span[0])
    places = [" › ".join(document.headings_at(span[0]))]
    places += [texts.plain("page_number", number=page)] if page is not None else []
    return escape(", ".join(place for place in places if place))


def _text(document: Document, span: Span, texts: Texts) -> str:
    """Paragraphs and headings around the span, and the span between mark tags."""
    start, end = max(0, span[0] - AROUND), min(len(document.text), span[1] + AROUND)
    cut = f'<p class="quiet">{texts("shortened")}</p>'
    headings = {each.start for each in document.sections if each.headings}
    parts = [_block(document, each, span, headings) for each in _blocks(document.text, start, end)]
    return "".join([cut if start else "", *parts, cut if end < len(document.text) else ""])


def _blocks(text: str, start: int, end: int) -> Iterator[Span]:
    """The paragraphs of `text[start:end]`."""
    while start < end:
        stop = text.find("\n\n", start, end)
        stop = end if stop < 0 else stop
        if text[start:stop].strip():
            yield start, stop
        start = stop + 2


def _block(document: Document, block: Span, span: Span, headings: set[int]) -> str:
    html = _marked(document.text, block, span)
    heading = ' class="heading"' if block[0] in headings else ""
    return f'<p{heading} dir="auto">{html}</p>'


def _marked(text: str, block: Span, span: Span) -> str:
    start, end = max(block[0], span[0]), min(block[1], span[1])
    if start >= end:
        return escape(text[block[0] : block[1]])
    before, after = escape(text[block[0] : start]), escape(text[end : block[1]])
    return f"{before}<mark>{escape(text[start:end])}</mark>{after}"
