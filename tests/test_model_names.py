"""Models by folder or hub name: another cross-encoder serves, and what is missing is said at once."""

import socket
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from chat.entailment import open_entailment
from chat.reader import open_reranker
from ingest import embed
from ingest.embed import open_embedder
from ingest.errors import UserError


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every name look-up fails; the names are kept."""
    asked: list[str] = []

    def fail(host: str, *_: object, **__: object) -> None:
        asked.append(str(host))
        raise socket.gaierror("no network")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    return asked


def test_an_unknown_model_without_a_network_is_one_line_after_one_try(
    no_network: list[str],
) -> None:
    for opened in (lambda: open_embedder("nobody/such").load(), lambda: open_reranker("no/body")):
        no_network.clear()
        with pytest.raises(UserError, match="the model hub cannot be reached") as problem:
            opened()
        assert "\n" not in str(problem.value)
        assert len(no_network) == 1


def test_offline_on_purpose_asks_nobody(
    no_network: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(UserError, match="cannot be reached"):
        open_embedder("nobody/such").load()
    assert no_network == []


def test_a_hub_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # accepts, and says nothing
        port = server.getsockname()[1]
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{port}")
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        monkeypatch.setattr(embed, "HUB_SECONDS", 0.2)
        with pytest.raises(UserError, match="cannot be reached"):
            open_embedder("nobody/such").load()


def test_a_folder_without_a_cross_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no cross-encoder in"):
        open_reranker(str(tmp_path))


@pytest.mark.slow
def test_a_cross_encoder_of_sentence_transformers_serves_from_a_folder(tmp_path: Path) -> None:
    folder = _tiny(tmp_path / "tiny")
    reranker = open_reranker(str(folder))
    assert reranker is not None
    logits = reranker.scores("does it help", ["it does help", "no", "it does help"])
    assert logits.shape == (3,)
    assert logits.dtype == np.float32
    assert logits[0] == pytest.approx(logits[2], abs=1e-4)
    assert reranker.scores("anything", []).shape == (0,)


@pytest.mark.slow
def test_an_entailment_model_serves_from_a_folder(tmp_path: Path) -> None:
    labels = ["contradiction", "ENTAILMENT", "neutral"]
    entails = open_entailment(str(_tiny(tmp_path / "tiny", labels)))
    assert entails is not None
    assert 0 < entails("it does help", "it helps") < 1
    assert open_entailment(None) is None


@pytest.mark.slow
def test_a_model_that_tells_no_entailment_is_refused(tmp_path: Path) -> None:
    folder = _tiny(tmp_path / "tiny", ["good", "bad"])
    with pytest.raises(UserError, match="no entailment model: it tells good, bad"):
        open_entailment(str(folder))


def _tiny(folder: Path, labels: Sequence[str] = ("score",)) -> Path:
    """A cross-encoder with one small layer of random weights."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "does", "it", "help", "no"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(str(folder))
    config = BertConfig(
        vocab_size=len(words),
        num_hidden_layers=1,
        hidden_size=16,
        num_attention_heads=2,
        intermediate_size=16,
    )
    config.num_labels = len(labels)
    config.id2label = dict(enumerate(labels))
    BertForSequenceClassification(config).save_pretrained(str(folder))
    return folder
