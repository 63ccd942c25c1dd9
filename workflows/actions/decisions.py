"""Drafting and issuing decisions, checking modified versions, designating who acts for the chair."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb
from workflows import tasks
from workflows.domain.checks import decision_rule
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.rooms import SeatRole
from workflows.domain.rulebook import Effect
from workflows.domain.states import ReportKind, ReportState, Role, State
from workflows.domain.transitions import (
    CONFIRM_MODIFICATION,
    DESIGNATE,
    DRAFT_DECISION,
    END_DESIGNATION,
    ISSUE_DECISION,
    RETURN_MODIFICATION,
)
from workflows.models import Case, CaseReport, Condition, Decision
from workflows.queries.folders import Folder
from workflows.queries.people import applicants, secretaries
from workflows.steps import guard, move, note, open_folder, open_version, start_wait, tell

_TARGETS = {
    Effect.APPROVE: State.APPROVED,
    Effect.REFUSE: State.REFUSED,
    Effect.MODIFY_THEN_CHECK: State.MODIFYING,
    Effect.MODIFY_THEN_MEETING: State.MODIFYING,
}


@dataclass(frozen=True)
class ConditionText:
    """One condition as written; at least one language is given."""

    text_en: str
    text_zh: str
    due: date | None


@dataclass(frozen=True)
class DecisionText:
    """What a decision says, in English, Chinese or both."""

    reasons_en: str = ""
    reasons_zh: str = ""
    requirements_en: str = ""
    requirements_zh: str = ""
    scope_en: str = ""
    scope_zh: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    followup_months: int | None = None


def kind_to_draft(folder: Folder) -> str:
    """The carried kind; for a checked modification the rulebook's approving kind."""
    if State(folder.case.state) is State.CHECKING:
        return next((rule.code for rule in folder.rules.decisions if rule.effect is Effect.APPROVE), "")
    return folder.carried.decision_kind if folder.carried else ""


def _not_stale(draft: Decision | None, seen: str | None) -> None:
    if seen is not None and seen != (draft.mark if draft else ""):
        raise Refused((Gap(GapCode.STALE),))


def _as_read(folder: Folder, seen: str | None) -> Decision:
    """The draft, if there is one and it is the one that was read."""
    _not_stale(folder.draft, seen)
    if folder.draft is None:
        raise Refused((Gap(GapCode.DRAFT_MISSING),))
    return folder.draft


def _write(decision: Decision, text: DecisionText, conditions: Sequence[ConditionText]) -> None:
    for name, value in asdict(text).items():
        setattr(decision, name, value.strip() if isinstance(value, str) else value)
    decision.save()
    decision.conditions.all().delete()
    Condition.objects.bulk_create(
        Condition(decision=decision, number=number, text_en=row.text_en, text_zh=row.text_zh, due=row.due)
        for number, row in enumerate((c for c in conditions if c.text_en or c.text_zh), start=1)
    )


@transaction.atomic(durable=True)
def draft_decision(
    case_id: int,
    text: DecisionText,
    conditions: Sequence[ConditionText],
    *,
    seen: str | None = None,
    actor: User,
    now: datetime,
) -> Decision:
    """Write or rewrite the draft; nothing is required before it is issued.

    ``seen`` is the mark of the draft the page showed, empty where there was none; another one is refused as stale.
    """
    folder = open_folder(case_id, actor=actor, now=now)
    guard(DRAFT_DECISION, folder)
    _not_stale(folder.draft, seen)
    decision = folder.draft or Decision(case=folder.case, number=len(folder.decisions) + 1)
    checking = State(folder.case.state) is State.CHECKING
    decision.motion = None if checking else folder.carried
    decision.application = next(v for v in reversed(folder.applications) if v.submitted_at)
    decision.kind = kind_to_draft(folder)
    decision.drafted_by, decision.drafted_at = actor, now
    _write(decision, text, conditions)
    note(folder.case, DRAFT_DECISION.verb, actor=actor, now=now, decision=decision.pk, kind=decision.kind)
    return decision


def _queue_reports(decision: Decision, *, now: datetime) -> None:
    reports = CaseReport.objects.bulk_create(
        CaseReport(decision=decision, kind=kind.value, language=language, queued_at=now, progressed_at=now)
        for kind in ReportKind
        for language, _name in settings.LANGUAGES
    )
    ids = [report.pk for report in reports]
    # robust: with the broker away the decision stands, and requeue_reports makes the documents later
    transaction.on_commit(lambda: _hand_over(ids), robust=True)


def _hand_over(report_ids: list[int]) -> None:
    for report_id in report_ids:
        tasks.issue_report.delay(report_id=report_id)


def _issue(folder: Folder, decision: Decision) -> None:
    seat = next((s for s in folder.seats if s.user_id == folder.user.pk and s.role != SeatRole.SECRETARY.value), None)
    decision.issued_by, decision.issued_at = folder.user, folder.now
    decision.issued_as = seat.role if seat else ""
    decision.save(update_fields=["issued_by", "issued_at", "issued_as"])
    _queue_reports(decision, now=folder.now)


def _back_to_applicant(folder: Folder) -> None:
    open_version(folder)
    start_wait(folder.case, "modification", now=folder.now)


