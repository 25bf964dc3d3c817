"""Who is the operator: one password, sessions in memory, tries that are counted."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from chat.page.rate import Rate

COOKIE = "caveat_operator"
IDLE = 30 * 60.0  # seconds without a request after which a session ends
LONGEST = 8 * 3600.0  # seconds after which it ends in any case
TRIES = 5  # wrong or right, a minute from one address
TRIES_OF_ALL = 60  # a minute from all addresses together
EVERYONE = "everyone"


@dataclass(frozen=True)
class Password:
    """A password, kept as its scrypt hash only."""

    salt: bytes = field(repr=False)
    hashed: bytes = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Self:
        salt = secrets.token_bytes(16)
        return cls(salt, _scrypt(text, salt))

    def fits(self, text: str) -> bool:
        """Whether it is this one; takes the same time for every wrong one."""
        return hmac.compare_digest(_scrypt(text, self.salt), self.hashed)


def _scrypt(text: str, salt: bytes) -> bytes:
    return hashlib.scrypt(text.encode()[:1024], salt=salt, n=2**14, r=8, p=1)


@dataclass
class Session:
    """One operator who is logged in. token: what each of their forms carries.

    said: what the next page tells once, (kind, text) with kind "done" or "problem".
    """

    token: str
    began: float
    seen: float
    said: tuple[str, str] | None = None

    def told(self) -> tuple[str, str] | None:
        """What is to be told, once."""
        said, self.said = self.said, None
        return said


@dataclass
class Door:
    """Lets the operator in and out. Sessions are known by the hash of their cookie."""

    password: Password
    clock: Callable[[], float] = time.monotonic
    sessions: dict[str, Session] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._each = Rate(TRIES, exempt_here=False)
        self._all = Rate(TRIES_OF_ALL, exempt_here=False)

    def wait(self, address: str) -> int:
        """Seconds until this address may try a password; 0: now, and it counts."""
        now = self.clock()
        return self._each.wait(address, now) or self._all.wait(EVERYONE, now)

    def enter(self, text: str) -> str | None:
        """The cookie of a new session; None for a wrong password."""
        if not self.password.fits(text):
            return None
        now, cookie = self.clock(), secrets.token_urlsafe(32)
        self.sessions = {key: each for key, each in self.sessions.items() if self._lives(each)}
        self.sessions[_key(cookie)] = Session(secrets.token_urlsafe(32), now, now)
        return cookie

    def session(self, cookie: str | None) -> Session | None:
        """The session of a request, which goes on by it; None where there is none (any more)."""
        found = self.sessions.get(_key(cookie or ""))
        if found is None or not self._lives(found):
            return None
        found.seen = self.clock()
        return found

    def leave(self, cookie: str | None) -> None:
        """End a session."""
        self.sessions.pop(_key(cookie or ""), None)

    def _lives(self, session: Session) -> bool:
        now = self.clock()
        return now - session.seen < IDLE and now - session.began < LONGEST


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
