"""The self-assessed and the verified result side by side, and where they differ."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.domain.scorefile import answer
from assessments.domain.scoring import Gate
from assessments.wording import GATES
from workflows.domain.verification_states import TEAM, Round
from workflows.queries.verifications import VerificationFolder
from workflows.views.verification_pieces import language, tier_name

Result = Mapping[str, Any]


def live_result(folder: VerificationFolder) -> Result:
    """What the team's ratings come to now, as a snapshot would hold it."""
    return answer(folder.round.result, provisional=False)


def results(folder: VerificationFolder, *, live: bool = False, link: bool = True) -> dict[str, Any] | None:
    """Tier, gates and index of both sides as this person may see them; None where only the own side is open.

    ``live`` shows the team what a recommendation would say now.
    """
    verified = _verified(folder, live=live)
    if verified is None or not folder.may_see(Round.SELF):
        return None
    sides = [
        _side(folder, folder.verification.snapshot.result, _("Self-assessed")),
        {**_side(folder, verified, _("Verified by the assessors")), "own": True},
    ]
    url = reverse("workflows:verification-differences", args=[folder.verification.pk])
    return {"sides": sides, "note": folder.instrument.notice.in_(language()), "url": url if link else ""}


def _verified(folder: VerificationFolder, *, live: bool) -> Result | None:
    if live and folder.roles & TEAM and folder.verification.round_id:
        return live_result(folder)
    verified = folder.verification.verified
    result: Result | None = verified.result if verified else None
    return result if folder.may_see(Round.FINAL) else None


def _side(folder: VerificationFolder, result: Result, who: str) -> dict[str, Any]:
    tier, gates = result["tier"], result["gates"] or {}
    known = [gate for gate in Gate if gates.get(gate.value) is not None]
    return {
        "who": who,
        "tier": "—" if tier is None else tier,
        "tier_name": _("not complete yet") if tier is None else tier_name(folder.instrument, tier),
        "index": result["index_display"] or "—",
        "gates": [
            {"label": GATES[gate], "tier": gates[gate.value], "binding": gate.value in result["binding"]}
            for gate in known
        ],
    }


def differences(folder: VerificationFolder, *, live: bool = False) -> list[dict[str, Any]]:
    """Item by item: both levels, and the criteria the assessors counted differently."""
    verified = _verified(folder, live=live)
    if verified is None:
        return []
    own, found = folder.verification.snapshot.result["levels"], verified["levels"]
    steps = _counted_by_team(folder, live=live)
    reached = (verified["tier"] or 0) >= folder.verification.self_assessment.target  # nothing higher was asked
    blocking = () if reached else verified["blocking"]
    return [
        _difference(folder, key, own.get(key), found.get(key), steps) | {"blocking": key in blocking}
        for key in folder.instrument.items
    ]


def _counted_by_team(folder: VerificationFolder, *, live: bool) -> Mapping[str, str]:
    if live:
        return folder.round.ratings.steps
    return {key: rated.counted for key, rated in folder.ratings(Round.FINAL).items()}


def _difference(
    folder: VerificationFolder, key: str, own: int | None, found: int | None, steps: Mapping[str, str]
) -> dict[str, Any]:
    item, claimed = folder.instrument.items[key], folder.ratings(Round.SELF)
    told = [
        f"{one.key} {claimed[one.key].counted} → {steps[one.key]}"
        for cell in item.cells
        for one in cell
        if one.key in claimed and one.key in steps and claimed[one.key].counted != steps[one.key]
    ]
    apart = own != found
    return {
        "key": key,
        "title": item.title.in_(language()),
        "own": _("N/A") if own is None else own,
        "verified": _("N/A") if found is None else found,
        "criteria": " · ".join(told),
        "apart": apart,
        **_gap(own, found),
    }


def _gap(own: int | None, found: int | None) -> dict[str, str]:
    if own == found:
        return {"word": _("the same"), "tone": "plain"}
    if own is None or found is None:
        return {"word": _("set aside by one side alone"), "tone": "warn"}
    step = found - own
    return {"word": f"{step:+d}".replace("-", "−"), "tone": "warn" if step < 0 else "good"}
