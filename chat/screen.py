"""What a message needs before anything is looked up: emergency, crisis, a personal decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chat.answer import Turn
from chat.settings import Settings

Level = Literal["crisis", "emergency", "soon", "personal_advice"]


@dataclass(frozen=True)
class Screening:
    """The gravest level that a rule found, and the names of the rules that fired."""

    level: Level | None = None
    rules: tuple[str, ...] = ()


def screen(question: str, history: Sequence[Turn], settings: Settings) -> Screening:  # noqa: ARG001
    """No rules yet."""
    return Screening()
