"""What stands around a page's main text: menus, cookie notices, sign-ups, comments, footers.

The extractor knows much of it; this takes out, before and after it, what it was seen to let through
and shows it the main text of pages that mark none.
"""

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from ingest.read.blocks import Block

TAGS = {"nav", "footer", "form", "menu", "dialog"}
ROLES = {"navigation", "contentinfo", "dialog", "alertdialog", "search", "banner"}
# Names of classes and ids, whole: an article that "has-comments" is none of them.
NAMES = re.compile(
    r"(?!(?:has|no|with|without|is|not|hide|show|open)[-_])(?:[a-z]{1,12}[-_]+){0,2}"
    r"(?:cookies?|consent|gdpr|cc|newsletter|breadcrumbs?|skip|sharedaddy|share|sharing|social"
    r"|comments?|commentlist|respond|disqus|colophon|adverts?|advertisements?|footer|popup|modal"
    r"|signup|sign-up|subscribe|subscription|login)"
    r"(?:[-_]*(?:banner|bar|bottom|box|block|notice|consent|popup|overlay|modal|list|area|section"
    r"|wrapper|container|form|links?|buttons?|icons?|media|share|nav|widget|window|message|dialog"
    r"|thread|inner|signup|info|footer|\d+))*"
)
LINK_NAMES = re.compile(r"(?<![a-z])(?:nav(?:bar)?|menu|sidebar|related|tags?|widget)")
MOST = 0.35  # of the page's text: what holds more is the page, whatever it is called
MAIN = 0.9  # of the prose: the element that holds it is the main text
PROSE = 40  # characters in a row outside links
# Lines that say nothing of their own, whole.
LINE = re.compile(
    r"(?:skip to (?:main |the )?content|back to top|advertisement|read more|subscribe(?: now)?"
    r"|(?:share|print|email|save) (?:this )?(?:page|article|post)?|sign (?:up|in)|log ?(?:in|out)"
    r"|accept(?: all)?(?: cookies)?|(?:©|\(c\)|copyright).{0,100}"
    r"|.{0,60}all rights reserved.{0,60})[.:!]?",
    re.IGNORECASE,
)
COOKIE = re.compile(r"\bcookies?\b", re.IGNORECASE)
SITE = re.compile(
    r"\b(?:(?:web ?)?site|browser|privacy|consent|accept|agree|we use|settings|portal\w*"
    r"|datenschutz\w*|webseite|zustimm\w*|nous utilisons|utilizamos)\b",
    re.IGNORECASE,
)
LONGEST_NOTICE = 600


def remove_furniture(root: etree._Element) -> None:
    """Take out of the tree what its tag, role or name says is no main text."""
    whole = max(len(_text(root)), 1)
    for node in list(root.iter(etree.Element)):
        if node.getparent() is None or not _is_furniture(node):
            continue
        is_page = len(_text(node)) > MOST * whole and not _is_mostly_links(node)
        if not is_page and not any(True for _ in node.iter("h1")):
            node.drop_tree()


def mark_main(root: etree._Element) -> None:
    """Where no element says that it is the main text, mark the one that holds the prose."""
    body = root.find("body")
    if body is None or any(True for _ in root.iter("main", "article")):
        return
    if root.xpath("//*[@role='main']"):
        return
    sizes = _prose_sizes(body)
    node = body
    while inner := [child for child in node if sizes.get(child, 0) > MAIN * sizes.get(body, 0)]:
        if inner[0].tag not in {"div", "section", "table", "tbody", "tr", "td", "center"}:
            break
        node = inner[0]
    if node is body:
        node = etree.SubElement(body, "article")
        node.text, body.text = body.text, None
        node.extend(list(body)[:-1])
    if node.tag in {"div", "section", "td", "article"}:
        node.tag = "article"
        node.set("class", "entry-content")


def without_furniture(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks less the lines that are furniture by their words alone."""
    for block in blocks:
        text = " ".join(block.text.split())
        notice = len(text) < LONGEST_NOTICE and COOKIE.search(text) and SITE.search(text)
        if not (notice or LINE.fullmatch(text.removeprefix("- "))):
            yield block


def _is_furniture(node: etree._Element) -> bool:
    if node.tag in {"html", "body", "main", "article"}:
        return False
    if node.tag in TAGS or node.get("role") in ROLES:
        return True
    if node.tag == "aside" or node.get("role") == "complementary":
        return _is_mostly_links(node) or not _is_callout(node)
    names = f"{node.get('class', '')} {node.get('id', '')} {node.get('aria-label', '')}".lower()
    if any(map(NAMES.fullmatch, names.split())):
        return True
    return bool(LINK_NAMES.search(names)) and _is_mostly_links(node)


def _is_callout(node: etree._Element) -> bool:
    """Whether an aside stands within the main text: "Call an ambulance if ..."."""
    return any(True for _ in node.iterancestors("main", "article"))


def _is_mostly_links(node: etree._Element) -> bool:
    linked = sum(len(_text(link)) for link in node.iter("a"))
    return linked > len(_text(node)) / 2


def _text(node: etree._Element) -> str:
    return "".join("".join(node.itertext()).split())


def _prose_sizes(body: etree._Element) -> dict[etree._Element, int]:
    """How much prose each element holds: runs of text that are long enough to be sentences."""
    sizes: dict[etree._Element, int] = {}
    for node in body.iter(etree.Element):
        if node.tag in {"script", "style", "a"}:
            continue
        own = [node.text or "", *(child.tail or "" for child in node)]
        size = sum(len(text) for text in map(str.strip, own) if len(text) >= PROSE)
        for above in (node, *node.iterancestors()) if size else ():
            sizes[above] = sizes.get(above, 0) + size
    return sizes
