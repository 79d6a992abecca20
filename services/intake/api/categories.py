"""GET /v1/categories: the catalogue, for forms of other sites."""

from collections.abc import Sequence
from typing import Any

from flask import request

from services.intake.api import schemas
from services.intake.current_deps import deps
from shared.catalog.help_html import help_html
from shared.catalog.model import Category, Evidence, Field
from shared.errors import Unprocessable
from shared.http.arguments import Blueprint
from shared.http.paging import Key, decode, page

categories = Blueprint("categories", __name__, description="What people can ask about")


@categories.route("/v1/categories")
@categories.arguments(schemas.LocaleArguments, location="query")
@categories.response(200, schemas.CategoriesSchema)
def list_categories(arguments: dict[str, Any]) -> dict[str, Any]:
    """The paths with their help, fields and evidence, in the order in which they are shown"""
    locale, limit = arguments["locale"], arguments["limit"]
    rest = _after(deps().catalog.listed(), decode(arguments["cursor"], (str,)))
    return page(
        rest[: limit + 1], limit, lambda category: (category.path,), lambda category: _category(category, locale)
    )


def _after(categories: Sequence[Category], key: Key | None) -> Sequence[Category]:
    """Those after the one that the cursor names. Raises Unprocessable when there is no such path."""
    if key is None:
        return categories
    for number, category in enumerate(categories):
        if category.path == key[0]:
            return categories[number + 1 :]
    raise Unprocessable({"cursor": ["Not a cursor of this list."]})


def _category(category: Category, locale: str) -> dict[str, Any]:
    title = category.title.in_locale(locale)
    return {
        "path": category.path,
        "title": title.text,
        "help_html": str(help_html(category, locale, request.url_root.rstrip("/"))),
        "lang": title.lang,
        "fields": [_field(field, locale) for field in category.fields],
        "evidence": [_evidence(slot, locale) for slot in category.evidence],
    }


def _field(field: Field, locale: str) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": field.type,
        "label": field.label.in_locale(locale).text,
        "required": field.required,
        "options": [{"value": option.value, "label": option.label.in_locale(locale).text} for option in field.options],
    }


def _evidence(slot: Evidence, locale: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": slot.id,
        "label": slot.label.in_locale(locale).text,
        "accepts": list(slot.accepts),
        "requirement": slot.requirement,
        "group": slot.group,
    }
    return shown if slot.when_document is None else {**shown, "when": slot.when_document}
