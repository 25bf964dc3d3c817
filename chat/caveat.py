"""The caveat that stands on every Answer, and the fixed notices."""

from typing import Literal

from chat.answer import Notice, NoticeKind
from chat.settings import Settings
from chat.wording import wording

Severity = Literal["neutral", "promotional", "red_flag"]


def caveat(severity: Severity, settings: Settings) -> str:
    """What this is, what it is not and what to do; 40 words at most."""
    return wording(settings.language, f"caveat/{severity}")


def notice(kind: NoticeKind, settings: Settings, **values: str) -> Notice:
    """The fixed notice of one kind, with its $names filled in."""
    return Notice(kind, wording(settings.language, f"notice/{kind}", **values))
