"""What a catalogue that cannot be read raises."""

from collections.abc import Sequence


class CatalogError(Exception):
    """The catalogue's data cannot be read; `faults` names all that is wrong, with file and line where they are known."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("the catalogue cannot be read:\n" + "\n".join(f"  {fault}" for fault in self.faults))
