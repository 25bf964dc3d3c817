"""A chat model writes the answer from numbered passages; each sentence must cite one.

It also says what a follow-up asks by itself; the rules do where it says nothing sensible in time.

Any model that LangChain's `init_chat_model("provider:name")` knows; OpenAI-compatible servers by
OPENAI_BASE_URL. The only home of langchain's chat models. Nothing here is shown before `verify`.
"""

import queue
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from chat.answer import Statement, Turn
from chat.frame import Sources, citation, twin_citations
from chat.retrieve import Found
from chat.settings import Settings
from chat.support import coverage, unsupported
from chat.support.meaning import Meanings
from chat.terms import terms
from chat.wording import wording
from ingest.errors import UserError
from ingest.sentences import sentence_spans

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PASSAGES = 6  # that the model is given
SECONDS = 60.0  # without a word from the model
WHOLE = 120.0  # seconds for all of it
LONGEST = 6_000  # characters of a reply that are read
ASKED_WITHIN = 10.0  # seconds for a follow-up as a question by itself
TURNS, TOLD = 6, 600  # messages before it that the model is told, and characters of each
QUESTION = 300  # characters of such a question
OWN = 0.5  # share of the follow-up's words that such a question keeps
# Packages of the extra `models`, and how all of them are installed.
EXTRA = ("openai", "ollama", "anthropic")
INSTALL = 'pip install -c constraints.txt ".[models]"'
WINDOW = 3  # neighbouring sentences that together may support one statement
KEYS = re.compile(r"\s*[\[【]\s*(\d+(?:\s*[,;]\s*\d+)*)\s*[\]】]")
# A sentence with the keys that follow it, once something else has begun after it.
SENTENCE = re.compile(
    r"(.+?(?:(?<!\bDr)(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bapprox)[.!?][\"”’')*]*"
    r"(?:\s*[\[【][\d ,;]+[\]】]\.?)*(?=\s+[^\s\[【])|\n))",
    re.DOTALL,
)
DECORATION = re.compile(r"^\s*(?:[-*•#>]+|\d+[.)])\s+|\*\*|__|`")


class ModelProblem(Exception):  # noqa: N818 - it is no error of the program
    """Why a chat model gave no answer, in a few words that fit into a notice."""


class Writer:
    """Answers with a chat model, opened at the first question.

    model: "provider:name", or a model that is open already.
    """

    def __init__(
        self, model: "str | BaseChatModel", settings: Settings, seconds: float = SECONDS
    ) -> None:
        self.name = model if isinstance(model, str) else type(model).__name__
        self._model = model
        self._settings = settings
        self._seconds = seconds
        self._lock = threading.Lock()

    def in_language(self, language: str) -> Self:
        """This writer with the prompt of another language."""
        settings = replace(self._settings, language=language)
        return type(self)(self._model, settings, self._seconds)

    def write(
        self,
        question: str,
        found: Sequence[Found],
        sources: Sources,
        meanings: Meanings | None = None,
    ) -> Iterator[Statement]:
        """Statements as the model writes them, unchecked; ModelProblem if it does not write.

        meanings: to find the words that a statement rests on, where it says them in others.
        """
        given = list(found[:PASSAGES])
        prompt = wording(
            self._settings.language, "answer", question=question, passages=_numbered(given)
        )
        for sentence in sentences(self._pieces(prompt)):
            statement = _statement(sentence, given, sources, meanings)
            if statement is not None:
                yield statement

    def stand_alone(self, question: str, history: Sequence[Turn]) -> str | None:
        """The follow-up as a question by itself; None where the model says nothing sensible."""
        turns = [f"{turn.role}: {turn.content[:TOLD]}" for turn in history[-TURNS:]]
        told = "\n".join(turns)
        prompt = wording(self._settings.language, "standalone", question=question, turns=told)
        try:
            said = "".join(self._pieces(prompt, ASKED_WITHIN)).strip()
        except ModelProblem:
            return None  # the answer, which the same model writes, says why
        text = said.strip('"“”*` ')
        return text if _says_the_same(text, question, history) else None

    def _opened(self) -> "BaseChatModel":
        with self._lock:
            if isinstance(self._model, str):
                self._model = open_model(self._model)
            return self._model

    def _pieces(self, prompt: str, within: float = WHOLE) -> Iterator[str]:
        """The reply piece by piece, read in a thread so that a silent server cannot hold us."""
        pieces: queue.Queue[str | BaseException | None] = queue.Queue()
        stopped = threading.Event()
        reading = (self._opened(), prompt, pieces, stopped)
        threading.Thread(target=_read, args=reading, daemon=True).start()
        silence = min(self._seconds, within)
        deadline, length = time.monotonic() + within, 0
        try:
            while length < LONGEST and time.monotonic() < deadline:
                piece = pieces.get(timeout=silence)
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise ModelProblem(_reason(piece)) from piece
                length += len(piece)
                yield piece
        except queue.Empty as error:
            raise ModelProblem(f"it was silent for {silence:.0f} seconds") from error
        finally:
            stopped.set()


