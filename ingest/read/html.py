"""Web pages: the main text, without menus, cookie lines and footers."""

import re
from pathlib import Path

import trafilatura
from lxml import etree
from trafilatura.settings import Document as Extracted

from ingest.document import About, ReadFile
from ingest.read.about import about_from
from ingest.read.blocks import assemble
from ingest.read.furniture import mark_main, remove_furniture, without_furniture
from ingest.read.simplify import simplify
from ingest.read.text import decode
from ingest.read.tree import parse_page, tree_blocks

CHARSET = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?([\w-]{1,40})""", re.IGNORECASE)
# The extractor's own vocabulary, as HTML.
TAGS = {"item": "li", "row": "tr", "cell": "td", "lb": "br", "quote": "blockquote", "hi": "span"}
TAGS |= {"ref": "span", "del": "span", "graphic": "img"}


def read_html(path: Path) -> ReadFile:
    """A web page's main text with headings, lists and tables; metadata from its head."""
    root, removed = parse_page(decode_page(path.read_bytes()))
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    remove_furniture(root)
    simplify(root)
    mark_main(root)
    extracted = _extract(root)
    if extracted is not None:
        body, about = _as_html(extracted.body), _about(extracted, language)
    else:
        body, (about, _) = root, about_from({"title": _title(root), "language": language})
    return assemble(without_furniture(tree_blocks(body)), about, removed)


def _extract(root: etree._Element) -> Extracted | None:
    """The main text, or None where the page is too small or too deeply nested to tell."""
    try:
        extracted = trafilatura.bare_extraction(
            root,
            with_metadata=True,
            include_comments=False,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except RecursionError:
        return None
    return extracted if isinstance(extracted, Extracted) else None


def warm() -> None:
    """Let the extractor load its word lists, so that later forks of this process share them."""
    trafilatura.bare_extraction("<html><body><p>Too short to have a main text.</p></body></html>")


def decode_page(content: bytes) -> str:
    """The text of a page in the encoding that it names, where it is not UTF-8."""
    named = CHARSET.search(content[:4096])
    try:
        return content.decode("utf-8") if b"\0" not in content else decode(content)
    except UnicodeDecodeError:
        pass
    try:
        return content.decode(named[1].decode()) if named else decode(content)
    except (LookupError, UnicodeDecodeError):
        return decode(content)


def _title(root: etree._Element) -> str | None:
    title = root.findtext(".//title")
    return str(title) if title else None


def _as_html(body: etree._Element) -> etree._Element:
    for node in body.iter(etree.Element):
        if node.tag == "head":
            node.tag = node.get("rend", "h2")
        elif node.tag == "list":
            node.tag = "ol" if node.get("rend") == "ol" else "ul"
        else:
            node.tag = TAGS.get(node.tag, node.tag)
    return body


def _about(page: Extracted, language: str | None) -> About:
    about, _ = about_from(
        {
            "title": page.title,
            "author": page.author,
            "publisher": page.sitename,
            "published": page.date,
            "url": page.url,
            "language": language,
        }
    )
    return about
