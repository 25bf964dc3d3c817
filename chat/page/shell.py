"""The page around the conversation, from `static/page.html` and the interface's texts."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from chat.caveat import caveat, countries
from chat.page.options import Options
from chat.page.texts import Texts
from chat.pipeline import LONGEST, Chat
from chat.wording import languages
from ingest.library import Release

PAGE = Path(__file__).parent / "static" / "page.html"


def page_html(
    chat: Chat, release: Release, texts: Texts, options: Options, questions: Sequence[str]
) -> str:
    """The whole first view; the browser asks for nothing else but a style sheet and a script."""
    intro = texts(
        "intro",
        documents=release.document_count,
        library=chat.library.name,
        release=release.number,
        date=release.created[:10],
    )
    given = {
        "languages": _languages(texts),
        "countries": _countries(chat),
        "language": escape(texts.language),
        "intro": intro,
        "caveat": escape(caveat("neutral", chat.settings)),
        "examples": _examples(questions, texts),
        "for_browser": texts.for_browser(
            release=release.number,
            links=options.share_links,
            longest=LONGEST,
            country=chat.settings.country or "",
        ),
    }
    template = Template(PAGE.read_text(encoding="utf-8"))
    return template.substitute(_Filled(given, texts))


class _Filled(Mapping[str, str]):
    """$t_NAME is the text NAME of the interface, everything else is given."""

    def __init__(self, given: Mapping[str, str], texts: Texts) -> None:
        self.given = given
        self.texts = texts

    def __getitem__(self, name: str) -> str:
        if name.startswith("t_"):
            return self.texts(name.removeprefix("t_"))
        return self.given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)


def _countries(chat: Chat) -> str:
    """Choices of a country by code; the browser knows their names."""
    codes = map(escape, countries(chat.settings.language))
    return "".join(f'<option value="{code}">{code}</option>' for code in codes)


def _languages(texts: Texts) -> str:
    """A link to the page in each other language, named in that language."""
    others = [language for language in languages() if language != texts.language]
    return "".join(
        f'<a class="plain" href="/?lang={name}" hreflang="{name}" lang="{name}">'
        f"{Texts(name)('language')}</a>"
        for name in map(escape, others)
    )


def _examples(questions: Sequence[str], texts: Texts) -> str:
    if not questions:
        return ""
    buttons = "".join(
        f'<button type="button" class="question" data-do="ask">{escape(each)}</button>'
        for each in questions
    )
    return f'<section id="examples"><h2>{texts("examples")}</h2>{buttons}</section>'
