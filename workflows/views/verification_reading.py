"""Evidence read page by page beside the team's ratings."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from assessments.domain.staged import Criterion, Dimension
from assessments.models import Evidence
from ethicsreview.files.queries import page_count
from workflows.queries.verification_reading import opens_evidence
from workflows.queries.verifications import VerificationFolder
from workflows.views.sheets import leaf_of, whole
from workflows.views.verification_rating_page import DCMM, RatingSheet, Typed


@dataclass(frozen=True)
class Look:
    """The piece of evidence that is read, and its page."""

    piece: int
    page: int


def look_of(given: QueryDict) -> Look | None:
    """What a query string or a form says is read; None for nothing."""
    piece, page = whole(given.get("piece", "")), whole(given.get("page", ""))
    return Look(piece, page or 1) if piece else None


class ReadingSheet(RatingSheet):
    """The rating page of a party: each piece that can be shown as pictures leads to its pages."""

    def __init__(self, folder: VerificationFolder, typed: Typed | None = None, look: Look | None = None) -> None:
        super().__init__(folder, typed)
        self.look = look

    def beside(self, key: str, look: Look | None, anchor: str = "") -> str:
        """The page of one dimension with a piece beside it."""
        read = f"&piece={look.piece}&page={look.page}" if look else ""
        return f"{self.url(key)}{read}{'#' + anchor if anchor else ''}"

    def criterion(self, one: Criterion) -> dict[str, Any]:
        """As it is rated, with the way to the pages of each piece."""
        shown, key = super().criterion(one), self.folder.instrument.dimension_of[one.item].key
        pages = {piece.pk: _pages(piece) for piece in self.pieces.get(one.key, [])}
        rows = [
            {
                **row,
                "look_url": self.beside(key, Look(row["pk"], 1), f"c-{shown['slug']}") if pages[row["pk"]] else "",
                "looked": self.look,
            }
            for row in shown["pieces"]
        ]
        return {**shown, "pieces": rows, "looked": self.look}

    def source(self, dimension: Dimension | None) -> dict[str, Any] | None:
        """The piece that is read, one of this verification with a file; None for no piece."""
        look, pk = self.look, self.folder.verification.pk
        piece = next((one for one in self.folder.round.evidence if look and one.pk == look.piece), None)
        if look is None or piece is None or piece.file is None or not opens_evidence(self.folder):
            return None
        key, number = dimension.key if dimension else DCMM, piece.pk
        leaf = leaf_of(
            name=piece.file.name,
            pages=page_count(piece.file),
            page=look.page,
            image=lambda page: reverse("workflows:verification-evidence-page", args=[pk, number, page]),
            view=lambda page: self.beside(key, Look(number, page)),
            download=reverse("workflows:verification-evidence", args=[pk, number]),
        )
        return {
            "title": piece.title,
            "confidential": piece.confidential,
            "leaf": leaf,
            "action": reverse("workflows:verification-rating", args=[pk]),
            "kept": [("dimension", key), ("piece", number)],
            "close_url": self.url(key),
        }


def _pages(piece: Evidence) -> int:
    return page_count(piece.file) if piece.file else 0