def open_model(name: str) -> "BaseChatModel":
    """The chat model `provider:name`; ModelProblem if its package or its key is missing."""
    if not re.fullmatch(r"[\w-]+:.+", name):
        raise UserError(f"the model {name!r} has no provider: write provider:name")
    from langchain.chat_models import init_chat_model

    try:
        model: BaseChatModel = init_chat_model(name, temperature=0)
    except ImportError as error:
        raise ModelProblem(_missing(name.partition(":")[0], error)) from error
    except Exception as error:  # each provider has its own errors for a key that is not there
        raise ModelProblem(_reason(error)) from error
    return model


def _missing(provider: str, error: ImportError) -> str:
    """What to install, where a provider's package is missing or lacks one that it needs."""
    named = re.search(r"\blangchain-[\w-]+", str(error))
    package = named[0] if named else f"langchain-{provider.replace('_', '-')}"
    how = INSTALL if provider in EXTRA else f"pip install -c constraints.txt {package}"
    lacks = f" {error.name}" if error.name else ""
    return f"a package{lacks} is missing: {how}"


def _says_the_same(text: str, question: str, history: Sequence[Turn]) -> bool:
    """Whether a text is one short question, in the words of the conversation and the follow-up."""
    own, said = set(terms(text)), set(terms(question))
    known = said.union(*(terms(turn.content) for turn in history))
    numbers = set(re.findall(r"\d+", text)) <= set(re.findall(r"\d+", f"{question} {history}"))
    short = bool(own) and len(text) <= QUESTION and "\n" not in text and text.count("?") == 1
    return short and numbers and own <= known and len(own & said) >= OWN * len(said)


def sentences(pieces: Iterator[str]) -> Iterator[str]:
    """Whole sentences with their keys, as soon as the next one has begun."""
    text = ""
    for piece in pieces:
        text += piece
        while match := SENTENCE.match(text):
            yield match[0]
            text = text[match.end() :]
    if text.strip():
        yield text


def _read(
    model: "BaseChatModel",
    prompt: str,
    pieces: "queue.Queue[str | BaseException | None]",
    stopped: threading.Event,
) -> None:
    from langchain_core.messages import HumanMessage

    try:
        for chunk in model.stream([HumanMessage(prompt)]):
            if stopped.is_set():
                return
            pieces.put(_text(chunk.content))
        pieces.put(None)
    except Exception as error:  # noqa: BLE001 - providers raise what they like; `_pieces` tells why
        pieces.put(error)


def _text(content: Any) -> str:
    """The text of a chunk: a string, or the text blocks of a list."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else []
    return "".join(
        block if isinstance(block, str) else str(block.get("text") or "")
        for block in blocks
        if isinstance(block, str) or block.get("type", "text") == "text"
    )


def _reason(error: BaseException) -> str:
    """The kind of an error and its first line, without addresses' user names or keys."""
    first = (str(error).strip().splitlines() or [""])[0][:160].rstrip(".")
    first = re.sub(r"(sk-|key[=: ]+)\S+", r"\1…", first)
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _numbered(found: Sequence[Found]) -> str:
    return "\n\n".join(
        f"[{number}] {item.document.title}\n{item.passage.text}"
        for number, item in enumerate(found, start=1)
    )


def _statement(
    sentence: str, found: Sequence[Found], sources: Sources, meanings: Meanings | None = None
) -> Statement | None:
    """The sentence without its keys, citing what supports it best; no citation for a wrong key."""
    keys = [int(key) for group in KEYS.findall(sentence) for key in re.findall(r"\d+", group)]
    text = DECORATION.sub("", KEYS.sub("", sentence)).strip()
    if len(text) < 2:
        return None
    if not keys or any(not 1 <= key <= len(found) for key in keys):
        return Statement(text, "paraphrase", ())
    cited = [found[key - 1] for key in dict.fromkeys(keys)]
    spans = [(item, *_span(text, item, meanings)) for item in cited]
    supporting = [(item, start, end) for item, start, end, supports in spans if supports]
    used = supporting or [(item, start, end) for item, start, end, _ in spans]
    verbatim = [item.document.text[start:end] == text for item, start, end in used]
    citations = [
        each
        for item, start, end in used
        for each in (
            citation(item.passage, item.document, start, end, sources),
            *twin_citations(item, start, end, sources),
        )
    ]
    if any(verbatim):
        return Statement(f"“{text}”", "quote", tuple(citations))
    return Statement(text, "paraphrase", tuple(citations))


def _span(text: str, item: Found, meanings: Meanings | None) -> tuple[int, int, bool]:
    """The shortest run of sentences of a passage that supports a text, else the nearest one."""
    document, passage = item.document, item.passage
    spans = sentence_spans(document.text, passage.start, passage.end, document.about.language)
    spans = spans or [(passage.start, passage.end)]
    runs = [
        (spans[first][0], spans[first + length - 1][1])
        for length in range(1, WINDOW + 1)
        for first in range(len(spans) - length + 1)
    ]
    around = f"{document.title} {passage.text}"
    nearest = sorted(
        runs, key=lambda run: -coverage(text, document.text[run[0] : run[1]], meanings=meanings)
    )
    for start, end in sorted(nearest[:8], key=lambda run: run[1] - run[0]):
        span = document.text[start:end]
        if unsupported(text, span, around, meanings=meanings) is None:
            return start, end, True
    return *nearest[0], False
