"""Warning of time limits: each last day at its moments, once, whatever was missed."""

from datetime import datetime

from django.db import transaction

from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb
from ethicsreview.notices.steps import notify
from workflows.domain.warnings import Warned, due_warnings
from workflows.models import Case, Reminder
from workflows.queries.folders import Folder
from workflows.queries.people import case_link, case_params, presiding, secretaries
from workflows.steps import lock_case, note


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
