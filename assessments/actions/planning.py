"""The improvement plan: efforts, steps taken over from a proposal or added by hand, and their progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from assessments.domain.maturity_gaps import PLAN, MaturityGap, MaturityGapCode, MaturityRefused
from assessments.models import ItemEffort, PlanStep
from assessments.queries.maturity import MaturityFolder, day_of
from assessments.queries.planning import efforts_of
from assessments.steps import guard, lock_self_assessment, note
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.accounts.queries import has_role

Code = MaturityGapCode


@dataclass(frozen=True)
class StepTerms:
    """Who sees to a step and until when; nobody and no day are None."""

    owner: User | None = None
    due: date | None = None
    note: str = ""


@transaction.atomic(durable=True)
def set_efforts(self_assessment_id: int, efforts: Mapping[str, int], *, actor: User, now: datetime) -> None:
    """Keep what raising one criterion of each item costs, from 1 to 10 000; items left out cost 1.

    Raises ``MaturityRefused``.
    """
    folder = _open(self_assessment_id, actor, now)
    for item in efforts:
        if item not in folder.instrument.items:
            raise MaturityRefused(MaturityGap(Code.CRITERION_UNKNOWN, item))
    wanted = {item: effort for item, effort in efforts.items() if effort != 1}
    if wanted == efforts_of(self_assessment_id):
        return
    ItemEffort.objects.filter(self_assessment=folder.row).delete()
    ItemEffort.objects.bulk_create(
        ItemEffort(self_assessment=folder.row, item=item, effort=effort) for item, effort in wanted.items()
    )
    note(folder.row, "self_assessment.plan_efforts", actor=actor, now=now, efforts=wanted)


@transaction.atomic(durable=True)
def add_steps(
    self_assessment_id: int, criteria: Sequence[str], terms: StepTerms, *, actor: User, now: datetime
) -> list[PlanStep]:
    """Add a step for each criterion that is not in the plan yet, all on the same terms; returns the new ones.

    Raises ``MaturityRefused``.
    """
    folder = _open(self_assessment_id, actor, now)
    _check_owner(folder, terms.owner)
    for criterion in criteria:
        if criterion not in folder.instrument.criteria:
            raise MaturityRefused(MaturityGap(Code.CRITERION_UNKNOWN, criterion))
    planned = set(PlanStep.objects.filter(self_assessment=folder.row).values_list("criterion", flat=True))
    fresh = [key for key in dict.fromkeys(criteria) if key not in planned]
    made = PlanStep.objects.bulk_create(
        PlanStep(
            self_assessment=folder.row,
            criterion=key,
            owner=terms.owner,
            due=terms.due,
            note=terms.note.strip(),
            added_at=now,
        )
        for key in fresh
    )
    if made:
        note(folder.row, "self_assessment.plan_add", actor=actor, now=now, criteria=fresh)
    return made


@transaction.atomic(durable=True)
def edit_step(self_assessment_id: int, step_id: int, terms: StepTerms, *, actor: User, now: datetime) -> PlanStep:
    """Change owner, day and note of a step. Raises ``MaturityRefused`` and ``PlanStep.DoesNotExist``."""
    folder = _open(self_assessment_id, actor, now)
    step = PlanStep.objects.get(pk=step_id, self_assessment=folder.row)
    if terms.owner is None or terms.owner.pk != step.owner_id:
        _check_owner(folder, terms.owner)
    before = (step.owner_id, step.due, step.note)
    step.owner, step.due, step.note = terms.owner, terms.due, terms.note.strip()
    if before != (step.owner_id, step.due, step.note):
        step.save(update_fields=["owner", "due", "note"])
        facts = {"owner": step.owner_id, "due": step.due.isoformat() if step.due else None}
        note(folder.row, "self_assessment.plan_edit", actor=actor, now=now, criterion=step.criterion, **facts)
    return step


@transaction.atomic(durable=True)
def tick_step(self_assessment_id: int, step_id: int, *, done: bool, actor: User, now: datetime) -> PlanStep:
    """Mark a step done, or open again. Raises ``MaturityRefused`` and ``PlanStep.DoesNotExist``."""
    folder = _open(self_assessment_id, actor, now)
    step = PlanStep.objects.get(pk=step_id, self_assessment=folder.row)
    if (step.done_at is not None) != done:
        step.done_at = now if done else None
        step.save(update_fields=["done_at"])
        verb = "self_assessment.plan_done" if done else "self_assessment.plan_reopen"
        note(folder.row, verb, actor=actor, now=now, criterion=step.criterion)
    return step


@transaction.atomic(durable=True)
def remove_step(self_assessment_id: int, step_id: int, *, actor: User, now: datetime) -> None:
    """Take a step out of the plan. Raises ``MaturityRefused`` and ``PlanStep.DoesNotExist``."""
    folder = _open(self_assessment_id, actor, now)
    step = PlanStep.objects.get(pk=step_id, self_assessment=folder.row)
    criterion = step.criterion
    step.delete()
    note(folder.row, "self_assessment.plan_remove", actor=actor, now=now, criterion=criterion)


def _open(self_assessment_id: int, actor: User, now: datetime) -> MaturityFolder:
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    guard(PLAN, folder)
    return folder


def _check_owner(folder: MaturityFolder, owner: User | None) -> None:
    """Only people of the enterprise take a step on."""
    if owner and not has_role(owner, MemberRole.ENTERPRISE, folder.row.organisation_id, day_of(folder.now)):
        raise MaturityRefused(MaturityGap(Code.COLLEAGUE_UNKNOWN))
