"""The keys of the rules' index: what facts have, and what a test may need of them.

A new kind of key needs a reader in triage's `index_keys.py`; compiling a ruleset raises without one.
"""

PATHS, WORDS, PRESENCE = "within ", "words of ", "there is "
Key = tuple[str, object]  # a channel ("country", "words of text", "there is country") and a value in it


def value_key(field: str, value: object) -> Key:
    """The field has this value; of a field with several, one is this."""
    return field, value


def path_key(field: str, path: object) -> Key:
    """The field is this path or one below it."""
    return PATHS + field, path


def word_key(field: str, word: str) -> Key:
    """The text has this folded word. What is in the subject or the message is in the text, and a ticket is split once."""
    return WORDS + ("text" if field in ("subject", "message") else field), word


def presence_key(field: str) -> Key:
    """The field has any value."""
    return PRESENCE + field, True
