"""An Answer as text: the caveat is always there, and nothing in it becomes Markdown or HTML."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from chat.answer import Answer, Citation, Conflict, Notice, Source, Statement
from chat.render import markdown, plain_text

ANSWER = Answer(
    question="Does it help?",
    status="answered",
    caveat="This is not medical advice.",
    statements=(
        Statement("A shop says: “It helps.”", "quote", (Citation(1, "p", 0, 9, "It helps."),)),
    ),
    notices=(Notice("promotional", "A shop sells it."),),
    sources=(Source(1, "a.md", "Cream shop"), Source(2, "b.md", "Never cited")),
    conflicts=(Conflict((1, 2), "whether it helps"),),
)
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "<https://evil.example>",
    "https://evil.example www.evil.example a@evil.example",
    "# heading",
    "- item",
    "1. item",
    "`code` **bold** _emphasis_",
    "&lt;script&gt;",
    "\n\n    indented\n\n> quoted",
    "[a]: https://evil.example",
    "| a | b |\n|---|---|",
    "===\n---",
]


@pytest.mark.parametrize("render", [plain_text, markdown])
def test_every_rendering_has_all_parts_and_the_caveat(render: Callable[[Answer], str]) -> None:
    text = render(ANSWER)
    for part in ("A shop sells it.", "“It helps.”", "Cream shop", "This is not medical advice."):
        assert part in text
    assert "Never cited" not in text
    assert "publisher unknown" in text
    assert "date unknown" in text


def test_an_answer_without_statements_still_has_its_caveat() -> None:
    empty = Answer(question="?", status="error", caveat="Not advice.")
    assert plain_text(empty) == "Not advice."
    assert "Not advice." in markdown(empty)


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_text_becomes_a_link_an_image_html_or_structure(payload: str) -> None:
    answer = replace(
        ANSWER,
        question=payload,
        statements=(Statement(payload, "paraphrase", ANSWER.statements[0].citations),),
        sources=(Source(1, "a.md", payload, publisher=payload, url="https://shop.example"),),
        notices=(Notice("error", payload),),
    )
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown(answer))
    kinds = {token.type for token in tokens}
    kinds |= {child.type for token in tokens for child in token.children or ()}
    forbidden = {"link_open", "image", "html_inline", "html_block", "code_inline", "fence"}
    forbidden |= {"code_block", "bullet_list_open", "ordered_list_open", "table_open", "hr"}
    assert not kinds & forbidden
    assert sum(token.type == "heading_open" for token in tokens) == 1
    assert "://" not in markdown(answer)
