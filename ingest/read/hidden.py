"""Text in an HTML tree that no visitor sees is found and taken out before anything is indexed."""

import re
from collections.abc import Iterator

from lxml import etree

# Declarations that hide an element whatever surrounds it.
ZERO = r"\s*:\s*0(?:\.0+)?(?:px|em|rem|pt|%|vw|vh)?\s*(?:!|;|$)"
HIDES = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    rf"|(?:opacity|font-size|(?:max-)?(?:width|height)){ZERO}"
    r"|(?:left|top|right|text-indent|margin-left|margin-top)\s*:\s*-\d{3,}"
    r"|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|transform\s*:\s*scale\(\s*0\s*\))",
    re.IGNORECASE,
)
COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)", re.IGNORECASE)
BACKGROUND = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
WHITE = re.compile(
    r"white|#fff|#ffffff|rgba?\(\s*255\s*,\s*255\s*,\s*255\s*(?:,\s*1\s*)?\)", re.IGNORECASE
)
CLEAR = re.compile(r"transparent|none|rgba?\([^)]*,\s*0(?:\.0+)?\s*\)", re.IGNORECASE)
SELECTOR = re.compile(r"([a-z][a-z0-9]*)?([.#][\w-]+)?", re.IGNORECASE)
LONGEST_CSS = 200_000


def remove_hidden(root: etree._Element) -> tuple[str, ...]:
    """Take the elements out of `root` that show nothing; one line saying how much text they held.

    Knows attributes, style attributes and simple rules of the page's own style sheets (".x", "#x",
    "p.x"). White text counts as hidden unless something behind it is, or may be, of another colour.
    """
    rules = _style_rules(root)
    outside = bool(root.xpath("//link[contains(@rel, 'stylesheet')]"))
    hidden = [node for node in root.iter(etree.Element) if _is_hidden(node, rules, outside)]
    sizes = []
    for node in hidden:
        size = len("".join(node.itertext()).strip())
        if size and node.getparent() is not None and not _is_code(node):
            sizes.append(size)
        if node.getparent() is not None:
            node.drop_tree()
    blocks = "a hidden block" if len(sizes) == 1 else f"{len(sizes)} hidden blocks"
    return (f"{blocks} of {sum(sizes)} characters",) if sizes else ()


def _is_hidden(node: etree._Element, rules: dict[str, str], outside: bool) -> bool:
    if node.get("hidden") is not None or node.tag == "template":
        return str(node.get("hidden")) != "until-found"
    style = _style(node, rules)
    if not style or node.tag in {"body", "html"}:
        return False
    return bool(HIDES.search(style)) or _is_white_on_white(node, style, rules, outside)


def _is_white_on_white(
    node: etree._Element, style: str, rules: dict[str, str], outside: bool
) -> bool:
    colour = _last(COLOUR, style)
    if colour is None:
        return False
    if CLEAR.fullmatch(colour) or colour == _last(BACKGROUND, style):
        return True
    return bool(WHITE.fullmatch(colour)) and not _stands_on_colour(node, rules, outside)


def _stands_on_colour(node: etree._Element, rules: dict[str, str], outside: bool) -> bool:
    """Whether the nearest background is not white, or a style sheet we cannot see may set one."""
    for above in (node, *node.iterancestors()):
        background = _last(BACKGROUND, _style(above, rules)) or above.get("bgcolor")
        if background and not CLEAR.fullmatch(background):
            return not WHITE.fullmatch(background)
        if outside and (above.get("class") or above.get("id")):
            return True
    return False


def _style(node: etree._Element, rules: dict[str, str]) -> str:
    """Everything that is declared for this element, the style attribute last."""
    own = str(node.get("style", ""))[:5000]
    if not rules:
        return own
    return ";".join([*(rules[name] for name in _selectors(node) if name in rules), own])


def _selectors(node: etree._Element) -> Iterator[str]:
    tag = str(node.tag).lower()
    names = [f".{name}" for name in str(node.get("class", "")).split()[:20]]
    names += [f"#{node.get('id')}"] if node.get("id") else []
    yield tag
    for name in names:
        yield name
        yield tag + name


def _style_rules(root: etree._Element) -> dict[str, str]:
    """The declarations of each simple selector; print and screen-size rules are left aside."""
    css = "\n".join(str(node.text or "") for node in root.iter("style"))[:LONGEST_CSS]
    rules: dict[str, str] = {}
    for selectors, declarations in _top_rules(css):
        for selector in map(str.strip, selectors.split(",")):
            if selector and SELECTOR.fullmatch(selector):
                rules[selector] = f"{rules.get(selector, '')};{declarations}"
    return rules


def _top_rules(css: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that stand in no @ block."""
    depth = 0
    before = inside = ""
    for part in re.findall(r"[^{}]+|[{}]", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if part == "{":
            depth += 1
        elif part == "}":
            if depth == 1 and not before.lstrip().startswith("@"):
                yield before.rpartition(";")[2], inside
            depth = max(depth - 1, 0)
            before, inside = (before, inside) if depth else ("", "")
        elif depth == 0:
            before = part
        elif depth == 1:
            inside = part


def _last(pattern: re.Pattern[str], style: str) -> str | None:
    found = pattern.findall(style)
    return str(found[-1]).strip().lower() if found else None


def _is_code(node: etree._Element) -> bool:
    return str(node.tag) in {"script", "style", "svg", "link", "meta", "input", "iframe"}
