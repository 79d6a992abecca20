"""What the documents point to is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from tests.architecture.test_tree import ROOT

_LINK = re.compile(r"\]\(([^)\s]+)\)")


def links() -> Iterator[tuple[Path, str]]:
    """Every link within the repository, with the document that it stands in."""
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in _LINK.findall(page.read_text()):
            if "://" not in target and not target.startswith(("#", "mailto:")):
                yield page, unquote(target.partition("#")[0])


def test_every_link_leads_somewhere() -> None:
    found = list(links())
    assert len(found) > 20
    assert [
        f"{page.relative_to(ROOT)}: {target}" for page, target in found if not (page.parent / target).exists()
    ] == []


def test_every_document_is_reached_from_another() -> None:
    reached = {(page.parent / target).resolve() for page, target in links()}
    lonely = [page for page in (ROOT / "docs").rglob("*.md") if page.resolve() not in reached]
    assert [str(page.relative_to(ROOT)) for page in lonely] == []
