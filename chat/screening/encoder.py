"""Token vectors for the screen and for near words: BAAI/bge-small-en-v1.5 in int8 (MIT).

It is not the library's embedding model, so that the screen is the same whatever the library uses.
"""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chat.onnx import OnnxModel, packaged_folder

NAME, PACKAGE = "bge-small-en-v1.5", "bge_small_en"
PACKAGED = "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743"  # sha256
LONGEST = 256  # tokens


class Encoder(Protocol):
    """Makes a vector of each token of a text. name: of the model that it uses."""

    @property
    def name(self) -> str: ...

    def encode(self, text: str) -> NDArray[np.float32]: ...


def whole(tokens: NDArray[np.float32]) -> NDArray[np.float32]:
    """The unit vector of the whole text: its first token's."""
    return np.asarray(tokens[0] / np.linalg.norm(tokens[0]), np.float32)


class TokenEncoder:
    """The packaged model, from the folder with its weights.

    tuned: the file with upper layers that were taught something and take the place of its own; then
    it goes by the hash of that file.
    """

    def __init__(self, folder: Path, tuned: Path | None = None) -> None:
        self._model = OnnxModel(folder, LONGEST, PACKAGED, tuned)
        self._tuned = tuned

    @cached_property
    def name(self) -> str:
        """Read off the files when it is first asked for, not when the chat opens."""
        if self._tuned is None:
            return NAME
        return f"{NAME} tuned {hashlib.sha256(self._tuned.read_bytes()).hexdigest()[:16]}"

    def encode(self, text: str) -> NDArray[np.float32]:
        """A vector of each token, in the light of the others; shape (tokens, 384)."""
        return np.asarray(self._model.run(text)[0], np.float32)


def open_encoder(tuned: Path | None = None) -> TokenEncoder | None:
    """The packaged encoder; None without its weights: then the rules stand alone."""
    folder = packaged_folder(PACKAGE)
    return TokenEncoder(folder, tuned) if folder else None
