"""Which verifications wait for a person now; one query."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Membership, User
from workflows.domain.verification_states import V_CLOSED, VState
from workflows.models import Finding, Objection, PanelBallot, PanelSeat, PanelVote, TeamAssessor, Verification
from workflows.queries.certificates import awaiting_look

PARTS = frozenset({MemberRole.SECRETARY, MemberRole.MANAGER, MemberRole.ASSESSOR, MemberRole.ENTERPRISE})
MOST = 200  # open verifications of a person that are looked at


@dataclass(frozen=True)
class VerificationTask:
    """One thing only this person, or this person's desk, can move on; ``task`` is a key of the portal's words."""

    task: str
    verification: Verification
    since: datetime


def has_part(roles: Collection[MemberRole]) -> bool:
    """Whether somebody with these roles, in any organisation, can have a part in verifications."""
    return bool(PARTS & set(roles))


def verification_tasks(user: User, day: date, *, most: int) -> list[VerificationTask]:
    """What awaits the person, the oldest first, at most so many; ``day`` is the day rights are asked for."""
    watched = Q(state=VState.CERTIFIED.value) & awaiting_look(day, "certificate__")
    rows = _annotated(user, day).filter(~Q(state__in=[state.value for state in V_CLOSED]) | watched)
    rows = rows.select_related("self_assessment").order_by("changed_at", "pk")[:MOST]
    found = [(task, row) for row in rows if (task := _task(row, user, day))]
    return [VerificationTask(task, row, row.changed_at) for task, row in found[:most]]


def _annotated(user: User, day: date) -> QuerySet[Verification]:
    here, mine = {"verification": OuterRef("pk")}, {"user": user.pk, "ended_at__isnull": True}
    held = Membership.objects.current(day).filter(user=user.pk)
    desk, inside = held.filter(organisation=OuterRef("host")), OuterRef("self_assessment__organisation")
    team = TeamAssessor.objects.filter(**here, **mine)
    ballot = PanelBallot.objects.filter(**here, closed_at__isnull=True)
    voted = PanelVote.objects.filter(ballot__verification=OuterRef("pk"), ballot__closed_at__isnull=True, user=user.pk)
    return Verification.objects.party_to(user, day).annotate(
        on_team=Exists(team),
        leads_team=Exists(team.filter(lead=True)),
        on_panel=Exists(PanelSeat.objects.filter(**here, **mine)),
        coordinates=Exists(desk.filter(role=MemberRole.SECRETARY.value)),
        manages=Exists(desk.filter(role=MemberRole.MANAGER.value)),
        of_enterprise=Exists(held.filter(role=MemberRole.ENTERPRISE.value, organisation=inside)),
        ballot_open=Exists(ballot),
        has_voted=Exists(voted),
        unanswered=Exists(Finding.objects.filter(**here, answered_at__isnull=True)),
        unresolved=Exists(Finding.objects.filter(**here, resolved__isnull=True)),
        objected=Exists(Objection.objects.filter(**here, settled_at__isnull=True)),
    )


def _task(row: Any, user: User, day: date) -> str:
    """What the annotated verification asks of the person; empty for nothing."""
    state = VState(row.state)
    if state is VState.CERTIFIED:
        return "surveil" if not row.of_enterprise and (row.coordinates or row.on_team) else ""
    if row.of_enterprise:
        return "answer_findings" if state is VState.CORRECTION and row.unanswered else ""
    found = _of_team(row, state) or _of_others(row, state, user, day)
    return found or (_of_desk(row, state) if row.coordinates else "")


def _of_team(row: Any, state: VState) -> str:
    if not row.on_team:
        return ""
    if state in {VState.DOCUMENTS, VState.ONSITE}:
        return "rate_verification"
    if state is VState.RECOMMENDING:
        return "settle_findings" if row.unresolved else ("recommend_tier" if row.leads_team else "")
    return ""


def _of_others(row: Any, state: VState, user: User, day: date) -> str:
    """Of the reviewer of compliance, the panel and the decider, none of whom has another part."""
    if state is VState.COMPLIANCE and row.reviewer_id == user.pk:
        return "review_compliance"
    if state is VState.PANEL and row.on_panel and row.ballot_open and not row.has_voted:
        return "vote_on_tier"
    apart = not (row.on_team or row.on_panel or row.reviewer_id == user.pk)
    over = state is VState.NOTICE and row.notice_until is not None and row.notice_until < day
    return "decide_verification" if row.manages and apart and over and not row.objected else ""


def _of_desk(row: Any, state: VState) -> str:
    if state is VState.COMPLIANCE and row.reviewer_id is None:
        return "name_reviewer"
    if state is VState.NOTICE and row.objected:
        return "settle_objections"
    return {VState.ENTRY: "check_verification", VState.PANEL: "lead_panel"}.get(state, "")
