"""Visitors' thumbs, kept only where the operator named a file for them."""

import json
from datetime import UTC, datetime
from pathlib import Path

LONGEST = {"question": 10_000, "reason": 2_000, "status": 40}


def keep(path: Path, body: bytes) -> bool:
    """Append one vote as a line of JSON; False if it is none."""
    try:
        data = json.loads(body)
        vote = data["vote"]
    except (ValueError, TypeError, KeyError):
        return False
    if vote not in ("up", "down"):
        return False
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "vote": vote}
    line |= {name: str(data.get(name) or "")[:most] for name, most in LONGEST.items()}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return True
