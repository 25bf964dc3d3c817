"""Questions to begin with, made from the documents' headings; only those that get an answer."""

from chat.page.texts import Texts
from chat.pipeline import Chat
from chat.topics import examples
from ingest.document import Document
from ingest.library import Release

SHOWN = 4
TRIED = 12
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
    """Headings that are questions, then one short heading a document; sellers' documents last."""
    documents = sorted(
        release.documents()[:LOOKED_AT], key=lambda each: each.about.kind == "seller"
    )
    headings = [_headings(document) for document in documents]
    asked = [heading for own in headings for heading in own if heading.endswith("?")]
    topics = [heading for own in headings for heading in own[-1:] if not heading.endswith("?")]
    others = [texts.plain("example", topic=topic) for topic in topics]
    return list(dict.fromkeys([*examples(release), *asked, *others]))


def _headings(document: Document) -> list[str]:
    """The headings of a document that could be a question or a topic."""
    headings = [section.headings[-1] for section in document.sections if section.headings]
    return [each for each in headings if len(each) <= LONGEST and len(each.split()) > 1]
