"""A question of a conversation as one that can be searched by itself."""

import re
from collections.abc import Sequence

from chat.answer import Turn
from chat.terms import content_words

FEW = 2  # content words of a question that may lean on the one before
LEANS = re.compile(
    r"\b(it|its|they|them|their|that|this|those|these|he|she|one|ones|such|same|more|else)\b"
    r"|^(and|but|or|so|why|how often|how long|how much|how many|what about|really)\b",
    re.IGNORECASE,
)


def stand_alone(question: str, history: Sequence[Turn] = ()) -> str:
    """The question itself, or with the subject of the last questions where it leans on them."""
    asked = [turn.content for turn in history if turn.role == "user"]
    own = content_words(question)
    if not asked or not (LEANS.search(question) or len(own) <= FEW):
        return question
    before = next((text for text in reversed(asked) if len(content_words(text)) > FEW), asked[-1])
    missing = [word for word in content_words(before) if word not in own]
    return f"{question} ({' '.join(missing)})" if missing else question
