"""What a file may cost to read, and which files are not opened at all."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import UserError
from ingest.read.archive import INNER_ARCHIVES, MODELS

ODD_NAME = "has a name with control characters or separators: rename it"


@dataclass(frozen=True)
class Limits:
    """What one file may cost: sizes in bytes, text in characters, output for all rows."""

    file: int = 50_000_000
    text: int = 5_000_000
    output: int = 100_000_000
    memory: int = 1_000_000_000
    seconds: float = 60


def is_odd(name: str) -> bool:
    """Whether a name could mislead whoever reads it in a list or opens it elsewhere."""
    return not name.isprintable() or "\\" in name or "\ufffd" in name


def name_reason(path: Path) -> str | None:
    """Why a file is refused for its name alone, or None."""
    if is_odd(path.name):
        return ODD_NAME
    suffix = path.suffix.lower()
    if suffix in MODELS:
        return "is a model or pickle, which could run code: it is not opened"
    if suffix in INNER_ARCHIVES:
        return "is an archive: unpack it and give the files in it"
    return None


def check_file(path: Path, limits: Limits) -> None:
    """Raise UserError unless `path` is an ordinary file of a size that is read."""
    reason = name_reason(path)
    if reason:
        raise UserError(reason)
    try:
        status = os.lstat(path)
    except OSError as error:
        raise UserError(f"cannot be opened: {error.strerror}") from error
    if stat.S_ISLNK(status.st_mode):
        raise UserError("is a symbolic link: put the file itself there")
    if not stat.S_ISREG(status.st_mode):
        raise UserError("is no ordinary file: a folder, device, pipe or socket")
    if not status.st_size:
        raise UserError("is empty")
    if status.st_size > limits.file:
        raise UserError(f"is larger than {limits.file // 1_000_000} MB")
    try:
        path.open("rb").close()
    except OSError as error:
        raise UserError(f"cannot be opened: {error.strerror}") from error
