"""What an ingest did, and what changed between two releases, in lines a person can act on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.store import Entry

SHOWN = 20  # names listed of one kind; the rest is counted


@dataclass(frozen=True)
class Diff:
    """What changed between two releases, by path. renamed: (old path, new path)."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    passages: tuple[int, int] = (0, 0)

    @property
    def empty(self) -> bool:
        return not (self.added or self.changed or self.removed or self.renamed)

    def lines(self) -> list[str]:
        """One line for each kind of change, then the names."""
        groups = {
            "added": list(self.added),
            "changed": list(self.changed),
            "removed": list(self.removed),
            "renamed": [f"{old} -> {new}" for old, new in self.renamed],
        }
        lines = []
        for word, names in groups.items():
            lines += [f"{word}: {len(names)}", *_listed(names)] if names else []
        before, after = self.passages
        return [*(lines or ["no document changed"]), f"passages: {before} -> {after}"]


@dataclass(frozen=True)
class Summary:
    """What one ingest did.

    release: the number made, or of the unchanged current one; None for a dry run.
    why: it was made anew although perhaps no document has changed. refused: (path, reason).
    astray: names in SOURCES.toml that no file has. cleaned: (path, what was removed from its text).
    same: (path, path) of identical content.
    near: (path, path, share of the smaller one's text that stands in both), of what is new.
    seconds: wall-clock by stage.
    """

    release: int | None
    published: bool
    documents: int
    passages: int
    embedded: int
    diff: Diff
    why: str = ""
    refused: tuple[tuple[str, str], ...] = ()
    astray: tuple[str, ...] = ()
    cleaned: tuple[tuple[str, str], ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    near: tuple[tuple[str, str, float], ...] = ()
    promotional: int = 0
    undated: int = 0
    unknown: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def unchanged(self) -> bool:
        return self.diff.empty and not self.published

    def lines(self) -> list[str]:
        """The summary for a terminal, most important first."""
        return [
            self._verdict(),
            *([] if self.unchanged else self.diff.lines()),
            *([f"made anew: {self.why}"] if self.why else []),
            *self._about_sources(),
            *_group("not read", [f"{path}: {reason}" for path, reason in self.refused]),
            *_group("in SOURCES.toml, but no file of that name", self.astray),
            *_group("removed from the text", [f"{path}: {what}" for path, what in self.cleaned]),
            *_group("same content under two names", [f"{a} = {b}" for a, b in self.same]),
            *_group(
                "documents that share text",
                [f"{a} ~ {b} ({share:.0%} of the shorter)" for a, b, share in self.near],
            ),
        ]

    def _verdict(self) -> str:
        size = f"{self.documents} documents, {self.passages} passages, {self.embedded}"
        if self.release is None:
            return f"dry run, nothing written: an ingest would give {size} to embed"
        size += " embedded"
        if self.unchanged:
            return f"nothing has changed since release {self.release}: {size}"
        verb = "published" if self.published else "built but not published:"
        return f"{verb} release {self.release}: {size}"

    def _about_sources(self) -> list[str]:
        undated, unknown = self.undated, self.unknown
        told = f"{self.promotional} promotional, {undated} undated, {unknown} of unknown kind"
        hint = " (a SOURCES.toml in the folder can say more of them)" if undated or unknown else ""
        return [f"sources: {told}{hint}"]


def diff_of(
    before: Sequence[Entry], after: Sequence[Entry], passages: tuple[int, int] = (0, 0)
) -> Diff:
    """What changed from one release to another; the same content at another path is a rename."""
    old = {entry.path: entry.document for entry in before}
    new = {entry.path: entry.document for entry in after}
    gone = {old[path]: path for path in sorted(old.keys() - new.keys(), reverse=True)}
    arrived = sorted(new.keys() - old.keys())
    renamed = [(gone.pop(new[path]), path) for path in arrived if new[path] in gone]
    moved = {name for pair in renamed for name in pair}
    return Diff(
        added=tuple(sorted(new.keys() - old.keys() - moved)),
        changed=tuple(sorted(path for path in old.keys() & new.keys() if old[path] != new[path])),
        removed=tuple(sorted(old.keys() - new.keys() - moved)),
        renamed=tuple(renamed),
        passages=passages,
    )


def _group(title: str, lines: Sequence[str]) -> list[str]:
    return [f"{title}: {len(lines)}", *_listed(lines)] if lines else []


def _listed(lines: Sequence[str]) -> list[str]:
    more = [f"  and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [f"  {line}" for line in lines[:SHOWN]] + more
