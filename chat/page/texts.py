"""The interface's texts in one language, from `prompts/LANGUAGE/page/`."""

import json
from dataclasses import dataclass
from html import escape

from chat.wording import wording

# What the browser's own part says.
SPOKEN = (
    "busy",
    "copied",
    "covers",
    "document",
    "done",
    "empty",
    "failed",
    "feedback_ask",
    "feedback_leave",
    "feedback_send",
    "feedback_thanks",
    "gone",
    "link_copied",
    "link_older",
    "opened",
    "stopped",
    "title",
    "too_long",
    "working",
    "you_asked",
)

LEFT = ("length", "over", "release", "seconds")  # what the browser fills in


@dataclass(frozen=True)
class Texts:
    """Call it for escaped text, `plain` for text that is not put into HTML. folder: in prompts/."""

    language: str
    folder: str = "page"

    def __call__(self, name: str, /, **values: object) -> str:
        return escape(self.plain(name, **values))

    def plain(self, name: str, /, **values: object) -> str:
        filled = {key: str(value) for key, value in values.items()}
        return wording(self.language, f"{self.folder}/{name}", **filled)

    def for_browser(self, **values: object) -> str:
        """The browser's texts as JSON that may stand inside a script element."""
        left = {name: f"${name}" for name in LEFT}
        texts = {name: self.plain(name, **left) for name in SPOKEN} | values
        texts["language"] = self.language
        return json.dumps(texts).replace("<", "\\u003c")
