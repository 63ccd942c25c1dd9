"""References between the rows of a bulk import, and to what stands."""

from workflows.domain.bulk_plan import Ref
from workflows.domain.bulk_sheets import CellFault


class Unresolved(LookupError):
    """A reference that means nothing (``code``), several things, or a row that could not be read (None)."""

    def __init__(self, code: CellFault | None) -> None:
        super().__init__(code)
        self.code = code


class Names:
    """By which texts things are referred to, in levels: what a nearer level knows is meant."""

    def __init__(self, levels: int) -> None:
        self.levels: list[dict[str, set[Ref]]] = [{} for _level in range(levels)]

    def add(self, level: int, ref: Ref, *texts: str) -> None:
        for text in filter(None, texts):
            self.levels[level].setdefault(text, set()).add(ref)

    def find(self, text: str) -> Ref | None:
        """What the text means, None for nothing. Raises ``Unresolved`` where several things could be meant."""
        for names in self.levels:
            if len(names.get(text, ())) > 1:
                raise Unresolved(CellFault.AMBIGUOUS)
            if text in names:
                return next(iter(names[text]))
        return None
