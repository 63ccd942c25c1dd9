"""Parts every page of a verification shows alike: status, step bar, clocks, breadcrumb, names."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessments.domain.staged import StagedInstrument
from workflows.domain.clock import local_day
from workflows.domain.scheme import Scheme
from workflows.domain.verification_states import V_CLOSED, VState
from workflows.models import Verification
from workflows.queries.verification_pages import window_closed_at
from workflows.queries.verifications import VerificationFolder
from workflows.wording import V_STATES

_TONES = {
    VState.CERTIFIED: "good",
    VState.REFUSED: "bad",
    VState.RETURNED: "bad",
    VState.WITHDRAWN: "plain",
    VState.CORRECTION: "warn",
}
_PLACES = (
    (VState.ENTRY, VState.RETURNED),
    (VState.DOCUMENTS,),
    (VState.ONSITE,),
    (VState.CORRECTION,),
    (VState.RECOMMENDING,),
    (VState.COMPLIANCE,),
    (VState.PANEL,),
    (VState.NOTICE,),
    (VState.CERTIFIED, VState.REFUSED),
)


def language() -> str:
    """The reader's language, as texts of instruments and schemes take it."""
    return get_language() or "en"


def status(verification: Verification) -> dict[str, Any]:
    """Label and tone for ``_status.html``."""
    state = VState(verification.state)
    return {"label": V_STATES[state], "tone": _TONES.get(state, "active")}


def steps(folder: VerificationFolder) -> list[dict[str, Any]]:
    """The procedure as a step bar; one that is over ends at its ``last`` step."""
    labels = [
        _("Entry check"),
        _("Documents"),
        _("On site"),
        _("Correction"),
        _("Recommendation"),
        _("Compliance"),
        pgettext("verification", "Panel"),
        _("Notice"),
        _("Outcome"),
    ]
    state = VState(folder.verification.state)
    if state is VState.WITHDRAWN:
        return [{"label": V_STATES[state], "state": "blocked", "last": True}]
    place = next(index for index, states in enumerate(_PLACES) if state in states)
    panel = panel_votes(folder)
    return [
        {"label": label, "state": _mark(index, place, state), "last": index == place and state in V_CLOSED}
        for index, label in enumerate(labels)
        if index != _PLACES.index((VState.PANEL,)) or panel
    ]


def panel_votes(folder: VerificationFolder) -> bool:
    """Whether a panel belongs to this verification: by the recommended tier, else by the one aimed at."""
    verification = folder.verification
    tier = verification.recommended_tier or verification.self_assessment.target
    return tier >= folder.scheme.panel.from_tier.value


def _mark(index: int, place: int, state: VState) -> str:
    if index < place:
        return "done"
    if index > place:
        return "skipped" if state in V_CLOSED else "todo"
    if state in {VState.RETURNED, VState.REFUSED}:
        return "blocked"
    return "done" if state is VState.CERTIFIED else "current"


def clocks(folder: VerificationFolder) -> list[dict[str, Any]]:
    """The body's time, then correction window and public notice where they were started, for ``_clock.html``."""
    verification, scheme = folder.verification, folder.scheme
    found = [_body_clock(folder)]
    if verification.correction_until and verification.findings_at:
        since = local_day(verification.findings_at, scheme.time_zone)
        running = verification.state == VState.CORRECTION.value
        clock = clock_between(since, verification.correction_until, folder.day, running=running)
        article = scheme.correction_days.citation.in_(language())
        reason = _("Calendar days for the enterprise's answers, the last day included.")
        found.append({**clock, "label": _("Correction window"), "article": article, "reason": reason})
    if verification.notice_from and verification.notice_until:
        running = verification.state == VState.NOTICE.value
        clock = clock_between(verification.notice_from, verification.notice_until, folder.day, running=running)
        article = scheme.notice_days.citation.in_(language())
        reason = _("Calendar days in which anybody may object, the last day included.")
        found.append({**clock, "label": _("Public notice"), "article": article, "reason": reason})
    return found


def _body_clock(folder: VerificationFolder) -> dict[str, Any]:
    """Days with the body; it stands still while the enterprise answers findings."""
    row, zone = folder.verification, folder.scheme.time_zone
    state = VState(row.state)
    end = local_day(row.decided_at or (row.changed_at if state in V_CLOSED else folder.now), zone)
    days = (end - local_day(row.created_at, zone)).days - _window_days(folder, end)
    paused = state is VState.CORRECTION
    return {
        "label": _("Time with the body"),
        "used": max(days, 0),
        "state": "stopped" if state in V_CLOSED else "paused" if paused else "running",
        "reason": _("The enterprise answers the findings.") if paused else "",
    }


def _window_days(folder: VerificationFolder, end: date) -> int:
    """Days of the correction window until ``end``, or until the enterprise or the clock closed it."""
    row, zone = folder.verification, folder.scheme.time_zone
    if row.findings_at is None or row.correction_until is None:
        return 0
    running = row.state == VState.CORRECTION.value
    closed = None if running else window_closed_at(row.pk)
    until = local_day(closed, zone) if closed else min(end, row.correction_until)
    return (until - local_day(row.findings_at, zone)).days


def clock_between(since: date, until: date, day: date, *, running: bool) -> dict[str, Any]:
    """Days used and left between two days, the last one inclusive; a window that is over is stopped, never late."""
    left = (until - day).days
    limit = (until - since).days
    return {
        "limit": limit,
        "used": min(max(limit - left, 0), limit),
        "left": left if running and left >= 0 else None,
        "due": until,
        "state": "running" if running and left >= 0 else "stopped",
    }


def breadcrumb(verification: Verification, *more: dict[str, Any]) -> list[dict[str, Any]]:
    """Verifications, this one, and what follows it; the last one is the page itself."""
    here = {"label": verification.reference}
    if more:
        here["url"] = reverse("workflows:verification", args=[verification.pk])
    return [{"label": _("Verifications"), "url": reverse("workflows:verification-list")}, here, *more]


def tier_name(instrument: StagedInstrument, tier: int | None) -> str:
    """What the instrument calls the tier; 0 is not graded."""
    found = instrument.tier(tier) if tier else None
    return found.label.in_(language()) if found else pgettext("tier", "not graded")


def level_name(instrument: StagedInstrument, level: int | None) -> str:
    """A DCMM level with its name; a dash where there is none."""
    if not level or instrument.dcmm is None or level > len(instrument.dcmm.levels):
        return "—"
    return f"{level} · {instrument.dcmm.levels[level - 1].in_(language())}"


def title_of(scheme: Scheme) -> str:
    """The scheme's name and version."""
    return f"{scheme.title.in_(language())} v{scheme.version}"
