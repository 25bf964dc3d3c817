"""Teach a cross-encoder what lessons say: two numbers of each token, begin and end of an answer.

Those of the first token say that there is none (Devlin et al. 2019). Lower layers stay as they are
(`chat.upper_layers`).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from chat.upper_layers import SIZE, Lower, fit, padded, unseen
from evals.lessons import Lesson

ROUNDS, BATCH = 2, 24
RATE, HEAD_RATE, DECAY = 1e-4, 1e-3, 0.01


class Network(nn.Module):
    """The upper layers, and two numbers of each token: an answer begins, and ends, here."""

    def __init__(self, lower: Lower) -> None:
        super().__init__()
        self.layers = lower.upper(looks_dropped=0.0)
        self.head = nn.Linear(SIZE, 2)
        if lower.learned is not None:
            numbers = torch.from_numpy(np.load(lower.learned.with_name("head.npy")))
            self.head.load_state_dict({"weight": numbers[:, :-1], "bias": numbers[:, -1]})

    def forward(self, hidden: Tensor, there: Tensor, may: Tensor) -> Tensor:
        """Log probabilities, (2, texts, tokens); may: the tokens of passages, and the first."""
        tokens = self.layers(hidden, attention_mask=unseen(there).to(hidden.dtype))[0]
        says = self.head(tokens).float().masked_fill(~may[..., None], -1e4)
        odds: Tensor = says.log_softmax(1).permute(2, 0, 1)
        return odds


def learn(lessons: Sequence[Lesson], lower: Lower, out: Path) -> None:
    """Teach the lessons and store what was learned in a folder."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    read = [_read(each, lower) for each in tqdm(lessons, "lower layers", unit="lesson")]
    network = Network(lower).train()
    steps = torch.optim.AdamW(
        [
            {"params": network.layers.parameters(), "lr": RATE, "weight_decay": DECAY},
            {"params": network.head.parameters(), "lr": HEAD_RATE},
        ]
    )

    def loss_of(batch: list[int]) -> Tensor:
        hidden, there = padded([read[at][0] for at in batch])
        marks = _marks([read[at][1] for at in batch], hidden.shape[1])
        with torch.autocast("cpu", torch.bfloat16):
            odds = network(hidden, there, marks[0])
        right: Tensor = odds.masked_fill(~marks[1:], -1e4).logsumexp(-1)
        return -right.mean()

    fit(network, steps, [len(hidden) for hidden, _ in read], ROUNDS, BATCH, loss_of)
    head = network.eval().head
    numbers = torch.cat([head.weight, head.bias[:, None]], 1).detach().numpy()
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / "layers.npz", **lower.stored(network.layers))  # type: ignore[arg-type]
    np.save(out / "head.npy", numbers)


def _read(lesson: Lesson, lower: Lower) -> tuple[NDArray[np.float16], NDArray[np.bool_]]:
    """The lower layers' output, and by token: may be answered with, begins it, ends it."""
    hidden, tokens = lower.hidden(lesson.question, lesson.passage)
    marks = np.zeros((3, len(hidden)), bool)
    marks[0] = (np.array(tokens.type_ids) == 1) & (np.array(tokens.special_tokens_mask) == 0)
    for start, end in lesson.spans:
        own = [
            at
            for at in np.flatnonzero(marks[0])
            if tokens.offsets[at][1] > start and tokens.offsets[at][0] < end
        ]
        if own:
            marks[1, own[0]] = marks[2, own[-1]] = True
    marks[0, 0] = True
    if not marks[1].any():  # nowhere, or beyond what is read
        marks[1:, 0] = True
    return hidden, marks


def _marks(texts: Sequence[NDArray[np.bool_]], longest: int) -> Tensor:
    """The marks of a batch, (3, texts, tokens)."""
    filled = np.zeros((3, len(texts), longest), bool)
    for row, marks in enumerate(texts):
        filled[:, row, : marks.shape[1]] = marks
    return torch.from_numpy(filled)
