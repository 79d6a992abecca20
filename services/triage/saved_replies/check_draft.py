"""What is wrong with a saved reply."""

from collections.abc import Sequence

from services.triage.actions.change_ticket import LONGEST_TAG, MOST_TAGS
from services.triage.saved_replies.placeholders import wrong_placeholders
from services.triage.saved_replies.saved_reply import Draft
from shared.errors import Unprocessable
from shared.submission_fields import LONGEST_MESSAGE

LONGEST_NAME = 200


def check_draft(draft: Draft, teams: Sequence[str]) -> None:
    """Raise Unprocessable for all that is wrong: name, team, tags, and each text at its language."""
    errors = {f"text.{language}": messages for language, text in draft.texts.items() if (messages := _wrong_text(text))}
    if not draft.texts.get("en"):
        errors["text.en"] = ["The English text is needed: it is sent where there is no other."]
    if not 1 <= len(draft.name) <= LONGEST_NAME:
        errors["name"] = [f"A name has 1 to {LONGEST_NAME} characters."]
    if draft.team is not None and draft.team not in teams:
        errors["team"] = [f"One of {', '.join(teams)}."]
    tags = draft.actions.get("tags") or ()
    if len(tags) > MOST_TAGS or any(not 1 <= len(tag) <= LONGEST_TAG or not tag.isprintable() for tag in tags):
        errors["actions.tags"] = [f"At most {MOST_TAGS} tags of 1 to {LONGEST_TAG} printable characters."]
    if errors:
        raise Unprocessable(errors)


def _wrong_text(text: str) -> list[str]:
    if not text.strip() or len(text) > LONGEST_MESSAGE:
        return [f"A text has 1 to {LONGEST_MESSAGE:,} characters."]
    return wrong_placeholders(text)
