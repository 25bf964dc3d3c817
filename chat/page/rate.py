"""How often one address may do something in a minute; kept in memory only."""

import ipaddress
from collections import deque
from dataclasses import dataclass, field

MINUTE = 60.0
ADDRESSES = 10_000  # of which the last times are kept


@dataclass
class Rate:
    """most: times a minute. exempt_here: this machine itself is not counted."""

    most: int
    exempt_here: bool = True
    asked: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, address: str, now: float) -> int:
        """Seconds until this address may again; 0: now, and it counts."""
        if self.exempt_here and is_here(address):
            return 0
        times = self.asked.pop(address, deque())
        self.asked[address] = times  # the last to ask stands last
        while times and times[0] <= now - MINUTE:
            times.popleft()
        if len(times) >= self.most:
            return int(times[0] + MINUTE - now) + 1
        times.append(now)
        if len(self.asked) > ADDRESSES:
            del self.asked[next(iter(self.asked))]
        return 0


def is_here(name: str) -> bool:
    """Whether a name or an address means this machine."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name in ("localhost", "")
