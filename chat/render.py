"""An Answer as text, for the terminal, copying and export: what the Answer holds, no more."""

import re

from chat.answer import Answer, Citation, Conflict, Source
from chat.wording import wording

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~&])")
BLOCK = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)", re.MULTILINE)


def plain_text(answer: Answer, language: str = "en") -> str:
    """Notices first, then the statements with numbered citations, the sources, the caveat."""
    notices = [f"! {notice.text}" for notice in answer.notices]
    statements = [_line(f"{s.text} {_marks(s.citations)}") for s in answer.statements]
    conflicts = [_line(_conflict_line(conflict, language)) for conflict in answer.conflicts]
    sources = [_line(_source_line(source, language)) for source in _cited(answer)]
    blocks = [notices, statements, conflicts, sources]
    return "\n\n".join(["\n".join(block) for block in blocks if block] + [answer.caveat])


def _line(text: str) -> str:
    """One line: only a notice of ours can begin with its mark, and only our caveat comes last."""
    return " ".join(text.split())


def markdown(answer: Answer, language: str = "en") -> str:
    """One question and its answer as Markdown; no word of it can become a link, image or HTML."""
    lines = [f"## {_escaped(answer.question)}"]
    lines += [f"> **{_escaped(notice.text)}**" for notice in answer.notices]
    lines += [f"{_escaped(s.text)} {_escaped(_marks(s.citations))}" for s in answer.statements]
    lines += [_escaped(_conflict_line(conflict, language)) for conflict in answer.conflicts]
    lines += [_escaped(_source_line(source, language)) for source in _cited(answer)]
    return "\n\n".join([*lines, f"*{_escaped(answer.caveat)}*"]) + "\n"


def _escaped(text: str) -> str:
    """One paragraph in which nothing is Markdown, and no address becomes a link."""
    line = BLOCK.sub(r"\1\\\2", SPECIAL.sub(r"\\\1", _line(text)))
    return line.replace("://", "&#58;//").replace("www.", "www&#46;").replace("@", "&#64;")


def _cited(answer: Answer) -> list[Source]:
    cited = {c.source for s in answer.statements for c in s.citations}
    return [source for source in answer.sources if source.number in cited]


def _marks(citations: tuple[Citation, ...]) -> str:
    return "".join(f"[{number}]" for number in dict.fromkeys(c.source for c in citations))


def _conflict_line(conflict: Conflict, language: str) -> str:
    one, other = (f"[{number}]" for number in conflict.between)
    return wording(language, "page/text_conflict", one=one, other=other, about=conflict.about)


def _source_line(source: Source, language: str) -> str:
    known = [
        source.publisher or wording(language, "page/publisher_unknown"),
        wording(language, f"page/kind_{source.kind}"),
        source.published or wording(language, "page/date_unknown"),
    ]
    if source.promotional:
        known.append(wording(language, "page/promotional").lower())
    if source.url:
        known.append(source.url)
    return f"[{source.number}] {source.title} ({', '.join(known)})"
