"""Teach the upper layers of the packaged encoder what tells the levels.

The lower layers stay as they are, so that each text goes through them once. The upper ones and the
readouts, for each level one of the whole text and attention heads over its tokens, learn together:
a weighted cross-entropy for each level, AdamW, the step falling to nothing. What is learned is
stored in int8, in the form of the packaged file, which is read with it (`chat.onnx`). Learning
needs torch, transformers and onnx (`pip install -c constraints.txt ".[learn]"`); answering none of
them. On one thread the same examples give the same numbers on the same machine.
"""

import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm
from transformers import BertConfig
from transformers.models.bert.modeling_bert import BertEncoder

from chat.onnx import inputs, tokenizer_of

Rows = NDArray[np.float32]
FIRST, LAYERS = 8, 12  # the layer from which on is learned; of all
SIZE, LOOKS = 384, 12  # numbers of a vector; attention heads of a layer
ROUNDS, BATCH = 4, 32
RATE, READOUT_RATE, WARM = 5e-5, 2e-3, 0.1  # longest steps; share of the steps that grow
DECAY, READOUT_DECAY = 0.01, 0.05
HEADS, UNIT = 2, 4.0  # heads of a level; length of the whole text's vector while learning
DROPPED, HEADS_DROPPED = 0.1, 0.2
SMOOTHED, HEAVIEST = 0.02, 4.0  # of the labels; how much more than the others a level may weigh
SHAKEN = 12.0  # tokens by which lengths are mixed
LARGEST = 63  # of an int8 weight, as in the packaged file: sums of 16 bits must not overflow
HIDDEN = "/encoder/layer.{}/output/LayerNorm/Add_1_output_0"
MATRIX = re.compile(r"^/encoder/(layer\.(\d+)/.+)/MatMul_output_0")


class Lower:
    """The packaged encoder: what its lower layers make of a text, and its upper layers' numbers."""

    def __init__(self, folder: Path, longest: int) -> None:
        model = onnx.load(str(folder / "model.onnx"))
        self._numbers = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
        self.matrices = _matrices(model)
        del model.graph.output[:]
        last = HIDDEN.format(FIRST - 1)
        model.graph.output.append(
            onnx.helper.make_tensor_value_info(last, onnx.TensorProto.FLOAT, None)
        )
        self._session = onnxruntime.InferenceSession(
            model.SerializeToString(), providers=["CPUExecutionProvider"]
        )
        self._tokenizer = tokenizer_of(folder, longest)

    def hidden(self, text: str) -> NDArray[np.float16]:
        """What the last of the lower layers makes of each token; shape (tokens, SIZE)."""
        given = inputs(self._tokenizer.encode(text))
        return np.asarray(self._session.run(None, given)[0][0], np.float16)

    def upper(self) -> dict[str, Tensor]:
        """The numbers of the upper layers by the names that transformers gives them."""
        told: dict[str, Tensor] = {}
        for name, stored in self.matrices.items():
            scale = self._numbers[f"{stored}_scale"]
            matrix = self._numbers[f"{stored}_quantized"].astype(np.float32) * scale
            told[f"{name}.weight"] = torch.from_numpy(matrix.T.copy())
        for name, numbers in self._numbers.items():
            if name.startswith("encoder.layer.") and _layer(name) >= FIRST:
                told[_own_name(name)] = torch.from_numpy(numbers.copy())
        return told


def _matrices(model: Any) -> dict[str, str]:
    """The matrix of an upper layer, by transformers' name -> the name it is stored under."""
    found = {}
    for node in model.graph.node:
        path = MATRIX.match(node.output[0]) if node.op_type == "MatMulInteger" else None
        if path and int(path[2]) >= FIRST:
            own = _own_name("encoder." + path[1].replace("/", "."))
            found[own] = node.input[1].removesuffix("_quantized")
    return found


def _layer(stored: str) -> int:
    """Which layer a part is of: encoder.layer.N.PART."""
    return int(stored.split(".")[2])


def _own_name(stored: str) -> str:
    """The name of an upper layer's part, counted from the first of them: layer.N.PART."""
    number = _layer(stored)
    return stored.replace(f"encoder.layer.{number}", f"layer.{number - FIRST}", 1)


