"""What the page shows of a chat: in the server's process, or in one of its own (see `apart`)."""

from typing import Protocol

from chat.page.conversation import Asker, Updates
from chat.page.document import covers_html, document_html
from chat.page.examples import Examples
from chat.page.options import Options
from chat.page.shell import page_html
from chat.page.texts import Texts
from chat.pipeline import Chat
from chat.wording import languages


class Desk(Protocol):
    """Where the server asks for what it sends; by several threads at once.

    language: of the page; one that it does not speak means the operator's.
    """

    def ask(
        self, question: str, history: str, language: str, country: str, *, hurried: bool
    ) -> Updates:
        """See `Asker.ask`."""

    def page(self, language: str) -> str:
        """The whole first view; UserError if there is nothing to answer from."""

    def document(self, passage: str, start: int, end: int, language: str) -> str:
        """The document of a passage with a span of it marked; "" if it is gone."""

    def covers(self, language: str) -> str:
        """What the library answers from."""

    def ready(self) -> int:
        """The number of the release that is answered from; UserError if there is none."""


class ChatDesk:
    """The desk over a chat."""

    def __init__(self, chat: Chat, options: Options) -> None:
        self._chats = _in_all_languages(chat)
        self._releases = chat.releases
        self._options = options
        self._asker = Asker(self._chats, options)
        self._examples = {name: Examples(each) for name, each in self._chats.items()}

    def ask(
        self, question: str, history: str, language: str, country: str, *, hurried: bool
    ) -> Updates:
        return self._asker.ask(question, history, language, country, hurried=hurried)

    def page(self, language: str) -> str:
        texts = self._texts(language)
        with self._releases.lent() as release:
            begin = self._examples[texts.language].now()
            return page_html(self._chats[texts.language], release, texts, self._options, begin)

    def document(self, passage: str, start: int, end: int, language: str) -> str:
        with self._releases.lent() as release:
            return document_html(release, passage, (start, end), self._texts(language))

    def covers(self, language: str) -> str:
        with self._releases.lent() as release:
            return covers_html(release, self._texts(language))

    def ready(self) -> int:
        with self._releases.lent() as release:
            return release.number

    def _texts(self, language: str) -> Texts:
        return Texts(language if language in self._chats else next(iter(self._chats)))


def _in_all_languages(chat: Chat) -> dict[str, Chat]:
    """The chat by language: the operator's first, then the others that visitors may choose."""
    first = chat.settings.language
    others = (language for language in languages() if language != first)
    return {first: chat} | {language: chat.in_language(language) for language in others}
