"""The page without a browser: what it shows, what it refuses, what it keeps."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from chat.answer import Answer, Citation, Conflict, Evidence, Notice, Source, Statement, Turn
from chat.context import Context
from chat.page.document import covers_html, document_html
from chat.page.html import Contexts, turn_html
from chat.page.options import DANGEROUS, Options, read_options
from chat.page.rate import Rate
from chat.page.texts import Texts
from chat.pipeline import LONGEST
from ingest.errors import UserError
from ingest.library import Library
from tests.pages import FILES, ScriptedChat, served

Make = Callable[..., Library]
TEXTS = Texts("en")
ASK = "/chat/gradio_api/call/ask"
CAVEAT = "This is not medical advice."
CITATION = Citation(1, "p1", 0, 4, "word", page=3, section="Part")
ANSWER = Answer(
    question="Does it help?",
    status="answered",
    caveat=CAVEAT,
    statements=(
        Statement("A shop says: “word”", "quote", (CITATION,)),
        Statement("A trial says: “no”", "quote", (replace(CITATION, source=2, quote="no"),)),
    ),
    notices=(Notice("emergency", "Call now."),),
    sources=(
        Source(1, "a.md", "Cream shop", kind="seller", promotional=True, reasons=("it sells",)),
        Source(2, "b.md", "A trial", publisher="A journal", kind="research", published="2020"),
    ),
    conflicts=(Conflict((1, 2), "whether it helps"),),
    evidence=(Evidence("p1", 1, "rejected", "off the point", {"dense": 0.5}),),
    follow_ups=("How much?",),
)
TAGS = {"div", "p", "section", "h2", "h3", "h4", "ul", "li", "q", "span", "button"}
TAGS |= {"details", "summary", "strong", "mark", "blockquote"}
ATTRIBUTES = {"class", "type", "role", "aria-label", "dir"} | {
    f"data-{name}" for name in ("do", "passage", "start", "end")
}


def shown(answer: Answer, options: Options | None = None, *, whole: bool = True) -> str:
    contexts: Contexts = {("p1", 0, 4): Context("before ", "word", " after")}
    return turn_html(answer, contexts, TEXTS, options or Options(), whole=whole)


def ask(
    url: str, question: str, history: object = "[]", language: str = ""
) -> list[dict[str, object]]:
    """What the page shows of a question, update by update."""
    joined = httpx.post(url + ASK, json={"data": [question, history, language, ""]}, timeout=20)
    joined.raise_for_status()
    with httpx.stream("GET", f"{url}{ASK}/{joined.json()['event_id']}", timeout=20) as stream:
        lines = [line[6:] for line in stream.iter_lines() if line.startswith("data: ")]
    return [data[0] for data in map(json.loads, lines) if data]


def test_an_answer_shows_statements_marks_sources_conflict_and_caveat() -> None:
    html = shown(ANSWER)
    order = ["Call now.", "A shop says", "whether it helps", CAVEAT, "it sells", "off the point"]
    places = [html.index(part) for part in order]
    assert places == sorted(places)
    for part in ("publisher unknown", "date unknown", "page 3", "Part", "<mark>word</mark>"):
        assert part in html
    assert html.count('data-do="open"') == 2 + 2 + 1  # marks, cards, evidence


def test_a_passage_that_is_cited_twice_is_shown_once_with_both_marks() -> None:
    text = "One & two. Three. Four & five."
    places = [(text.index("Four"), 30), (0, 10), (4, 17)]  # the last two overlap
    cited = [replace(CITATION, start=start, end=end) for start, end in places]
    contexts: Contexts = {
        ("p1", start, end): Context(text[:start], text[start:end], text[end:])
        for start, end in places
    }
    said = tuple(Statement("A shop says so", "quote", (each,)) for each in cited)
    html = turn_html(replace(ANSWER, statements=said), contexts, TEXTS, Options(), whole=True)
    (card,) = lxml_html.fragment_fromstring(html, create_parent="div").find_class("card")
    (quote,) = card.iter("blockquote")
    assert quote.text_content() == text
    marks = [mark.text_content() for mark in quote.iter("mark")]
    assert marks == ["One & two.", " Three.", "Four & five."]
    assert card.text_content().count("Part, page 3") == 1


@pytest.mark.parametrize("status", ["not_found", "error", "crisis"])
def test_an_answer_without_statements_has_its_caveat_and_no_sources(status: str) -> None:
    html = shown(Answer(question="?", status=status, caveat=CAVEAT))  # type: ignore[arg-type]
    assert CAVEAT in html
    assert "card" not in html


def test_the_evidence_is_closed_and_waits_for_the_whole_answer() -> None:
    assert '<details class="evidence">' in shown(ANSWER)
    assert "evidence" not in shown(ANSWER, whole=False)


def test_thumbs_and_links_are_there_only_where_the_operator_wants_them() -> None:
    assert 'data-do="up"' not in shown(ANSWER)
    assert 'data-do="link"' not in shown(ANSWER)
    wanted = shown(ANSWER, Options(share_links=True, feedback=Path("votes")))
    assert 'data-do="up"' in wanted
    assert 'data-do="link"' in wanted


HOSTILE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "</p></div><iframe src=//evil.example>",
        "javascript:alert(1)",
        "<a href=https://evil.example>x</a>",
        "<svg/onload=alert(1)>",
        "<!--",
        "]]>",
        "&lt;b&gt;",
        "$caveat ${x}",
        "</textarea></title><style>*{}</style>",
    ]
)
TEXT = st.builds("".join, st.lists(st.one_of(HOSTILE, st.text(max_size=20)), max_size=4))


@given(TEXT, TEXT, TEXT)
@hypothesis_settings(max_examples=200, deadline=None)
def test_no_text_of_documents_models_or_visitors_becomes_html(a: str, b: str, c: str) -> None:
    source = Source(1, a, b, publisher=c, published=a, url=b, promotional=True, reasons=(c, a))
    answer = replace(
        ANSWER,
        statements=(Statement(a, "quote", (replace(CITATION, quote=b, section=c, passage=a),)),),
        sources=(source, source),
        notices=(Notice("not_found", c),),
        conflicts=(Conflict((1, 2), a),),
        evidence=(Evidence(b, 1, "read", c, {a: 1.0}),),
        follow_ups=(a, b),
        caveat=f"{CAVEAT} {c}",
    )
    html = shown(answer).replace("\x00", "")
    for element in lxml_html.fragment_fromstring(html, create_parent="div").iter():
        assert element.tag in TAGS
        assert set(element.attrib) <= ATTRIBUTES


def test_a_document_is_shown_whole_with_the_cited_words_marked(make: Make) -> None:
    raw = "Notes\n\nBelow 5 mg <img src=x onerror=alert(1)> nothing was seen in the trial."
    with_release = make({**FILES, "raw.txt": raw}).current()
    document = next(each for each in with_release.documents() if each.path == "raw.txt")
    passage = with_release.document_passages(document.id)[0]
    start = document.text.index("Below")
    html = document_html(with_release, passage.id, (start, start + 5), TEXTS)
    assert "<mark>Below</mark>" in html
    assert "&lt;img src=x" in html
    assert "<img" not in html
    assert document_html(with_release, "no-such-passage", (0, 1), TEXTS) == ""
    assert "A journal" in covers_html(with_release, TEXTS)
    with_release.close()


@pytest.mark.parametrize("variable", DANGEROUS)
def test_the_page_does_not_start_where_gradio_would_open_up(variable: str) -> None:
    with pytest.raises(UserError, match=variable):
        read_options({variable: "1"})
    assert read_options({variable: "False"}) == Options()


def test_a_rate_that_is_no_number_is_refused() -> None:
    with pytest.raises(UserError, match="CAVEAT_RATE"):
        read_options({"CAVEAT_RATE": "many"})


def test_an_address_that_asks_too_often_waits_and_others_do_not() -> None:
    rate = Rate(2)
    assert [rate.wait("10.0.0.1", now) for now in (0, 1, 2)] == [0, 0, 59]
    assert rate.wait("10.0.0.2", 2) == 0
    assert rate.wait("10.0.0.1", 61) == 0


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from ingest.build import build
    from ingest.library import create_library
    from tests.fakes import WordEmbedder

    folder = tmp_path_factory.mktemp("corpus")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = create_library("served", tmp_path_factory.mktemp("libraries"))
    build(folder, library, WordEmbedder())
    with served(ScriptedChat(library, [ANSWER])) as address:
        yield address


def test_the_first_view_says_what_it_is_and_asks_for_nothing_from_outside(url: str) -> None:
    page = httpx.get(url)
    assert "automated program" in page.text
    assert "Does the cream stop cramps?" in page.text
    assert "http" not in page.text.replace("http-equiv", "")
    for name, value in {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
    }.items():
        assert page.headers[name] == value
    assert "unsafe" not in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/chat/",
        "/chat/config",
        "/chat/gradio_api/info",
        "/chat/gradio_api/file=http://example.org/",
        "/chat/gradio_api/file=/etc/passwd",
        "/chat/gradio_api/proxy=http://example.org/",
        "/static/../server.py",
        "/static/page.html",
        "/docs",
        "/openapi.json",
        "/operator",
    ],
)
def test_what_is_not_ours_is_not_found(url: str, path: str) -> None:
    assert httpx.get(url + path).status_code == 404


def test_uploads_foreign_pages_foreign_names_and_long_bodies_are_refused(url: str) -> None:
    body = {"data": ["?", "[]", "", ""]}
    assert httpx.post(f"{url}/chat/gradio_api/upload", files={"files": b"x"}).status_code == 404
    foreign = {"origin": "https://evil.example"}
    assert httpx.post(url + ASK, json=body, headers=foreign).status_code == 403
    assert httpx.get(url, headers={"host": "evil.example"}).status_code == 421
    assert httpx.post(url + ASK, json={"data": ["x" * 500_000, "[]", "", ""]}).status_code == 413
    assert httpx.post(f"{url}/feedback", json={"vote": "up"}).status_code == 404


def test_a_question_grows_into_an_answer_that_can_be_copied_and_exported(url: str) -> None:
    *_, last = ask(url, "Does it help?")
    assert last["whole"]
    for key in ("html", "text", "markdown", "spoken"):
        assert CAVEAT in str(last[key])


@pytest.mark.parametrize("history", ["{", '["x"]', '[{"role": "system", "content": "x"}]'])
def test_a_conversation_that_is_none_gets_one_plain_line(url: str, history: str) -> None:
    *_, last = ask(url, "Does it help?", history)
    assert last["problem"]
    assert "begin a new one" in str(last["html"])


def test_a_question_that_is_too_long_is_told_by_how_much(url: str) -> None:
    *_, last = ask(url, "x" * (LONGEST + 12))
    assert last["problem"]
    assert "10012 characters, 12 more" in str(last["html"])


def test_what_is_grave_at_the_end_of_a_long_message_before_is_never_cut(make: Make) -> None:
    with served(ScriptedChat(make(FILES))) as address:
        grave = " I want to kill myself."
        for blanks, length in (("", LONGEST), (" " * 500, LONGEST), ("", LONGEST + 1)):
            said = blanks + ("word " * LONGEST)[: length - len(grave)].strip() + grave
            history = json.dumps([{"role": "user", "content": said}])
            *_, last = ask(address, "And in water?", history)
            assert last.get("status") == ("crisis" if length <= LONGEST else None)
    assert "begin a new one" in str(last["html"])


def test_metrics_count_answers_and_hold_no_word_of_a_question(url: str) -> None:
    ask(url, "Does zanthoxylum help?")
    text = httpx.get(f"{url}/metrics").text
    assert 'caveat_answers_total{status="answered"}' in text
    assert "zanthoxylum" not in text.lower()
    assert httpx.get(f"{url}/healthz").text == "ok\n"
    assert "release 1" in httpx.get(f"{url}/readyz").text


def test_the_conversation_goes_along_with_each_question(make: Make) -> None:
    chat = ScriptedChat(make(FILES), [ANSWER])
    with served(chat) as address:
        ask(address, "And then?", json.dumps([{"role": "user", "content": "First?"}]))
    assert chat.asked[-1] == ("And then?", (Turn("user", "First?"),))


def test_when_the_queue_is_full_people_are_told_when_to_come_back(make: Make) -> None:
    chat = ScriptedChat(make(FILES), [ANSWER], pause=0.5)
    with served(chat, Options(at_once=1, waiting=2)) as address:
        codes: list[int] = []

        def join() -> None:
            reply = httpx.post(address + ASK, json={"data": ["?", "[]", "", ""]}, timeout=20)
            codes.append(reply.status_code)
            assert reply.status_code != 429 or reply.json()["busy"] > 0

        threads = [threading.Thread(target=join) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(codes) == {200, 429}


def test_a_thumb_is_kept_where_the_operator_named_a_file(make: Make, tmp_path: Path) -> None:
    votes = tmp_path / "votes.jsonl"
    with served(ScriptedChat(make(FILES), [ANSWER]), Options(feedback=votes)) as address:
        good = {"vote": "down", "reason": "too long", "question": "?"}
        assert httpx.post(f"{address}/feedback", json=good).status_code == 204
        assert httpx.post(f"{address}/feedback", json={"vote": "maybe"}).status_code == 400
    assert [json.loads(line)["reason"] for line in votes.read_text().splitlines()] == ["too long"]
