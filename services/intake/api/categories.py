"""GET /v1/categories: the catalogue for those who build forms of their own."""

from typing import Any

from flask import request

from services.intake.api import schemas
from services.intake.api.parts import reception
from shared.catalog.help_html import help_html
from shared.catalog.model import Category, Evidence, Field
from shared.web.arguments import Blueprint

categories = Blueprint("categories", __name__, description="What people can ask about")


@categories.route("/v1/categories")
@categories.arguments(schemas.LocaleArguments, location="query")
@categories.response(200, schemas.CategoriesSchema)
def list_categories(arguments: dict[str, str]) -> dict[str, Any]:
    """All paths with their help, fields and evidence"""
    locale = arguments["locale"]
    items = [_category(category, locale) for category in reception().catalog.listed()]
    return {"items": items, "next_cursor": None}


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
