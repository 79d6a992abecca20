"""Which category the tickets made of mails may have. Pure."""

from shared.catalog.model import Catalog


def mail_category(catalog: Catalog, path: str) -> str:
    """The path of today's category for `path`. Raises ValueError with the reason: it is unknown, or has fields that no mail fills in."""
    category = catalog.resolve(path)
    if category is None or not category.listed:
        raise ValueError(f"there is no category {path}; GET /v1/categories lists them")
    if category.required_fields:
        raise ValueError(f"{path} asks for {', '.join(category.required_fields)}, which no mail brings")
    return category.path
