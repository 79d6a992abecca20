"""The category catalogue: one loader, and pure functions over what it read."""

from shared.catalog.check import Problem, check, problems
from shared.catalog.countries import COUNTRIES, country_code
from shared.catalog.details import detail_errors, normalised_details
from shared.catalog.evidence import asked_evidence, missing_evidence, refused_evidence
from shared.catalog.help_html import help_html
from shared.catalog.loader import CatalogError, load, load_once
from shared.catalog.model import Catalog, Category, Evidence, Field, HelpBlock, Option, Reason
from shared.catalog.strings import all_strings
from shared.catalog.text import Localised, Text

__all__ = [
    "COUNTRIES",
    "Catalog",
    "CatalogError",
    "Category",
    "Evidence",
    "Field",
    "HelpBlock",
    "Localised",
    "Option",
    "Problem",
    "Reason",
    "Text",
    "all_strings",
    "asked_evidence",
    "check",
    "country_code",
    "detail_errors",
    "help_html",
    "load",
    "load_once",
    "missing_evidence",
    "normalised_details",
    "problems",
    "refused_evidence",
]
