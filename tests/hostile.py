"""Text that tries to become HTML, a link, an image or a script: made from parts, with a seed."""

import random

CLOSERS = ["", '"', "'", '">', "'>", "</p>", "</q></span>", "</textarea>", "</title>", "-->", "]]>"]
CLOSERS += ["</script>", "</details></section></div>", "\\", "`", "%22%3E", "&quot;&gt;"]
TAGS = ["img src=x", "svg", "script", "iframe src=//evil.example", "body", "input autofocus"]
TAGS += ["video src=x", "details open", "math href=javascript:window.hit=1", "object data=x"]
TAGS += [
    "a href=https://evil.example",
    "a href=javascript:window.hit=1",
    "base href=//evil.example",
]
TAGS += ["link rel=stylesheet href=//evil.example", "meta http-equiv=refresh content=0", "style"]
TAGS += ["form action=//evil.example", "template", "noscript", "xmp", "plaintext", "select"]
TAGS += ["button data-do=print", "div id=question", "p class=caveat", "mark onclick=window.hit=1"]
HANDLERS = ["", " onerror=window.hit=1", " onload='window.hit=1'", ' onfocus="window.hit=1"']
HANDLERS += ["/onclick=window.hit=1", "\tonmouseover=window.hit=1", " style=position:fixed;inset:0"]
BODIES = ["", "window.hit=1", "@import '//evil.example';", "x", "<!--", "{{7*7}}${7*7}$caveat"]
MARKDOWN = [
    "![x](https://evil.example/x.png)",
    "[x](javascript:window.hit=1)",
    "<https://evil.example>",
]
MARKDOWN += ["https://evil.example", "[a]: https://evil.example", "# h", "```html", "| a |"]


def payloads(count: int, seed: int = 0) -> list[str]:
    """Different texts, `count` of them, each in one line."""
    rng = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        made[_payload(rng)] = None
    return list(made)


def _payload(rng: random.Random) -> str:
    tag = rng.choice(TAGS)
    opened = rng.choice(["<", "<", "<", "< ", "\u003c/", "<\x0b", "&lt;", "%3C", "\uff1c"])
    name = _case(tag, rng)
    end = rng.choice([">", ">", "/>", "", f"></{tag.split()[0]}>"])
    element = f"{opened}{name}{rng.choice(HANDLERS)}{end}{rng.choice(BODIES)}"
    extra = rng.choice(MARKDOWN) if rng.random() < 0.2 else ""
    return f"{rng.choice(CLOSERS)}{element}{extra}"


def _case(text: str, rng: random.Random) -> str:
    how = rng.randrange(3)
    if how == 0:
        return text
    return text.upper() if how == 1 else "".join(rng.choice((c.upper(), c)) for c in text)
