"""The interface's texts in one language, from `prompts/LANGUAGE/page/`."""

from dataclasses import dataclass
from html import escape

from chat.wording import wording


@dataclass(frozen=True)
class Texts:
    """Call it for escaped text, `plain` for text that is not put into HTML."""

    language: str

    def __call__(self, name: str, **values: object) -> str:
        return escape(self.plain(name, **values))

    def plain(self, name: str, **values: object) -> str:
        filled = {key: str(value) for key, value in values.items()}
        return wording(self.language, f"page/{name}", **filled)
