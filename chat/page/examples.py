"""Questions to begin with, made from the documents' headings; only those that get an answer."""

from itertools import zip_longest

from chat.page.texts import Texts
from chat.pipeline import Chat
from chat.topics import examples
from ingest.document import Document
from ingest.library import Release

SHOWN = 4
TRIED = 16
LOOKED_AT = 50
LONGEST = 60


def checked_examples(chat: Chat, texts: Texts) -> list[str]:
    """At most four questions, each asked once to see that the documents answer it."""
    with chat.releases.lent() as release:
        questions = _questions(release, texts)
    found: list[str] = []
    for question in questions[:TRIED]:
        if chat.ask(question).status == "answered":
            found.append(question)
        if len(found) == SHOWN:
            break
    return found


def _questions(release: Release, texts: Texts) -> list[str]:
    """Headings that are questions, then the other short ones, a document in turn."""
    documents = sorted(
        release.documents()[:LOOKED_AT], key=lambda each: each.about.kind == "seller"
    )
    headings = [_headings(document) for document in documents]
    asked = [heading for own in headings for heading in own if heading.endswith("?")]
    in_turn = (heading for row in zip_longest(*headings) for heading in row if heading)
    others = [texts.plain("example", topic=each) for each in in_turn if not each.endswith("?")]
    return list(dict.fromkeys([*examples(release), *asked, *others]))


def _headings(document: Document) -> list[str]:
    """The headings of a document that could be a question or a topic."""
    headings = [section.headings[-1] for section in document.sections if section.headings]
    headings.sort(key=lambda each: each == document.title)  # a title is a poor topic
    return [each for each in headings if len(each) <= LONGEST and len(each.split()) > 1]
