"""Reads a question together with a whole passage: in which of its sentences the answer stands.

The packaged cross-encoder reads a sentence by itself, so that "it" and "this treatment" say nothing
to it, and who asks in other words than the text's is not understood. Here its upper six layers are
others, taught on questions with marked answers to tell where an answer begins, where it ends, and
that there is none (Devlin et al. 2019): evals/lessons.py.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chat.onnx import OnnxModel, packaged_folder
from chat.reranker import PACKAGED, HubReranker, Reranker, Span
from ingest.errors import UserError

LONGEST = 320  # tokens of question and passage together; what a sentence has beyond is not read
LAST = "/bert/encoder/layer.11/output/LayerNorm/Add_1_output_0"
LEARNED = Path(__file__).parent.parent / "prompts" / "en" / "reading"


class ReadingReranker(Reranker):
    """The packaged cross-encoder, which reads passages as well. learned: where layers and head lie.

    head: one row for where an answer begins and one for where it ends, the bias last; (2, 385).
    """

    def __init__(self, folder: Path, learned: Path = LEARNED) -> None:
        super().__init__(folder, PACKAGED)
        self._reader = OnnxModel(folder, LONGEST, PACKAGED, learned / "layers.npz", LAST)
        self._head = np.load(learned / "head.npy")

    def within(
        self, question: str, passages: Sequence[tuple[str, Sequence[Span]]], /
    ) -> list[NDArray[np.float32]]:
        """For each passage the log odds that the answer stands in its spans, against nowhere."""
        return list(self._threads.map(lambda each: self._within(question, *each), passages))

    def _within(self, question: str, passage: str, spans: Sequence[Span]) -> NDArray[np.float32]:
        hidden, tokens = self._reader.read(question, passage)
        says = hidden[0] @ self._head[:, :-1].T + self._head[:, -1]  # (tokens, 2)
        nowhere = says[0].sum()
        offsets, kinds = np.array(tokens.offsets), np.array(tokens.type_ids)
        there = (kinds == 1) & (np.array(tokens.special_tokens_mask) == 0)
        found = []
        for start, end in spans:
            own = says[there & (offsets[:, 0] >= start) & (offsets[:, 1] <= end)]
            odds = np.logaddexp.reduce(own, axis=0).sum() - nowhere if len(own) else np.nan
            found.append(odds)
        return np.array(found, np.float32)


def open_reranker(name: str | None = None) -> Reranker | None:
    """The cross-encoder in a folder or of a hub name, or the packaged one; None without weights.

    UserError for a folder that holds none and for a name that cannot be loaded.
    """
    if name is None:
        packaged = packaged_folder("reranker_en")
        return ReadingReranker(packaged) if packaged else None
    folder = Path(name)
    if (folder / "model.onnx").is_file() and (folder / "tokenizer.json").is_file():
        return Reranker(folder)
    if folder.is_dir() and not (folder / "config.json").is_file():
        raise UserError(
            f"no cross-encoder in {name!r}: it needs model.onnx and tokenizer.json, or config.json"
            " with the weights beside it"
        )
    return HubReranker(name)
