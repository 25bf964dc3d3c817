"""What several threads share gives each of them what it would give one alone."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from chat import terms
from chat.screening import words

ROOTS = ["compet", "relax", "supplement", "cramp", "magnes", "absorb", "regulat", "deficien"]
ENDINGS = ["ing", "ed", "ation", "itive", "itiveness", "ational", "ization", "ously", "ment"]
LONG = [
    f"{start}{root}{end}" for start in ("over", "un", "re") for root in ROOTS for end in ENDINGS
]


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("stem", [terms.stem, partial(words.stem, stemmer="german")])
def test_words_have_the_same_stems_whoever_else_asks(stem: Callable[[str], str]) -> None:
    alone = [stem(word) for word in LONG]
    terms.stem.cache_clear()
    words.stem.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(stem, LONG)) == alone
