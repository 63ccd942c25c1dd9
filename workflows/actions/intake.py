"""What a secretary does with a case that came in: classify, accept, ask, decline, extend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb
from workflows.domain.clock import last_day
from workflows.domain.rulebook import Procedure
from workflows.domain.transitions import ACCEPT, CLASSIFY, DECLINE, EXTEND, REQUEST_SUPPLEMENT
from workflows.models import Case, SupplementItem, SupplementNotice
from workflows.queries.people import applicants, secretaries
from workflows.steps import end_wait, guard, move, note, open_folder, open_version, start_wait, tell


@dataclass(frozen=True)
class Classification:
    """The secretary's findings: codes of the instrument's tiers and flags and of the rulebook's lists."""

    tier: str
    flags: tuple[str, ...]
    reason: str
    red_lines: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    exemption: str = ""
    exemption_evidence: str = ""


@transaction.atomic(durable=True)
def classify_case(case_id: int, finding: Classification, *, actor: User, now: datetime) -> Case:
    """Confirm tier, flags and list findings, with the reason; after acceptance the way by rule follows them."""
    folder = open_folder(case_id, actor=actor, now=now)
    exemptions = {question.code for question in folder.rules.lists.exemptions}
    guard(
        CLASSIFY,
        folder,
        tier=finding.tier if finding.tier in {tier.key for tier in folder.instrument.tiers} else "",
        reasons=bool(finding.reason.strip()),
        exemption_claimed=bool(finding.exemption),
        exempt=finding.exemption in exemptions and bool(finding.exemption_evidence.strip()),
    )
    fields = {
        "tier": finding.tier,
        "flags": sorted(finding.flags),
        "classification_reason": finding.reason.strip(),
        "red_lines": list(finding.red_lines),
        "listed": list(finding.listed),
        "exemption": finding.exemption,
        "exemption_evidence": finding.exemption_evidence.strip(),
    }
    move(folder.case, None, now=now, **fields)
    if folder.case.accepted_at is not None:
        fields["route"] = folder.route.code
        move(folder.case, None, now=now, route=folder.route.code)
    codes = {key: value for key, value in fields.items() if key not in {"classification_reason", "exemption_evidence"}}
    note(folder.case, CLASSIFY.verb, actor=actor, now=now, **codes)
    return folder.case


@transaction.atomic(durable=True)
def request_supplement(
    case_id: int, requests: Mapping[str, str], *, message: str, actor: User, now: datetime
) -> SupplementNotice:
    """Send the one complete notice: item code → what is wanted. The rulebook refuses a second one."""
    wanted = {item: text.strip() for item, text in requests.items() if text.strip()}
    folder = open_folder(case_id, actor=actor, now=now)
    guard(REQUEST_SUPPLEMENT, folder, notice_items=tuple(wanted))
    notice = SupplementNotice.objects.create(
        case=folder.case,
        number=len(folder.notices) + 1,
        message=message.strip(),
        issued_at=now,
        issued_by=actor,
    )
    SupplementItem.objects.bulk_create(
        SupplementItem(notice=notice, item=item, request=text) for item, text in wanted.items()
    )
    open_version(folder)
    start_wait(folder.case, "supplement", now=now)
    change = move(folder.case, REQUEST_SUPPLEMENT.target, now=now)
    note(folder.case, REQUEST_SUPPLEMENT.verb, actor=actor, now=now, **change, items=sorted(wanted))
    tell(folder, applicants(folder), Verb.SUPPLEMENT_REQUESTED)
    return notice


@transaction.atomic(durable=True)
def accept_case(case_id: int, *, reasons: str, actor: User, now: datetime) -> Case:
    """Accept: the procedure is named with its reasons, and the time limit begins."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(ACCEPT, folder, reasons=bool(reasons.strip()))
    change = move(
        folder.case,
        ACCEPT.target,
        now=now,
        accepted_at=now,
        clock_started_at=now,
        procedure=Procedure.GENERAL.value,
        route=folder.route.code,
        procedure_reasons=reasons.strip(),
    )
    facts = {"procedure": folder.case.procedure, "route": folder.case.route}
    note(folder.case, ACCEPT.verb, actor=actor, now=now, **change, **facts)
    limit = last_day(now, folder.rules.meeting.days.value, folder.rules.time_zone)
    tell(folder, applicants(folder), Verb.CASE_ACCEPTED, deadline=limit)
    return folder.case


@transaction.atomic(durable=True)
def decline_case(case_id: int, *, reasons: str, actor: User, now: datetime) -> Case:
    """Do not accept, with reasons."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(DECLINE, folder, reasons=bool(reasons.strip()))
    end_wait(folder.case, now=now)
    change = move(folder.case, DECLINE.target, now=now, closing_reasons=reasons.strip())
    note(folder.case, DECLINE.verb, actor=actor, now=now, **change)
    tell(folder, applicants(folder), Verb.CASE_DECLINED)
    return folder.case


@transaction.atomic(durable=True)
def extend_deadline(case_id: int, *, until: date, reasons: str, actor: User, now: datetime) -> Case:
    """Set a later last day, stating why; the applicant is told both."""
    folder = open_folder(case_id, actor=actor, now=now)
    clock = folder.clock
    later = clock is not None and until > clock.last_day and until >= folder.day
    guard(EXTEND, folder, reasons=bool(reasons.strip()), deadline_later=later)
    move(folder.case, None, now=now, extended_to=until, extension_reason=reasons.strip())
    note(folder.case, EXTEND.verb, actor=actor, now=now, until=until.isoformat())
    tell(folder, [*applicants(folder), *secretaries(folder)], Verb.DEADLINE_EXTENDED, deadline=until)
    return folder.case
