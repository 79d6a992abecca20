"""What the catalogue calls ids and codes, in English."""

from collections.abc import Mapping
from typing import Any

from shared.catalog.model import Catalog


def evidence_label(catalog: Catalog, category: str, evidence: str) -> str:
    """The English label of a slot of evidence; its id in words if the catalogue does not have it."""
    known = catalog.resolve(category)
    labels = (one.label.in_locale("en").text for one in (known.evidence if known else ()) if one.id == evidence)
    return next(labels, evidence.replace("_", " "))


def reason_title(catalog: Catalog, code: str) -> str:
    """The English title of a reason for a disapproval; its code in words if the catalogue does not have it."""
    reason = catalog.reasons.get(code)
    return reason.title.in_locale("en").text if reason else code.replace("_", " ")


def labelled_details(catalog: Catalog, category: str, details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and value of each of the path's own fields; chosen options by their label."""
    known = catalog.categories.get(category)
    labels = {field.name: field.label.in_locale("en").text for field in known.fields} if known else {}
    choices = {
        (field.name, option.value): option.label.in_locale("en").text
        for field in (known.fields if known else ())
        for option in field.options
    }
    shown = []
    for name, value in details.items():
        if name == "cannot_provide":
            refused = [evidence_label(catalog, category, one) for one in value]
            shown.append(("Can’t provide", ", ".join(refused)))
            continue
        label = labels.get(name) or evidence_label(catalog, category, name)
        shown.append((label, choices.get((name, str(value)), str(value))))
    return shown
