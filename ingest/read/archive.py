"""DOCX and EPUB are zip archives: looked through before anything in them is unpacked."""

import zipfile
from pathlib import Path, PurePosixPath

from lxml import etree

from ingest.errors import UserError

MOST_INFLATED = 100_000_000  # bytes
MOST_RATIO = 100  # inflated bytes for each stored one, in archives that inflate beyond a megabyte
MOST_MEMBERS = 5_000
RATIO_MATTERS = 1_000_000
INNER_ARCHIVES = {".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz", ".jar", ".zst"}
MODELS = {".pkl", ".pickle", ".pt", ".pth", ".safetensors", ".onnx", ".gguf", ".h5", ".joblib"}
# What the libraries for archives and the XML in them raise on broken files.
BROKEN: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, etree.LxmlError, ValueError, TypeError, KeyError, IndexError),
    *(AttributeError, OSError, EOFError, NotImplementedError, RuntimeError, AssertionError),
)


def check_archive(path: Path, kind: str) -> None:
    """Raise UserError unless the archive is whole, of bounded size and holds nothing it should not.

    kind: what the file claims to be, for the message. RuntimeError is how zipfile says "encrypted".
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except BROKEN as error:
        raise UserError(f"is no {kind} that can be read: it is damaged or cut short") from error
    if len(members) > MOST_MEMBERS:
        raise UserError(f"holds {len(members)} files inside; at most {MOST_MEMBERS} are read")
    inflated = sum(member.file_size for member in members)
    stored = sum(member.compress_size for member in members)
    too_dense = inflated > RATIO_MATTERS and inflated > MOST_RATIO * stored
    if inflated > MOST_INFLATED or too_dense:
        raise UserError(f"unpacks to {inflated / 1e6:.0f} MB, which looks like a zip bomb")
    for member in members:
        _check_member(member)


def _check_member(member: zipfile.ZipInfo) -> None:
    name = PurePosixPath(member.filename)
    if name.is_absolute() or ".." in name.parts or not member.filename.isprintable():
        raise UserError("holds a file with an unsafe name inside")
    if name.suffix.lower() in INNER_ARCHIVES:
        raise UserError(f"holds an archive inside ({name.name})")
    if name.suffix.lower() in MODELS:
        raise UserError(f"holds a model or pickle inside ({name.name})")
    if member.flag_bits & 1:
        raise UserError("is encrypted: save it without a password")
