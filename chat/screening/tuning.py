"""Teach the upper layers of the packaged encoder what tells the levels.

The upper layers and the readouts, for each level one of the whole text and attention heads over its
tokens, learn together: a weighted cross-entropy for each level, AdamW, the step falling to nothing.
On one thread the same examples give the same numbers on the same machine.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from chat.upper_layers import DROPPED, SIZE, Lower, fit, padded, unseen

Rows = NDArray[np.float32]
ROUNDS, BATCH = 4, 32
RATE, READOUT_RATE = 5e-5, 2e-3  # longest steps
DECAY, READOUT_DECAY = 0.01, 0.05
HEADS, UNIT = 2, 4.0  # heads of a level; length of the whole text's vector while learning
HEADS_DROPPED = 0.2
SMOOTHED, HEAVIEST = 0.02, 4.0  # of the labels; how much more than the others a level may weigh


class Network(nn.Module):
    """The upper layers and the readouts of `levels` levels."""

    def __init__(self, lower: Lower, levels: int) -> None:
        super().__init__()
        self.layers = lower.upper()
        self.levels = levels
        self.whole = nn.Linear(SIZE, levels)
        nn.init.zeros_(self.whole.weight)
        self.looks = nn.Parameter(torch.randn(SIZE, levels * HEADS) * 0.05)
        self.says = nn.Parameter(torch.randn(SIZE, levels * HEADS) * 0.01)

    def forward(self, hidden: Tensor, there: Tensor) -> Tensor:
        """The log odds of each level. hidden: (texts, tokens, SIZE); there: which are tokens."""
        with torch.autocast("cpu", torch.bfloat16):
            tokens = self.layers(hidden, attention_mask=unseen(there))[0]
        tokens = tokens.float()
        whole = functional.normalize(tokens[:, 0], dim=-1) * UNIT
        tokens = functional.dropout(tokens, HEADS_DROPPED, self.training)
        share = (tokens @ self.looks).masked_fill(~there[..., None], -1e4).softmax(1)
        heads = (share * (tokens @ self.says)).sum(1).view(len(hidden), self.levels, HEADS)
        odds: Tensor = self.whole(functional.dropout(whole, DROPPED, self.training))
        return odds + heads.sum(-1)

    def readouts(self) -> list[tuple[Rows, Rows, Rows, float]]:
        """Of each level: vector of the whole text, looks, says, bias; see `second_opinion`."""
        looks, says = self.looks.detach().numpy(), self.says.detach().numpy()
        whole = self.whole.weight.detach().numpy() * np.float32(UNIT)
        heads = [slice(at * HEADS, (at + 1) * HEADS) for at in range(self.levels)]
        return [
            (whole[at], looks[:, own], says[:, own], float(self.whole.bias[at].detach()))
            for at, own in enumerate(heads)
        ]


def taught(
    lower: Lower,
    texts: Sequence[str],
    labels: Sequence[str],
    levels: Mapping[str, frozenset[str]],
) -> Network:
    """A network that tells each level from the labels that it is to be told apart from."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    hidden = [lower.hidden(text)[0] for text in tqdm(texts, "lower layers", unit="text")]
    wanted, weight = _wanted(labels, levels)
    network = Network(lower, len(levels)).train()
    body = list(network.layers.parameters())
    readouts = [each for name, each in network.named_parameters() if name[:7] != "layers."]
    steps = torch.optim.AdamW(
        [
            {"params": body, "lr": RATE, "weight_decay": DECAY},
            {"params": readouts, "lr": READOUT_RATE, "weight_decay": READOUT_DECAY},
        ]
    )

    def loss_of(batch: list[int]) -> Tensor:
        odds = network(*padded([hidden[place] for place in batch]))
        target = wanted[batch] * (1 - 2 * SMOOTHED) + SMOOTHED
        loss = functional.binary_cross_entropy_with_logits(odds, target, reduction="none")
        return (loss * weight[batch]).sum() / len(batch)

    fit(network, steps, [len(one) for one in hidden], ROUNDS, BATCH, loss_of)
    return network.eval()


def _wanted(labels: Sequence[str], levels: Mapping[str, frozenset[str]]) -> tuple[Tensor, Tensor]:
    """For each text and level, whether it is of the level, and how much that counts."""
    told = np.array(labels)
    wanted = np.stack([told == level for level in levels], axis=1)
    others = np.stack([np.isin(told, sorted(apart)) for apart in levels.values()], axis=1)
    heavier = np.minimum(HEAVIEST, others.sum(axis=0) / wanted.sum(axis=0))
    weight = np.where(wanted, heavier, others)
    return torch.tensor(wanted, dtype=torch.float32), torch.tensor(weight, dtype=torch.float32)
