"""Words in documents that speak to a program, not to a reader: never a title, never quoted.

Text in documents is data: nothing here obeys it. But a quoted order would still read like a word of
ours, and a reader has no use for it.
"""

import re

ORDER = re.compile(
    r"\b(?:ignore|disregard|forget)\b[^.!?]{0,60}\b(?:instructions?|rules|prompts?|documents|question"
    r"|context|told|learned)\b"
    r"|^\W*(?:assistant|system|developer(?: message)?|chatbot|model|ai|gpt|tool call)\s*[:,]"
    r"|\blanguage models?\b|\bautomated system\b|\bsystem prompt\b|\bprevious instructions\b"
    r"|\bnew instructions?\b|\b(?:developer|maintenance|DAN) mode\b"
    r"|\bact(?:ing)? as (?:an? )?(?:AI|DAN)\b"
    r"|\[/?INST\]|###|<\|?/?[a-z]{3,}[^<>]*>|\"role\":|\{\"|!\[|\]\(\w+:"
    r"|\byour (?:answers?|repl(?:y|ies)|responses?|output|summary)\b"
    r"|\b(?:answer|respond|reply)\b[^.!?]{0,20}\b(?:every|all|any|each) questions?\b"
    r"|\b(?:begin|start|end|finish) (?:every|each|all) (?:answers?|repl(?:y|ies)|responses?)\b"
    r"|\bany question about this\b"
    r"|\b(?:reply|respond|answer)\b[^.!?]{0,20}\b(?:only|just)?\s*with (?:the words?|[\"“])"
    r"|\b(?:just|only) (?:print|say|output)\b|\boutput:|\bprint [\"“]"
    r"|\bwhoever (?:summari[sz]es|reads|quotes) this\b|\bdo not cite\b"
    r"|\b(?:skip|remove[ds]?|leave out|omit|drop|without)(?: \w+)? (?:caveat|disclaimer)s?\b"
    r"|^\W*(?:write|print|say|put|insert|add|show|use|give)\b[^.!?]*\b(?:citations?|caveats?)\b"
    r"|\bcaveat has been\b|\bfrom now on,? you\b|\bwhatever else is written here\b",
    re.IGNORECASE,
)


def speaks_to_programs(text: str) -> bool:
    """Whether a sentence gives an order to whatever program reads it."""
    return bool(ORDER.search(text))
