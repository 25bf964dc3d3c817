"""An Answer as text: for the terminal, copying and export. Renders what the Answer holds, no more."""

from chat.answer import Answer, Citation, Source


def plain_text(answer: Answer) -> str:
    """Notices first, then the statements with numbered citations, the sources, the caveat."""
    notices = [f"! {notice.text}" for notice in answer.notices]
    statements = [f"{s.text} {_marks(s.citations)}" for s in answer.statements]
    cited = {c.source for s in answer.statements for c in s.citations}
    sources = [_source_line(source) for source in answer.sources if source.number in cited]
    parts = ["\n".join(notices), "\n".join(statements), "\n".join(sources), answer.caveat]
    return "\n\n".join(part for part in parts if part)


def _marks(citations: tuple[Citation, ...]) -> str:
    return "".join(f"[{number}]" for number in dict.fromkeys(c.source for c in citations))


def _source_line(source: Source) -> str:
    known = [source.publisher or "publisher unknown", f"kind {source.kind}"]
    known.append(source.published or "date unknown")
    if source.promotional:
        known.append("promotional")
    return f"[{source.number}] {source.title} ({', '.join(known)})"
