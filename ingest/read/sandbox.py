"""Files of a folder, read one by one."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.document import ReadFile
from ingest.errors import UserError
from ingest.read import READERS, read_file


def list_files(folder: Path) -> tuple[list[Path], list[tuple[Path, str]]]:
    """The files of a folder that can be read, and the others with the reason why not."""
    files, refused = [], []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name.startswith(".") or path.name == "SOURCES.toml":
            continue
        if path.suffix.lower() in READERS:
            files.append(path)
        else:
            refused.append((path, f"is no format that can be read; these can: {' '.join(READERS)}"))
    return files, refused


def read_safely(
    paths: Iterable[Path], column: str | None = None
) -> Iterator[tuple[Path, ReadFile | list[ReadFile] | str]]:
    """Each file with what stands in it, or the one plain reason why it cannot be read."""
    for path in paths:
        try:
            yield path, read_file(path)
        except UserError as error:
            yield path, str(error)
