"""The text that an operator brings: files uploaded into the library, or a folder of the server."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.errors import UserError
from ingest.library import Library
from ingest.read.limits import is_odd
from ingest.read.sandbox import list_files

CORPUS = Path(__file__).resolve().parents[3] / "corpus"
MEBI = 1_000_000
LARGEST = 50 * MEBI  # bytes of one file
ALL = 1_000 * MEBI  # bytes of all files together
MOST = 5_000  # files
LONGEST_NAME = 120  # bytes
PIECE = 1 << 20


@dataclass(frozen=True)
class Uploaded:
    """A file in the upload folder, by its path inside it."""

    name: str
    size: int


@dataclass(frozen=True)
class Files:
    """The upload folder of a library, and the folders of the server that may be named."""

    library: Library
    allowed: Sequence[Path]

    @property
    def folder(self) -> Path:
        return self.library.folder / "uploads"

    def uploaded(self) -> list[Uploaded]:
        """What lies in the upload folder, by path; hidden files are none."""
        found = sorted(path for path in self.folder.rglob("*") if path.is_file())
        names = [(path.relative_to(self.folder).as_posix(), path) for path in found]
        return [Uploaded(n, p.stat().st_size) for n, p in names if not n.startswith(".")]

    def keep(self, name: str, content: BinaryIO) -> str:
        """Store one uploaded file under a safe form of its name, which comes back."""
        name = safe_name(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        there = {each.name: each.size for each in self.uploaded()}
        room = ALL - sum(there.values()) + there.get(name, 0)
        if len(there) >= MOST and name not in there:
            raise UserError(f"{name}: there are {MOST:,} files already; remove some first")
        part = self.folder / f".{name}.part"
        try:
            _copy(content, part, name, room)
            part.replace(self.folder / name)
        except OSError as error:
            raise UserError(f"{name}: cannot be stored ({error.strerror})") from error
        finally:
            part.unlink(missing_ok=True)
        return name

    def remove(self, name: str) -> None:
        """Take a file out of the upload folder; UserError if it is not there."""
        if name not in {each.name for each in self.uploaded()}:
            raise UserError(f"no uploaded file is called {name!r}")
        (self.folder / name).unlink()

    def adopt(self) -> int:
        """Copy the files the library was made from into the upload folder; how many they were."""
        source = self.remembered
        if source is None or source == self.folder.resolve():
            raise UserError("the library was made from the uploaded files already")
        self.permitted(str(source))
        files, _ = list_files(source)
        extra = [source / "SOURCES.toml"] if (source / "SOURCES.toml").is_file() else []
        for path in [*files, *extra]:
            target = self.folder / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                shutil.copyfile(path, target)
        return len(files)

    @property
    def remembered(self) -> Path | None:
        """The folder that the current release was made from."""
        folder = self.library.made_with.get("folder")
        return Path(folder).resolve() if folder else None

    def permitted(self, text: str) -> Path:
        """The folder an operator named; UserError unless it is or lies in one that may be named."""
        path = Path(text.strip() or ".").resolve()
        known = [folder.resolve() for folder in self.allowed]
        known += [self.remembered] if self.remembered else []
        if not any(path.is_relative_to(folder) for folder in known):
            names = ", ".join(dict.fromkeys(map(str, known)))
            raise UserError(
                f"{text!r} may not be read from here; folders that may: {names};"
                " CAVEAT_OPERATOR_FOLDERS names others"
            )
        if not path.is_dir():
            raise UserError(f"there is no folder {text!r} on the server")
        return path


def allowed_folders(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """`corpus/` of this checkout, and what CAVEAT_OPERATOR_FOLDERS names, separated by colons."""
    named = environ.get("CAVEAT_OPERATOR_FOLDERS", "").split(os.pathsep)
    return (CORPUS, *(Path(folder) for folder in named if folder))


def safe_name(name: str) -> str:
    """A file's own name without folders; UserError for one that is hidden, odd or too long."""
    own = name.replace("\\", "/").rpartition("/")[2].strip()
    if not own or own.startswith(".") or is_odd(own):
        raise UserError(f"{name!r} cannot be a file's name here: give the file another one")
    if len(own.encode()) > LONGEST_NAME:
        raise UserError(f"the name {own[:40]!r}… is too long: at most {LONGEST_NAME} bytes")
    return own


def _copy(content: BinaryIO, part: Path, name: str, room: int) -> None:
    size = 0
    with part.open("wb") as file:
        while piece := content.read(PIECE):
            size += len(piece)
            if size > LARGEST:
                raise UserError(f"{name}: larger than {LARGEST // MEBI} MB, the most for one file")
            if size > room:
                raise UserError(f"{name}: no room; all files may have {ALL // MEBI:,} MB together")
            file.write(piece)
