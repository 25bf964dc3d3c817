"""Sentence vectors for the second opinion: BAAI/bge-small-en-v1.5 in int8 (MIT), from a package.

It is not the library's embedding model, so that the screen is the same whatever the library uses.
"""

import threading
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from chat.onnx import open_session, open_tokenizer, packaged_folder

NAME = "bge-small-en-v1.5"
PACKAGED = "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743"  # sha256
LONGEST = 256  # tokens


class Encoder(Protocol):
    """Makes a unit vector of a text. name: of the model that it uses."""

    @property
    def name(self) -> str: ...

    def encode(self, text: str) -> NDArray[np.float64]: ...


class SentenceEncoder:
    """The packaged model; loads at the first use."""

    name = NAME

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def encode(self, text: str) -> NDArray[np.float64]:
        """The unit vector of a text, shape (384,)."""
        session, tokenizer = self._load()
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        known = {given.name for given in session.get_inputs()}
        out = session.run(None, {name: feed[name] for name in feed if name in known})[0]
        vector = np.asarray(out[0, 0] if out.ndim == 3 else out[0], dtype=np.float64)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float64)

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                folder = packaged_folder("bge_small_en")
                assert folder is not None, "open_encoder() looks for it"
                session = open_session(folder / "model.onnx", PACKAGED)
                self._loaded = (session, open_tokenizer(folder, LONGEST))
        return self._loaded


def open_encoder() -> SentenceEncoder | None:
    """The packaged encoder; None without its weights: then the rules stand alone."""
    return SentenceEncoder() if packaged_folder("bge_small_en") else None
