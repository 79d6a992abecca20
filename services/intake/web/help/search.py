"""The search of topics: on the page of all topics, and while a message is written."""

from collections.abc import Sequence

from flask import Blueprint, current_app, get_template_attribute, jsonify, request
from flask.typing import ResponseReturnValue

from services.intake.current_deps import deps
from services.intake.help_topics.find_topics import find_topics, suggest_topics
from services.intake.help_topics.topic_index import TopicIndex, index_topics
from services.intake.web.languages import current_language, page_locale
from shared.catalog.model import Catalog, Category

_LONGEST_QUERY = 200
_KEPT = "topic_indexes"


def add_topic_search(pages: Blueprint) -> None:
    """Add what scripts ask while somebody writes. Words come in the body, so that no access log holds them; nothing keeps them."""
    pages.add_url_rule("/help/found", view_func=found_topics, methods=["POST"])
    pages.add_url_rule("/help/suggestions", view_func=suggestions, methods=["POST"])


def searched(text: str) -> tuple[str, list[Category]]:
    """What is searched of `text`, and the topics found, the best first."""
    query = " ".join(text.split())[:_LONGEST_QUERY]
    return query, [one.category for one in find_topics(_index(), query)]


def found_topics() -> ResponseReturnValue:
    """POST /help/found: what the page of topics shows for `words`."""
    _, found = searched(request.form.get("words", ""))
    shown = get_template_attribute("help/found.html", "results")(found, others())
    return jsonify(status=_number_found(found), html=shown)


def suggestions() -> ResponseReturnValue:
    """POST /help/suggestions: at most three topics that may help the writer of `words`; `form`: the path whose form it is."""
    form = deps().catalog.resolve(request.form.get("form", ""))
    text = request.form.get("words", "")[:_LONGEST_QUERY]
    found = [one.category for one in suggest_topics(_index(), text, form.path if form else None)]
    shown = get_template_attribute("help/found.html", "suggested")(found)
    return jsonify(status=_number_suggested(found) if found else "", html=shown)


def others() -> list[Category]:
    """The "different problem" of each segment, where the search finds nothing."""
    return [category for category in deps().catalog.listed() if category.path.endswith("/other")]


def _number_found(found: Sequence[Category]) -> str:
    return current_language().ngettext("%(number)s topic found", "%(number)s topics found", len(found)).striptags()


def _number_suggested(found: Sequence[Category]) -> str:
    return (
        current_language().ngettext("%(number)s topic may help", "%(number)s topics may help", len(found)).striptags()
    )


def _index() -> TopicIndex:
    """The index of the catalogue in this request's language, made at the first search of it."""
    kept: dict[str, tuple[Catalog, TopicIndex]] = current_app.extensions.setdefault(_KEPT, {})
    catalog, locale = deps().catalog, page_locale()
    known = kept.get(locale)
    if known is None or known[0] is not catalog:
        known = kept[locale] = (catalog, index_topics(catalog, locale))
    return known[1]
