"""Ids and hashes that follow from content, so that the same content is always the same thing."""

import hashlib
import json
import uuid

from ingest.document import Document

DOCUMENTS = uuid.UUID("0f1c3c1e-6a2b-4f4e-8d8e-1d4c5b9a7e21")


def document_id(document: Document) -> str:
    """A UUIDv5 of text, structure and what is known of it; not of the path it stands at."""
    content = [
        document.text,
        vars(document.about),
        [vars(section) for section in document.sections],
        [vars(page) for page in document.pages],
    ]
    return str(uuid.uuid5(DOCUMENTS, json.dumps(content, ensure_ascii=False, sort_keys=True)))


def content_hash(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def settings_hash(settings: dict[str, str]) -> str:
    """A short hash of settings, for people to compare."""
    return content_hash(json.dumps(settings, sort_keys=True))[:12]