@transaction.atomic(durable=True)
def issue_decision(case_id: int, *, seen: str | None = None, actor: User, now: datetime) -> Decision:
    """The chair, or the one designated, issues; the clock stops, the applicant is told, the reports are made.

    ``seen`` is the mark of the draft the chair read; another one is refused as stale.
    """
    folder = open_folder(case_id, actor=actor, now=now)
    guard(ISSUE_DECISION, folder)
    decision = _as_read(folder, seen)
    rule = decision_rule(decision.kind, folder.rules)
    if rule is None:
        raise Refused((Gap(GapCode.DRAFT_MISSING),))
    _issue(folder, decision)
    target = _TARGETS[rule.effect]
    if target is State.MODIFYING:
        _back_to_applicant(folder)
    change = move(folder.case, target, now=now, clock_stopped_at=now)
    note(
        folder.case,
        ISSUE_DECISION.verb,
        actor=actor,
        now=now,
        **change,
        decision=decision.pk,
        kind=decision.kind,
        issued_as=decision.issued_as,
        standing=decision.motion.standing if decision.motion else None,
    )
    verb = Verb.MODIFICATION_REQUESTED if target is State.MODIFYING else Verb.DECISION_ISSUED
    tell(folder, [*applicants(folder), *secretaries(folder)], verb)
    return decision


@transaction.atomic(durable=True)
def confirm_modification(case_id: int, *, seen: str | None = None, actor: User, now: datetime) -> Decision:
    """The chair finds the requirements met: the case is approved by a decision of its own; ``seen`` as in issuing."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(CONFIRM_MODIFICATION, folder)
    decision = _as_read(folder, seen)
    _issue(folder, decision)
    change = move(folder.case, CONFIRM_MODIFICATION.target, now=now, clock_stopped_at=now)
    note(
        folder.case,
        CONFIRM_MODIFICATION.verb,
        actor=actor,
        now=now,
        **change,
        decision=decision.pk,
        kind=decision.kind,
        issued_as=decision.issued_as,
    )
    tell(folder, [*applicants(folder), *secretaries(folder)], Verb.DECISION_ISSUED)
    return decision


@transaction.atomic(durable=True)
def return_modification(case_id: int, *, reasons: str, actor: User, now: datetime) -> Case:
    """The chair finds the requirements not met: back to the applicant with the reasons."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(RETURN_MODIFICATION, folder, reasons=bool(reasons.strip()))
    if folder.draft is not None:
        folder.draft.conditions.all().delete()
        folder.draft.delete()
    _back_to_applicant(folder)
    change = move(
        folder.case, RETURN_MODIFICATION.target, now=now, clock_stopped_at=now, return_reasons=reasons.strip()
    )
    note(folder.case, RETURN_MODIFICATION.verb, actor=actor, now=now, **change)
    tell(folder, [*applicants(folder), *secretaries(folder)], Verb.MODIFICATION_REQUESTED)
    return folder.case


@transaction.atomic(durable=True)
def designate_chair(case_id: int, *, seat_id: int, reasons: str, actor: User, now: datetime) -> Case:
    """A vice-chair acts for the chair on this case, because the chair is recused or away."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(DESIGNATE, folder, reasons=bool(reasons.strip()))
    seat = next((s for s in folder.seats if s.pk == seat_id and s.role == SeatRole.VICE_CHAIR.value), None)
    if seat is None or seat.user_id in folder.recused:
        raise Refused((Gap(GapCode.CONFLICT, str(seat.user_id if seat else "")),))
    move(folder.case, None, now=now, acting_chair=seat, acting_reason=reasons.strip())
    note(folder.case, DESIGNATE.verb, actor=actor, now=now, seat=seat.pk)
    return folder.case


@transaction.atomic(durable=True)
def end_designation(case_id: int, *, actor: User, now: datetime) -> Case:
    """The chair is available again and leads the case; what was issued by the vice-chair stays."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(END_DESIGNATION, folder)
    seat = folder.case.acting_chair_id
    move(folder.case, None, now=now, acting_chair=None, acting_reason="")
    note(folder.case, END_DESIGNATION.verb, actor=actor, now=now, seat=seat)
    return folder.case


@transaction.atomic(durable=True)
def retry_report(report_id: int, *, actor: User | None, now: datetime) -> CaseReport:
    """Queue an unfinished report again; asked by the desk after a failure or by the beat job after silence."""
    case_id = CaseReport.objects.values_list("decision__case_id", flat=True).get(pk=report_id)
    if actor is not None:
        folder = open_folder(case_id, actor=actor, now=now)
        if not folder.roles & {Role.SECRETARY, Role.CHAIR}:
            raise Refused((Gap(GapCode.WRONG_ROLE),))
    report = CaseReport.objects.select_for_update().select_related("decision__case__committee").get(pk=report_id)
    if report.state == ReportState.SIGNED.value:
        return report
    report.state, report.queued_at, report.progressed_at = ReportState.QUEUED.value, now, now
    report.save(update_fields=["state", "queued_at", "progressed_at"])
    note(report.decision.case, "report.requeue", actor=actor, now=now, report=report.pk, attempts=report.attempts)
    transaction.on_commit(lambda: _hand_over([report_id]), robust=True)
    return report
