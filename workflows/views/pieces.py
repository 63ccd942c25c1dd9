"""Parts every page of a case shows alike: status, step bar, clocks, breadcrumb."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from workflows.domain.clock import Clock, local_day
from workflows.domain.states import CLOSED, State
from workflows.models import Case
from workflows.queries.folders import Folder
from workflows.wording import STATES

_TONES = {
    State.APPROVED: "good",
    State.REFUSED: "bad",
    State.DECLINED: "bad",
    State.WITHDRAWN: "plain",
    State.DRAFT: "plain",
    State.SUPPLEMENT: "warn",
    State.MODIFYING: "warn",
}

_PLACES = (
    (State.DRAFT,),
    (State.SUBMITTED, State.SUPPLEMENT, State.DECLINED),
    (State.ACCEPTED, State.REVIEWING),
    (State.READY, State.DELIBERATING, State.VOTING),
    (State.CARRIED,),
    (State.MODIFYING, State.CHECKING),
    (State.APPROVED, State.REFUSED),
)


def status(case: Case) -> dict[str, Any]:
    """Label and tone for ``_status.html``."""
    state = State(case.state)
    return {"label": STATES[state], "tone": _TONES.get(state, "active")}


def steps(folder: Folder) -> list[dict[str, Any]]:
    """The procedure as a step bar; a case that ended early stops where it ended, at its ``last`` step."""
    labels = [
        _("Application"),
        _("Acceptance"),
        _("Review"),
        _("Meeting"),
        _("Decision"),
        _("Modification"),
        _("Outcome"),
    ]
    state = State(folder.case.state)
    if state is State.WITHDRAWN:
        return [{"label": STATES[State.WITHDRAWN], "state": "blocked", "last": True}]
    place = next(index for index, states in enumerate(_PLACES) if state in states)
    modified = state in {State.MODIFYING, State.CHECKING} or any(w.kind == "modification" for w in folder.waits)
    return [
        {"label": label, "state": _mark(index, place, state), "last": index == place and state in CLOSED}
        for index, label in enumerate(labels)
        if index != 5 or modified
    ]


def _mark(index: int, place: int, state: State) -> str:
    if index < place:
        return "done"
    if index > place:
        return "skipped" if state is State.DECLINED else "todo"
    if state in {State.DECLINED, State.REFUSED}:
        return "blocked"
    return "done" if state is State.APPROVED else "current"


def clocks(folder: Folder) -> list[dict[str, Any]]:
    """The two clocks for ``_clock.html``: the committee's limit, and the time spent waiting for the applicant."""
    return [clock for clock in (_committee_clock(folder), _applicant_clock(folder)) if clock]


def _committee_clock(folder: Folder) -> dict[str, Any] | None:
    clock = folder.clock
    if clock is None:
        return None
    started = local_day(clock.started, folder.rules.time_zone)
    limit = (clock.last_day - started).days
    state = "overdue" if clock.overdue else "running"
    return {
        "label": _("Committee's time limit"),
        "limit": limit,
        "used": limit - clock.left,
        "left": clock.left,
        "over": -clock.left,
        "due": clock.last_day,
        "state": state if clock.running else "stopped",
        "reason": _clock_reason(folder, clock),
        "article": folder.rules.meeting.days.citation.in_(get_language() or "en"),
    }


def _clock_reason(folder: Folder, clock: Clock) -> str:
    """Why the clock stands where it does: stopped, extended, or from when it is counted."""
    if not clock.running:
        return _("Stopped when the decision was issued.")
    if clock.extended:
        return _("Extended: %(reason)s") % {"reason": folder.case.extension_reason}
    if clock.started == folder.case.accepted_at:
        return _("Calendar days from acceptance.")
    return _("Calendar days from the arrival of the modified version.")


def _applicant_clock(folder: Folder) -> dict[str, Any] | None:
    if not folder.waits:
        return None
    zone = folder.rules.time_zone

    def days(start: date, end: date) -> int:
        return (end - start).days

    used = sum(days(local_day(w.started_at, zone), local_day(w.ended_at or folder.now, zone)) for w in folder.waits)
    running = any(wait.ended_at is None for wait in folder.waits)
    words = {"supplement": _("Answering the supplement notice."), "modification": _("Modifying the application.")}
    return {
        "label": _("Time with the applicant"),
        "used": used,
        "state": "running" if running else "stopped",
        "reason": words.get(folder.waits[-1].kind, "") if running else "",
    }


def breadcrumb(folder: Folder, *more: dict[str, Any]) -> list[dict[str, Any]]:
    """Home, cases, this case, and what follows it; the last one is the page itself."""
    case = folder.case
    here = {"label": case.reference or _("Draft"), "url": reverse("workflows:case", args=[case.pk])}
    first = [{"label": _("Cases"), "url": reverse("workflows:case-list")}]
    if not more:
        here = {"label": case.reference or _("Draft")}
    return [*first, here, *more]
