"""What a library goes by when it is not told otherwise: what its current release was made with."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from chat.pipeline import Chat
from chat.settings import Settings
from ingest.build import Options, build, remembered
from ingest.embed import Embedder, Vectors
from ingest.errors import UserError
from ingest.library import Library, create_library
from ingest.maintain import roll_back, verify
from ingest.split import Split
from tests.conftest import Folder
from tests.fakes import WordEmbedder

Make = Callable[..., Library]
TEA = "# Tea\n\nTea is warm. Tea is wet."
LONG = "One two three four five. " * 60


class BackwardEmbedder(WordEmbedder):
    """Another model: the same axes in the opposite order, so that mixed vectors find nothing."""

    def __init__(self) -> None:
        super().__init__("backward")

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.ascontiguousarray(super().encode_queries(texts)[:, ::-1])

    def encode_passages(self, texts: Sequence[str], *rest: object) -> Vectors:
        return np.ascontiguousarray(super().encode_passages(texts)[:, ::-1])


def test_a_build_that_is_not_published_is_not_remembered(
    make: Make, tmp_path: Path, embedder: WordEmbedder
) -> None:
    library = make({"a.md": LONG})
    before = library.made_with
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.csv").write_text("words\nTea is warm.\n")
    build(other, library, embedder, Options(Split(300), "words", publish=False))
    assert library.made_with == before
    assert remembered(library) == Options()
    library.publish(2)
    assert library.made_with["folder"] == str(other)
    assert remembered(library) == Options(Split(300), "words")


def test_a_rollback_goes_back_to_what_that_release_was_made_with(make: Make) -> None:
    library = make({"a.md": LONG})
    make({"a.md": LONG}, Options(Split(300)))
    assert remembered(library).split.size == 300
    roll_back(library, 1)
    assert remembered(library).split.size == 1200


def test_folder_and_settings_need_not_be_given_again(
    make: Make, write: Folder, embedder: WordEmbedder
) -> None:
    library = make({"a.md": LONG}, Options(Split(300)))
    write({"a.md": LONG, "b.md": TEA})
    summary = build(None, library, embedder)
    assert summary.diff.added == ("b.md",)
    assert library.row(2).settings["split"] == Split(300).key


def test_a_folder_that_has_moved_is_remembered_though_nothing_in_it_has_changed(
    make: Make, tmp_path: Path, embedder: WordEmbedder
) -> None:
    library = make({"a.md": TEA})
    moved = (tmp_path / "corpus").rename(tmp_path / "moved")
    assert build(moved, library, embedder).unchanged
    assert library.made_with["folder"] == str(moved)
    with pytest.raises(UserError, match="there is no folder"):
        build(tmp_path / "corpus", library, embedder)


def test_a_library_that_remembers_no_folder_says_how_to_give_one() -> None:
    with pytest.raises(UserError, match=r"python -m ingest FOLDER --name new"):
        build(None, create_library("new"), WordEmbedder())


def test_another_model_makes_a_release_beside_the_old_one_and_vectors_are_never_mixed(
    make: Make, write: Folder, embedder: WordEmbedder
) -> None:
    files = {"a.md": TEA, "b.md": "# Coffee\n\nCoffee is hot."}
    library = make(files)
    other = BackwardEmbedder()
    summary = build(write(files), library, other)
    assert summary.embedded == 2
    assert "backward" in summary.why
    assert verify(library) == {1: None, 2: None}
    with Chat(library, Settings(), embedder) as chat:
        chat._embedders["backward"] = other
        for number in (2, 1, 2):
            roll_back(library, number)
            best = chat.find("Tea is warm. Tea is wet.")[0]
            assert best.scores["dense"] > 0.9
            assert chat.ask("Is tea warm?").release == number


def test_weights_exchanged_under_one_name_are_refused(
    make: Make, write: Folder, embedder: WordEmbedder
) -> None:
    library = make({"a.md": TEA})
    other = BackwardEmbedder()
    other.name = embedder.name
    assert build(write({"a.md": TEA}), library, other).unchanged
    with pytest.raises(UserError, match="its weights have changed"):
        build(write({"a.md": TEA, "b.md": LONG}), library, other)
    assert build(write({"a.md": TEA, "b.md": LONG}), library, embedder).release == 2


def test_a_model_folder_is_remembered_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weights").mkdir()
    monkeypatch.chdir(tmp_path)
    assert Embedder("weights").name == str(tmp_path / "weights")


def test_a_folder_without_weights_is_one_plain_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="give a folder with its weights") as raised:
        Embedder(str(tmp_path)).encode_queries(["tea"])
    assert "\n" not in str(raised.value)
