"""Whatever the text, our own code that takes it apart loses nothing, invents nothing, and ends."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from ingest.document import About, Document, Section
from ingest.errors import UserError
from ingest.read.blocks import Block, assemble
from ingest.read.hidden import remove_hidden
from ingest.read.pdf_lines import _Ink, _is_white
from ingest.read.simplify import simplify
from ingest.read.text import split_front_matter
from ingest.read.tree import parse_page, tree_blocks
from ingest.sentences import sentence_at, sentence_spans
from ingest.sidecar import NAME, read_sidecar
from ingest.split import Split, embedded_text, passages_of

# Words and marks that our rules look for, so that chance meets them often.
PIECES = [
    *("word", "Dr.", "e.g.", "3.5 mg", "A", "b)", "1.", "- ", "# ", "> ", "| ", " | ", "…", "?"),
    *(
        ".",
        "!",
        ":",
        "»",
        "”",
        "\n",
        "\n\n",
        " ",
        "\t",
        "Ü",
        "了。",
        "\u00a0",
        "\u200b",
        "é",
        "---",
    ),
]
TEXTS = st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
LANGUAGES = st.sampled_from(["en", "de", "en-GB", "zh", "ar", "xx"])


@settings(deadline=None)
@given(TEXTS, LANGUAGES)
def test_sentences_are_in_order_and_hold_all_that_is_no_blank(text: str, language: str) -> None:
    spans = sentence_spans(text, language=language)
    assert all(start < end for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
    assert "".join(text[a:b] for a, b in spans).split() or not text.strip()
    outside = [
        text[a:b]
        for a, b in zip(
            [0, *(b for _, b in spans)], [*(a for a, _ in spans), len(text)], strict=True
        )
    ]
    assert not "".join(outside).strip()
    assert all(sentence_at(spans, start) == place for place, (start, _) in enumerate(spans))


BLOCKS = st.lists(
    st.builds(Block, TEXTS, st.integers(0, 6), st.none() | st.integers(1, 3)), max_size=8
)


@settings(deadline=None)
@given(BLOCKS, st.integers(200, 400), LANGUAGES)
def test_passages_are_whole_sentences_of_one_section(
    blocks: list[Block], size: int, language: str
) -> None:
    read = assemble(blocks)
    document = Document("d", "a.md", read.text, About(language=language), read.sections, read.pages)
    passages = passages_of(document, Split(size))
    assert len({passage.id for passage in passages}) == len(passages)
    assert all(a.end <= b.start for a, b in pairwise(passages))
    for passage in passages:
        assert passage.text == document.text[passage.start : passage.end] == passage.text.strip()
        assert passage.headings == document.headings_at(passage.start)
        assert passage.headings == document.headings_at(passage.end - 1)
        sentences = sentence_spans(document.text, passage.start, passage.end, language)
        assert len(passage.text) <= size or len(sentences) == 1
        assert passage.text in embedded_text(document, passage)


@settings(deadline=None)
@given(BLOCKS)
def test_what_no_passage_holds_is_a_heading(blocks: list[Block]) -> None:
    read = assemble(blocks)
    document = Document("d", "a.md", read.text, About(), read.sections, read.pages)
    held = [(passage.start, passage.end) for passage in passages_of(document, Split(200))]
    for section in read.sections or (Section(0, len(read.text)),):
        inside = [span for span in held if section.start <= span[0] < section.end]
        text = read.text[section.start : section.end].strip("# \n")
        assert inside or not text.strip() or text in section.headings[-1:]


VALUES = st.sampled_from(
    ["", "a", "[a, b]", "{a: b}", "2020-01-02", "!!x", "'", "&a *a", "|", "- b"]
)
KEYS = st.sampled_from(["title", "kind", "published", "language", "url", "x", "?", "<<", "- a", ""])


@settings(deadline=None)
@given(st.lists(st.tuples(KEYS, VALUES)), TEXTS)
def test_front_matter_is_understood_or_refused_and_the_text_below_it_stays(
    fields: list[tuple[str, str]], body: str
) -> None:
    lines = "".join(f"{key}: {value}\n" for key, value in fields)
    try:
        about, refused, rest = split_front_matter(f"---\n{lines}---\n{body}")
    except UserError:
        return
    assert isinstance(about, About)
    assert all("\n" not in line for line in refused)
    assert body.strip() in rest


@settings(deadline=None)
@given(
    TEXTS
    | st.lists(st.tuples(KEYS, VALUES)).map(
        lambda f: '["a"]\n' + "".join(f"{k} = {v}\n" for k, v in f)
    )
)
def test_a_sidecar_is_understood_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / NAME).write_text(text, encoding="utf-8")
    try:
        known = read_sidecar(folder)
    except UserError:
        return
    assert all(isinstance(about, About) for about in known.values())


SPANS = st.sampled_from(["", "0", "1", "2", "3", "99999", "-1", "x", "²"])
TAGS = st.sampled_from(
    [
        "td",
        "th",
        "tr",
        "table",
        "p",
        "caption",
        "figure",
        "figcaption",
        "aside",
        "div",
        "h2",
        "button",
        "b",
        "section",
    ]
)
TREES = st.lists(st.tuples(TAGS, SPANS, SPANS, st.booleans()), max_size=25)


@settings(deadline=None)
@given(TREES)
def test_simplifying_a_page_loses_no_word(tags: list[tuple[str, str, str, bool]]) -> None:
    page = "".join(
        f'<{tag} rowspan="{rows}" colspan="{columns}">w{number} ' + (f"</{tag}>" if closed else "")
        for number, (tag, rows, columns, closed) in enumerate(tags)
    )
    root, _ = parse_page(f"<body><main>first {page}</main>")
    before = set("".join(root.itertext()).split())
    simplify(root)
    assert before == set(" ".join(root.itertext()).split())
    for button in list(root.iter("button")):
        button.drop_tree()  # a word for the hand, not for the reader
    shown = " ".join(block.text for block in tree_blocks(root))
    assert set(" ".join(root.itertext()).split()) == set(shown.replace("|", " ").split())


CSS = [
    "p",
    ".x",
    "#y",
    "{",
    "}",
    ";",
    ":",
    "display:none",
    "color:#fff",
    "@media",
    "/*",
    "*/",
    ",",
    " ",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(CSS), max_size=40).map("".join), st.text(max_size=30))
def test_any_style_sheet_hides_words_or_leaves_them(css: str, style: str) -> None:
    root = html.document_fromstring("<body><p class='x' id='y'>Seen words.</p><div>More.</div>")
    root.body.insert(0, html.Element("style"))
    root.body[0].text = css
    root.body[1].set("style", "".join(filter(str.isprintable, style)))
    removed = remove_hidden(root)
    assert ("Seen words." in "".join(root.itertext())) != bool(removed)


OPERANDS = st.lists(st.none() | st.floats() | st.text(max_size=3) | st.integers(), max_size=5)
OPERATORS = st.sampled_from(
    [b"Tj", b"TJ", b"g", b"rg", b"k", b"sc", b"scn", b"q", b"Q", b"f", b"Do", b"'"]
)


@given(st.lists(st.tuples(OPERATORS, OPERANDS)))
def test_any_drawing_commands_leave_ink_that_tells_what_is_seen(
    commands: list[tuple[bytes, list[object]]],
) -> None:
    ink = _Ink()
    for operator, operands in commands:
        ink.command(operator, operands)
    shown = Counter(operator in {b"Tj", b"TJ", b"'"} for operator, _ in commands)[True]
    assert len(ink.shown) == shown
    ink.take()
    assert ink.take() == (False, False)
    assert not _is_white([])
