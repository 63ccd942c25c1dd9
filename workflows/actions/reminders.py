"""Warning of time limits and of yearly looks: each last day at its moments, once, whatever was missed."""

from datetime import datetime

from django.db import transaction

from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb
from ethicsreview.notices.steps import notify
from workflows.domain.warnings import LookWarned, Warned, due_warnings
from workflows.models import Case, LookReminder, Reminder
from workflows.queries.folders import Folder
from workflows.queries.people import case_link, case_params, presiding, secretaries
from workflows.steps import lock_case, note
from workflows.steps.certificates import lock_certificate
from workflows.steps.verifications import coordinators, enterprise_people, log_certificate, tell


@transaction.atomic(durable=True)
def warn_of_deadline(case_id: int, *, actor: User | None, now: datetime) -> Warned | None:
    """Tell the secretaries and whoever leads the case that its limit is near or over; None when all was said.

    After an outage only the most urgent of the missed warnings is given; the others count as given with it.
    """
    folder = Folder(lock_case(case_id), user=actor or User(), now=now)  # read for its seats and its clock alone
    clock = folder.clock
    if clock is None or not clock.running:
        return None
    given = set(Reminder.objects.filter(case=case_id, due=clock.last_day).values_list("kind", flat=True))
    fresh = [warned for warned in due_warnings(clock.left) if warned.value not in given]
    if not fresh or due_warnings(clock.left)[-1] not in fresh:
        return None
    Reminder.objects.bulk_create(
        Reminder(case=folder.case, kind=warned.value, due=clock.last_day, sent_at=now) for warned in fresh
    )
    warned = fresh[-1]
    _tell(folder, warned)
    note(folder.case, "case.remind", actor=actor, now=now, warning=warned.value, due=clock.last_day.isoformat())
    return warned


def _tell(folder: Folder, warned: Warned) -> None:
    case: Case = folder.case
    last_day = folder.clock.last_day if folder.clock else ""
    notify(
        users=[*secretaries(folder), *presiding(folder)],
        verb=Verb.DEADLINE_PASSED if warned is Warned.PASSED else Verb.DEADLINE_NEAR,
        params=case_params(case, date=last_day),
        link=case_link(case),
        at=folder.now,
        subject=f"case:{case.pk}",
    )


@transaction.atomic(durable=True)
def warn_of_look(certificate_id: int, *, actor: User | None, now: datetime) -> LookWarned | None:
    """Tell the body's secretaries and the enterprise that the yearly look is near or overdue; None when it was said.

    As with a case's limit, an outage leaves one warning: the others count as given with it.
    """
    held = lock_certificate(certificate_id, actor=actor, now=now)
    row, wanted, day = held.certificate, held.look_warnings, held.certificate.surveillance_due
    if not wanted or day is None:
        return None
    given = set(LookReminder.objects.filter(certificate=row, due=day).values_list("kind", flat=True))
    fresh = [warned for warned in wanted if warned.value not in given]
    if wanted[-1] not in fresh:
        return None
    LookReminder.objects.bulk_create(
        LookReminder(certificate=row, kind=warned.value, due=day, sent_at=now) for warned in fresh
    )
    told = [*coordinators(held.folder), *enterprise_people(held.folder)]
    verb = Verb.SURVEILLANCE_OVERDUE if fresh[-1] is LookWarned.OVERDUE else Verb.SURVEILLANCE_NEAR
    tell(held.folder, told, verb, number=row.number, date=day)
    facts = {"warning": fresh[-1].value, "due": day.isoformat()}
    log_certificate(row, "certificate.remind", actor=actor, now=now, **facts)
    return fresh[-1]
