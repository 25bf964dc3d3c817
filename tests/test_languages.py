"""Every language folder of `prompts/` is whole, and no text of the interface stands in code."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from chat import conflicts, draft, judge
from chat.page import document, html, shell
from chat.page.texts import SPOKEN
from chat.wording import PROMPTS, languages, said, template, wording
from ingest.library import Library
from ingest.promotional import SIGNS
from tests.pages import FILES, ScriptedChat, served
from tests.test_page import ask

Make = Callable[..., Library]
STATIC = Path(html.__file__).parent / "static"
OTHERS = [language for language in languages() if language != "en"]
NO_WORDING = ("screen", "verify", "follow_up", "reading")  # lists of words, and learned numbers
TAG = re.compile(r"<[^>]*>")
LABEL = re.compile(r'(?:aria-label|title|placeholder|alt)="([^"${]+)"')


def files(language: str) -> set[str]:
    folder = PROMPTS / language
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def texts(language: str) -> set[str]:
    names = {name.removesuffix(".txt") for name in files(language) if name.endswith(".txt")}
    return {name for name in names if not name.startswith(NO_WORDING)}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_the_same_files_as_english(language: str) -> None:
    assert {
        name for name in files(language) ^ files("en") if name.split("/")[0] not in NO_WORDING
    } == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_has_the_same_names_in_every_language(language: str) -> None:
    for name in texts("en"):
        ours, english = template(language, name), template("en", name)
        assert sorted(ours.get_identifiers()) == sorted(english.get_identifiers()), name


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_the_same_in_other_words(language: str) -> None:
    same = {name for name in texts("en") if _raw(language, name) == _raw("en", name)}
    assert same <= {"page/heading", "page/size_normal", "notice/talk"}


def _raw(language: str, name: str) -> str:
    return template(language, name).template


@pytest.mark.parametrize("language", OTHERS)
def test_contacts_name_the_same_countries_and_numbers(language: str) -> None:
    ours, english = (
        tomllib.loads((PROMPTS / each / "contacts.toml").read_text(encoding="utf-8"))
        for each in (language, "en")
    )
    assert ours.keys() == english.keys()
    for country in english.keys() - {"written"}:
        assert ours[country].keys() == english[country].keys()
        for name, text in english[country].items():
            assert re.findall(r"\d+", ours[country][name]) == re.findall(r"\d+", text)


def phrases() -> Iterator[str]:
    """What code says in few words: signs of advertising, what is disputed, why not used."""
    yield from SIGNS
    returned = (n.value for n in ast.walk(tree_of(conflicts)) if isinstance(n, ast.Return))
    yield from _constants(returned, r"[a-z]+( [a-z]+)*")
    for module in (draft, judge):
        yield from _constants(ast.walk(tree_of(module)), r"[a-z]+( [a-z]+){2,}")


def _constants(nodes: Iterable[ast.AST | None], pattern: str) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(f"^(?:{pattern})$", node.value) and [node.value]


def tree_of(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


@pytest.mark.parametrize("phrase", sorted({*phrases()}))
@pytest.mark.parametrize("language", OTHERS)
def test_what_code_says_in_few_words_has_a_text(phrase: str, language: str) -> None:
    assert said(language, phrase) != phrase


def strings(module: ModuleType) -> Iterator[str]:
    """The string literals of a Python file but docstrings; {} stands for what is filled in."""
    tree = tree_of(module)
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values
            )
        elif isinstance(node, ast.Constant) and id(node) not in docs | inside:
            yield str(node.value)


@pytest.mark.parametrize("module", [html, document, shell])
def test_no_text_stands_in_the_code_that_makes_html(module: ModuleType) -> None:
    for text in strings(module):
        assert not LABEL.search(text), text
        if "<" in text:
            assert not re.search(r"[^\W\d_]{2,}", TAG.sub(" ", re.sub(r"&\w+;", "", text))), text


def test_no_text_stands_in_the_page_and_its_script() -> None:
    page = (STATIC / "page.html").read_text(encoding="utf-8")
    assert not re.search(r"[^\W\d_]{2,}", re.sub(r"\$\w+|<[^>]*>", " ", page))
    assert not LABEL.search(page)
    script = re.sub(r"//.*|/\*.*?\*/", "", (STATIC / "page.js").read_text(encoding="utf-8"))
    for literal in re.findall(r'"([^"\n]*)"|`([^`]*)`', script):
        text = re.sub(r"\$\{[^}]*\}|\[[^\]]*\]", "", "".join(literal))
        assert not re.search(r"^[A-Z][a-z]+ [a-z]+|[a-z]+ [a-z]+ [a-z]+", text), text


def test_the_script_knows_every_text_it_uses() -> None:
    script = (STATIC / "page.js").read_text(encoding="utf-8")
    used = set(re.findall(r"\btexts\.(\w+)", script))
    assert used <= {*SPOKEN, "country", "language", "links", "longest", "release"}


def test_a_visitor_chooses_the_language_of_the_page(make: Make) -> None:
    with served(ScriptedChat(make(FILES))) as address:
        page = httpx.get(f"{address}/?lang=de").text
        assert '<html lang="de">' in page
        assert wording("de", "caveat/neutral") in page
        assert '<a class="plain" href="/?lang=en" hreflang="en" lang="en">English</a>' in page
        plain = TAG.sub(" ", page)
        for name in texts("en"):
            text = _raw("en", name)
            if name.startswith("page/") and "$" not in text and len(text) > 7:
                assert text not in plain, name
        assert '<html lang="en">' in httpx.get(f"{address}/?lang=xx").text
        assert "Dokumente" in httpx.get(f"{address}/covers?lang=de").text


def test_an_answer_in_german_quotes_the_documents_as_they_stand(make: Make) -> None:
    with served(ScriptedChat(make(FILES))) as address:
        shown = ask(address, "Does the cream stop cramps?", language="de")[-1]
        html_of = str(shown["html"])
        assert "Die Seite eines Verkäufers (The shop) sagt" in html_of
        assert "Magnesium cream stops cramps within one hour." in html_of
        assert "Das ist kein ärztlicher Rat." in html_of
        for english in ("medical", "Sources", "unknown", "not used", "answers"):
            assert english not in TAG.sub(" ", html_of)
        refused = ask(address, " ", language="de")[-1]
        assert wording("de", "page/empty") in str(refused["html"])


def test_a_question_in_another_language_is_told_which_the_documents_are_in(make: Make) -> None:
    english = "---\nlanguage: en-GB\n---\n\nMagnesium cream stops cramps within one hour."
    with served(ScriptedChat(make({"cream.md": english}))) as address:
        shown = ask(address, "Hilft Magnesium gegen Rückenschmerzen?", language="de")[-1]
        assert "geschrieben auf: English" in str(shown["html"])
        assert "written in" not in str(ask(address, "Who won the match?", language="en")[-1])
