"""An entailment model, where one is named: whether a passage says what a statement says.

Any cross-encoder of sentence-transformers for natural language inference, in a folder or by its hub
name. It is asked last and can only drop what a chat model wrote.
"""

import threading

import numpy as np

from ingest.embed import open_cross_encoder
from ingest.errors import UserError

LABEL = "entailment"


class EntailmentModel:
    """Called with a source and a statement: the probability that the one entails the other.

    UserError for a name that cannot be loaded, and for a model without a label "entailment".
    """

    def __init__(self, name: str) -> None:
        self._encoder = open_cross_encoder(name)
        named = self._encoder.config.id2label
        labels = [str(named[place]).lower() for place in range(self._encoder.num_labels)]
        if LABEL not in labels:
            raise UserError(
                f"{name!r} is no entailment model: it tells {', '.join(labels)}. Name one that was"
                f" trained on MNLI or the like and has the label {LABEL!r}"
            )
        self._place = labels.index(LABEL)
        self._lock = threading.Lock()

    def __call__(self, source: str, statement: str) -> float:
        with self._lock:
            told = self._encoder.predict(
                [(source, statement)], apply_softmax=True, show_progress_bar=False
            )
        return float(np.asarray(told)[0, self._place])


def open_entailment(name: str | None) -> EntailmentModel | None:
    """The model of that name; None where none is named."""
    return EntailmentModel(name) if name else None
