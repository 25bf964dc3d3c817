"""The upper layers of a packaged encoder, which can be taught something.

The lower layers stay as they are, so that each text goes through them once. What the upper ones
learned is stored in int8, in the form of the packaged file, which is read with it (`chat.onnx`).
Learning needs torch, transformers and onnx (`pip install -c constraints.txt ".[learn]"`); answering
none of them.
"""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn
from tqdm import tqdm
from transformers import BertConfig
from transformers.models.bert.modeling_bert import BertEncoder

from chat.onnx import inputs, tokenizer_of

FIRST, LAYERS = 6, 12  # the layer from which on is learned; of all
SIZE, LOOKS = 384, 12  # numbers of a vector; attention heads of a layer
DROPPED = 0.1
WARM = 0.1  # share of the steps that grow
SHAKEN = 12.0  # tokens by which lengths are mixed
LARGEST = 63  # of an int8 weight: sums of 16 bits must not overflow
HIDDEN = "encoder/layer.{}/output/LayerNorm/Add_1_output_0"
MATRIX = re.compile(r"encoder/(layer\.(\d+)/.+)/MatMul_output_0")
PART = re.compile(r"encoder\.layer\.(\d+)\.(?!.*_(?:quantized|scale|zero_point)$)")


class Lower:
    """A packaged encoder: what its lower layers make of a text, and its upper layers' numbers.

    learned: an .npz with what the upper layers were taught before.
    """

    def __init__(self, folder: Path, longest: int, learned: Path | None = None) -> None:
        model = onnx.load(str(folder / "model.onnx"))
        self._numbers = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
        self.learned = learned
        if learned is not None:
            with np.load(learned) as numbers:
                self._numbers |= dict(numbers)
        self._matrices = _matrices(model)
        last = HIDDEN.format(FIRST - 1)
        named = next(o for node in model.graph.node for o in node.output if o.endswith(last))
        self._before = named.removesuffix(last).strip("/")  # "bert" where the model is a part
        del model.graph.output[:]
        model.graph.output.append(
            onnx.helper.make_tensor_value_info(named, onnx.TensorProto.FLOAT, None)
        )
        self._session = onnxruntime.InferenceSession(
            model.SerializeToString(), providers=["CPUExecutionProvider"]
        )
        self._tokenizer = tokenizer_of(folder, longest)

    def hidden(self, *texts: str) -> tuple[NDArray[np.float16], Any]:
        """What the last of the lower layers makes of each token, (tokens, SIZE); and the tokens.

        texts: one, or two that are read together.
        """
        tokens = self._tokenizer.encode(*texts)
        given = inputs(tokens)
        return np.asarray(self._session.run(None, given)[0][0], np.float16), tokens

    def upper(self, looks_dropped: float = DROPPED) -> BertEncoder:
        """The upper layers, to be taught. looks_dropped: share of the attention left out."""
        config = BertConfig(
            hidden_size=SIZE,
            num_hidden_layers=LAYERS - FIRST,
            num_attention_heads=LOOKS,
            intermediate_size=4 * SIZE,
            hidden_dropout_prob=DROPPED,
            attention_probs_dropout_prob=looks_dropped,
            attn_implementation="sdpa",  # type: ignore[call-arg]
        )
        layers = BertEncoder(config)  # type: ignore[no-untyped-call]
        layers.load_state_dict(self._upper())
        return layers

    def _upper(self) -> dict[str, Tensor]:
        """The numbers of the upper layers by the names that transformers gives them."""
        told: dict[str, Tensor] = {}
        for name, stored in self._matrices.items():
            scale = self._numbers[f"{stored}_scale"]
            matrix = self._numbers[f"{stored}_quantized"].astype(np.float32) * scale
            told[f"{name}.weight"] = torch.from_numpy(matrix.T.copy())
        for name, numbers in self._numbers.items():
            part = PART.search(name)
            if part and int(part[1]) >= FIRST:
                told[_own_name(name)] = torch.from_numpy(numbers.copy())
        return told

    def stored(self, layers: BertEncoder) -> dict[str, NDArray[Any]]:
        """Taught upper layers by the names of the packaged file, matrices in int8 by column."""
        before = f"{self._before}." if self._before else ""
        kept: dict[str, NDArray[Any]] = {}
        for name, numbers in layers.state_dict().items():
            own = name.removesuffix(".weight")
            if own in self._matrices:
                matrix = numbers.numpy().T
                scale = np.abs(matrix).max(axis=0) / LARGEST
                stored = self._matrices[own]
                kept[f"{stored}_quantized"] = np.rint(matrix / scale).astype(np.int8)
                kept[f"{stored}_scale"] = scale.astype(np.float32)
            else:
                number = int(name.split(".")[1])
                packaged = f"{before}encoder.layer.{number + FIRST}"
                kept[name.replace(f"layer.{number}", packaged, 1)] = numbers.numpy()
        return kept


