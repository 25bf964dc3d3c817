"""Read the screen's text files: `[name]` headers with lines of `key: value` or of phrases below.

Lines that begin with `#` are for people. The files stand in `prompts/LANGUAGE/screen/`.
"""

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import UserError


def blocks(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each `[name]` of the file with its lines; UserError for a line above the first name."""
    name, lines = "", list[str]()
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            if name:
                yield name, lines
            name, lines = line[1:-1].strip(), []
        elif name:
            lines.append(line)
        else:
            raise UserError(f"{path.name}:{number}: {line!r} stands above the first [name]")
    if name:
        yield name, lines


def phrases(lines: list[str]) -> list[str]:
    """The phrases of a block: separated by commas or line ends."""
    return [part.strip() for part in ",".join(lines).split(",") if part.strip()]


def phrase_lists(path: Path) -> dict[str, list[str]]:
    """Name -> phrases, for a file of lists; a name that comes twice goes on with its list."""
    lists: dict[str, list[str]] = {}
    for name, lines in blocks(path):
        lists.setdefault(name, []).extend(phrases(lines))
    return lists