class Network(nn.Module):
    """The upper layers and the readouts of `levels` levels."""

    def __init__(self, lower: Lower, levels: int) -> None:
        super().__init__()
        config = BertConfig(
            hidden_size=SIZE,
            num_hidden_layers=LAYERS - FIRST,
            num_attention_heads=LOOKS,
            intermediate_size=4 * SIZE,
            hidden_dropout_prob=DROPPED,
            attention_probs_dropout_prob=DROPPED,
            attn_implementation="sdpa",  # type: ignore[call-arg]
        )
        self.layers = BertEncoder(config)  # type: ignore[no-untyped-call]
        self.layers.load_state_dict(lower.upper())
        self.levels = levels
        self.whole = nn.Linear(SIZE, levels)
        nn.init.zeros_(self.whole.weight)
        self.looks = nn.Parameter(torch.randn(SIZE, levels * HEADS) * 0.05)
        self.says = nn.Parameter(torch.randn(SIZE, levels * HEADS) * 0.01)

    def forward(self, hidden: Tensor, there: Tensor) -> Tensor:
        """The log odds of each level. hidden: (texts, tokens, SIZE); there: which are tokens."""
        away = ~there[:, None, None, :] * torch.tensor(-1e4)
        tokens = self.layers(hidden, attention_mask=away)[0]
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

    def stored(self, matrices: Mapping[str, str]) -> dict[str, NDArray[Any]]:
        """The upper layers by the names of the packaged file, matrices in int8 by column."""
        kept: dict[str, NDArray[Any]] = {}
        for name, numbers in self.layers.state_dict().items():
            own = name.removesuffix(".weight")
            if own in matrices:
                matrix = numbers.numpy().T
                scale = np.abs(matrix).max(axis=0) / LARGEST
                kept[f"{matrices[own]}_quantized"] = np.rint(matrix / scale).astype(np.int8)
                kept[f"{matrices[own]}_scale"] = scale.astype(np.float32)
            else:
                number = int(name.split(".")[1])
                kept[name.replace(f"layer.{number}", f"encoder.layer.{number + FIRST}", 1)] = (
                    numbers.numpy()
                )
        return kept


def taught(
    lower: Lower,
    texts: Sequence[str],
    labels: Sequence[str],
    levels: Mapping[str, frozenset[str]],
) -> Network:
    """A network that tells each level from the labels that it is to be told apart from."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    rng = random.Random(0)  # noqa: S311
    hidden = [lower.hidden(text) for text in tqdm(texts, "lower layers", unit="text")]
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
    total = ROUNDS * -(-len(texts) // BATCH)
    pace = torch.optim.lr_scheduler.LambdaLR(steps, lambda step: _pace(step / total))
    with tqdm(total=total, desc="upper layers", unit="step") as shown:
        for _ in range(ROUNDS):
            for batch in _batches([len(one) for one in hidden], rng):
                odds = network(*_padded([hidden[place] for place in batch]))
                target = wanted[batch] * (1 - 2 * SMOOTHED) + SMOOTHED
                loss = functional.binary_cross_entropy_with_logits(odds, target, reduction="none")
                loss = (loss * weight[batch]).sum() / len(batch)
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                steps.step()
                pace.step()
                steps.zero_grad()
                shown.update()
                shown.set_postfix(loss=f"{loss.item():.2f}")
    return network.eval()


def _wanted(labels: Sequence[str], levels: Mapping[str, frozenset[str]]) -> tuple[Tensor, Tensor]:
    """For each text and level, whether it is of the level, and how much that counts."""
    told = np.array(labels)
    wanted = np.stack([told == level for level in levels], axis=1)
    others = np.stack([np.isin(told, sorted(apart)) for apart in levels.values()], axis=1)
    heavier = np.minimum(HEAVIEST, others.sum(axis=0) / wanted.sum(axis=0))
    weight = np.where(wanted, heavier, others)
    return torch.tensor(wanted, dtype=torch.float32), torch.tensor(weight, dtype=torch.float32)


def _batches(lengths: Sequence[int], rng: random.Random) -> list[list[int]]:
    """Texts of about one length together, in another order each time."""
    shaken = [length + rng.uniform(0, SHAKEN) for length in lengths]
    order = sorted(range(len(lengths)), key=shaken.__getitem__)
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    rng.shuffle(batches)
    return batches


def _padded(texts: Sequence[NDArray[np.float16]]) -> tuple[Tensor, Tensor]:
    """The tokens of a batch, and which of them there are."""
    padded = np.zeros((len(texts), max(map(len, texts)), SIZE), np.float32)
    there = np.zeros(padded.shape[:2], bool)
    for row, one in enumerate(texts):
        padded[row, : len(one)] = one
        there[row, : len(one)] = True
    return torch.from_numpy(padded), torch.from_numpy(there)


def _pace(done: float) -> float:
    return min(done / WARM + 0.01, max(0.01, 1 - done))