def _matrices(model: Any) -> dict[str, str]:
    """The matrix of an upper layer, by transformers' name -> the name it is stored under."""
    found = {}
    for node in model.graph.node:
        path = MATRIX.search(node.output[0]) if node.op_type == "MatMulInteger" else None
        if path and int(path[2]) >= FIRST:
            own = _own_name("encoder." + path[1].replace("/", "."))
            found[own] = node.input[1].removesuffix("_quantized")
    return found


def _own_name(stored: str) -> str:
    """The name of an upper layer's part, counted from the first of them: layer.N.PART."""
    part = stored[stored.index("layer.") :]
    number = int(part.split(".")[1])
    return part.replace(f"layer.{number}", f"layer.{number - FIRST}", 1)


def fit(
    network: nn.Module,
    steps: torch.optim.Optimizer,
    lengths: Sequence[int],
    rounds: int,
    size: int,
    loss_of: Callable[[list[int]], Tensor],
) -> None:
    """Lower the loss of batches of `size` texts, each text once a round; steps grow and then fall.

    lengths: tokens of each text. loss_of: the loss of the texts at these places.
    """
    rng = random.Random(0)  # noqa: S311
    total = rounds * -(-len(lengths) // size)
    slowed = torch.optim.lr_scheduler.LambdaLR(steps, lambda step: _pace(step / total))
    with tqdm(total=total, desc="upper layers", unit="step") as shown:
        for _ in range(rounds):
            for batch in _batches(lengths, size, rng):
                loss = loss_of(batch)
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                steps.step()
                slowed.step()
                steps.zero_grad()
                shown.update()
                shown.set_postfix(loss=f"{loss.item():.2f}")


def _batches(lengths: Sequence[int], size: int, rng: random.Random) -> list[list[int]]:
    """Texts of about one length together, in another order each time."""
    shaken = [length + rng.uniform(0, SHAKEN) for length in lengths]
    order = sorted(range(len(lengths)), key=shaken.__getitem__)
    found = [order[start : start + size] for start in range(0, len(order), size)]
    rng.shuffle(found)
    return found


def _pace(done: float) -> float:
    """The share of the longest step, for the share of the steps that is done."""
    return min(done / WARM + 0.01, max(0.01, 1 - done))


def padded(texts: Sequence[NDArray[np.float16]]) -> tuple[Tensor, Tensor]:
    """The tokens of a batch, (texts, tokens, SIZE), and which of them there are."""
    filled = np.zeros((len(texts), max(map(len, texts)), SIZE), np.float32)
    there = np.zeros(filled.shape[:2], bool)
    for row, one in enumerate(texts):
        filled[row, : len(one)] = one
        there[row, : len(one)] = True
    return torch.from_numpy(filled), torch.from_numpy(there)


def unseen(there: Tensor) -> Tensor:
    """What attention is told of the tokens that are not there."""
    return ~there[:, None, None, :] * torch.tensor(-1e4)
