"""How the case went: its steps, on whose side it lay, and the time limit."""

from datetime import datetime

from assessments.domain.strict import Text
from ethicsreview.audit.models import AuditEvent
from workflows.domain.application import form_items
from workflows.domain.clock import read_clock
from workflows.models import SupplementNotice
from workflows.reporting.data import Milestone, Side, Span, Times
from workflows.reporting.issued import IssuedFolder
from workflows.reporting.naming import person


def read_milestones(folder: IssuedFolder) -> tuple[Milestone, ...]:
    """The steps in order, each with its article where one asks for it."""
    case, rules = folder.case, folder.rules
    acceptance = rules.acceptance.supplement_notices.citation
    found = []
    if case.submitted_at is not None:
        found.append(Milestone(case.submitted_at, "case.submit", rules.gaps.get("materials_missing")))
    for notice in folder.notices:
        asked = _lines(notice, folder)
        found.append(Milestone(notice.issued_at, "case.request_supplement", acceptance, lines=asked))
        if notice.answered_at is not None:
            found.append(Milestone(notice.answered_at, "case.answer_supplement", acceptance))
    if case.accepted_at is not None:
        found.append(Milestone(case.accepted_at, "case.accept", acceptance))
    for review in folder.reviews:
        if review.submitted_at is not None:
            found.append(Milestone(review.submitted_at, "review.submit", person=person(review.user)))
    steps = [*found, *_meetings(folder), *_decisions(folder), *_told(folder)]
    return tuple(sorted(steps, key=lambda step: step.at))


def _lines(notice: SupplementNotice, folder: IssuedFolder) -> tuple[tuple[Text, str, str], ...]:
    labels = {item.code: item.label for item in form_items(folder.rules.application)}
    return tuple(
        (labels.get(row.item, Text(row.item, row.item)), row.request, row.answer)
        for row in sorted(notice.items.all(), key=lambda row: row.pk)
    )


def _meetings(folder: IssuedFolder) -> list[Milestone]:
    found = []
    for item in folder.agenda:
        if item.opened_at is not None and item.opened_at <= folder.now:
            number = item.meeting.number
            found.append(Milestone(item.opened_at, "item.open", folder.rules.meeting.quorum.citation, meeting=number))
            if item.closed_at is not None and item.outcome == "adjourned":
                found.append(Milestone(item.closed_at, "item.adjourn", meeting=number))
    return found


def _told(folder: IssuedFolder) -> list[Milestone]:
    """Steps that the audit chain alone dates."""
    rules = {
        "case.extend": folder.rules.meeting.extension.citation,
        "case.designate_chair": folder.rules.gaps.get("chair_available"),
    }
    events = AuditEvent.objects.filter(subject=f"case:{folder.case.pk}", verb__in=rules, at__lte=folder.now)
    return [Milestone(event.at, event.verb, rules[event.verb]) for event in events.order_by("number")]


def _decisions(folder: IssuedFolder) -> list[Milestone]:
    rules = {rule.code: rule.citation for rule in folder.rules.decisions}
    found = [
        Milestone(row.issued_at, "decision.issue" if row.motion_id else "modification.confirm", rules.get(row.kind))
        for row in folder.decisions
        if row.issued_at is not None and row.issued_at <= folder.now
    ]
    for wait in folder.waits:
        if wait.kind == "modification" and wait.ended_at is not None and wait.ended_at <= folder.now:
            found.append(Milestone(wait.ended_at, "case.resubmit"))
    return found


def read_times(folder: IssuedFolder) -> Times:
    """The two clocks up to the decision, and the limit of the procedure as it ran then."""
    case, rules = folder.case, folder.rules
    started = _limit_started(folder)
    extended = case.extended_to if started is not None and started == case.clock_started_at else None
    clock = started and read_clock(
        started=started,
        days=rules.meeting.days.value,
        zone=rules.time_zone,
        extended_to=extended,
        stopped=folder.issued_at,
        now=folder.now,
    )
    return Times(
        spans=_spans(folder),
        limit_started=started,
        limit_days=rules.meeting.days.value,
        last_day=clock.last_day if clock else None,
        extended=extended is not None,
        extension_reason=case.extension_reason if extended else "",
        overdue=bool(clock and clock.overdue),
        citation=rules.meeting.days.citation,
    )


def _limit_started(folder: IssuedFolder) -> datetime | None:
    """The acceptance, or the arrival of the newest modified version."""
    returns = [w.ended_at for w in folder.waits if w.kind == "modification" and w.ended_at is not None]
    return max(returns) if returns else folder.case.accepted_at


def _spans(folder: IssuedFolder) -> tuple[Span, ...]:
    """From the submission to the decision, without a hole: every wait is the applicant's, all else the committee's."""
    found: list[Span] = []
    begun = folder.case.submitted_at or folder.case.created_at
    for wait in folder.waits:
        ended = min(wait.ended_at or folder.now, folder.now)
        found += [
            Span(Side.COMMITTEE, "review", begun, wait.started_at),
            Span(Side.APPLICANT, wait.kind, wait.started_at, ended),
        ]
        begun = ended
    return (*found, Span(Side.COMMITTEE, "review", begun, folder.now))
