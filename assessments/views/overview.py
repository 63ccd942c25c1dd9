"""The page of one assessment: where it stands, what blocks, what is still needed."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.domain.maturity_gaps import MaturityGapCode, Part, complete
from assessments.domain.staged import StagedItem
from assessments.queries.maturity import MaturityFolder
from assessments.queries.snapshots import own_snapshot
from assessments.views.doors import criterion_url, open_self_assessment
from assessments.views.pieces import claim_words, dimensions, frame, outline_facts, standing_result, tongue
from assessments.wording import PARTS, maturity_gap


def no_scheme(instrument: str) -> None:
    """Nobody verifies anything: what the page says unless the roof tells it otherwise."""


@login_required
@require_safe
def overview(request: HttpRequest, pk: int, *, scheme: Callable[[str], object | None] = no_scheme) -> HttpResponse:
    """One assessment: tier and gates as they stand, progress, what blocks, what is still needed.

    ``scheme`` finds by which scheme results of an instrument are verified; None where by none.
    """
    folder = open_self_assessment(request, pk)
    concluded = folder.submitted and folder.row.lead_id == folder.user.pk
    context = {
        **frame(folder, current="self-assessment"),
        "result": standing_result(folder),
        "dimensions": dimensions(folder),
        "needed": still_needed(folder),
        "claim": claim_words(folder),
        "evidence": _evidence(folder),
        "people": people(folder),
        "facts": outline_facts(folder),
        "concluded": concluded,
        "verifiable": concluded and scheme(folder.instrument.slug) is not None,
        "snapshot": own_snapshot(pk) if folder.submitted else None,
    }
    return render(request, "assessments/overview.html", context)


def still_needed(folder: MaturityFolder) -> list[dict[str, Any]]:
    """What keeps the assessment from being handed in, each with the place to put it right; one line an item."""
    if folder.submitted:
        return []
    found = list(complete(folder.submission_facts()))
    rows: list[dict[str, Any]] = []
    for gap in found:
        if gap.code is not MaturityGapCode.UNANSWERED:
            claim = gap.code is MaturityGapCode.CLAIM_MISSING
            url = reverse("assessments:claim", args=[folder.row.pk]) if claim else criterion_url(folder, gap.detail)
            rows.append({"text": maturity_gap(gap, folder.instrument), "url": url})
    return rows + [_open_item(folder, item) for item in folder.instrument.items.values() if _open(folder, item)]


def _open(folder: MaturityFolder, item: StagedItem) -> list[str]:
    """The criteria of the item that are asked and empty."""
    mine = {one.key for cell in item.cells for one in cell}
    return [key for key in folder.result.unanswered if key in mine]


def _open_item(folder: MaturityFolder, item: StagedItem) -> dict[str, Any]:
    keys = _open(folder, item)
    text = _("%(criteria)s: %(item)s is not answered") % {
        "criteria": ", ".join(keys),
        "item": item.title.in_(tongue()),
    }
    return {"text": text, "url": criterion_url(folder, keys[0])}


def _evidence(folder: MaturityFolder) -> dict[str, int]:
    """How much evidence there is, and how many ratings count less for want of it."""
    return {
        "pieces": len(folder.evidence),
        "unlinked": sum(not piece.standing_links for piece in folder.evidence),
        "capped": len(folder.capped),
    }


def people(folder: MaturityFolder) -> list[dict[str, Any]]:
    """Who leads and who contributes to what, for ``_people.html``."""
    language, titles = tongue(), {one.key: one.title for one in folder.instrument.dimensions}
    lead = {"name": folder.row.lead.name_in(language), "role": PARTS[Part.LEAD]}
    return [lead] + [
        {
            "name": row.user.name_in(language),
            "role": " · ".join(titles[key].in_(language) for key in row.dimensions if key in titles),
        }
        for row in folder.contributors
    ]
