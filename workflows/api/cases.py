"""Cases for programs: reading them, beginning one, and what the transition table opens to the caller."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed, ManyDoor
from ethicsreview.interface.domain.problems import Kind, Stop
from ethicsreview.interface.domain.tokens import Half
from workflows.actions.applications import start_case, withdraw_case
from workflows.api.doors import CaseThing, by, keep_search, named, on_case, spoken, today, wrong
from workflows.api.refusals import missing
from workflows.domain import transitions as t
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.oversight import Part
from workflows.domain.rooms import SeatRole
from workflows.domain.states import Role, State
from workflows.domain.transitions import TABLE, Transition, gaps
from workflows.models import Case, Committee
from workflows.queries.applying import applicants_of
from workflows.queries.comparison import is_seated
from workflows.queries.deadlines import due_within
from workflows.queries.folders import Folder
from workflows.queries.history import history
from workflows.serializers.cases import (
    CaseHistorySerializer,
    CasePeopleSerializer,
    CaseRowSerializer,
    CaseSerializer,
    StartBody,
    WithdrawBody,
)
from workflows.wording import VERBS

AS_KEPT = (
    "id",
    "title",
    "state",
    "rulebook",
    "instrument",
    "procedure",
    "route",
    "procedure_reasons",
    "closing_reasons",
    "return_reasons",
    "submitted_at",
    "accepted_at",
    "reviews_opened_at",
    "changed_at",
)
FOUND_BY_THE_DESK = ("tier", "classification_reason", "exemption", "exemption_evidence")
LISTS_OF_THE_DESK = ("flags", "red_lines", "listed")
_ORDER = list(SeatRole)


class CaseDoor(CaseThing):
    """One case."""

    shape = CaseSerializer
    part = Part.FACTS

    def data(self, thing: Folder) -> Data:
        return dict(CaseSerializer(case_values(thing)).data)


def case_values(folder: Folder) -> Data:
    """The case as ``CaseSerializer`` takes it."""
    case = folder.case
    found: Data = {name: getattr(case, name) for name in (*AS_KEPT, *FOUND_BY_THE_DESK, *LISTS_OF_THE_DESK)}
    if not (is_seated(folder) or case.accepted_at):
        found |= {name: "" for name in FOUND_BY_THE_DESK} | {name: [] for name in LISTS_OF_THE_DESK}
    if case.state != State.MODIFYING.value:  # as on the page: until the applicant has answered them
        found["return_reasons"] = ""
    return found | {
        "ref": str(case),
        "roles": sorted(role.value for role in folder.roles),
        "committee": named(case.committee),
        "applicant": named(case.applicant),
        "lead": named(case.lead),
        "clock": _clock(folder),
        "waits": folder.waits,
        "actions": actions_of(folder),
    }


def _clock(folder: Folder) -> Data | None:
    clock = folder.clock
    if clock is None:
        return None
    names = ("started", "last_day", "left", "overdue", "extended", "running")
    return {name: getattr(clock, name) for name in names} | {"extension_reason": folder.case.extension_reason}


def actions_of(folder: Folder) -> list[Data]:
    """Every row of the table whose roles the caller has: whether it is open, and what is missing where it is not.

    What the call itself brings, reasons for instance, is taken as brought.
    """
    found = []
    for row in TABLE:
        if row.roles & folder.roles:
            lacking = missing(_lacking(row, folder), folder.rules, folder.instrument)
            found.append({"name": row.verb, "open": not lacking, "missing": lacking})
    return found


def _lacking(row: Transition, folder: Folder) -> tuple[Gap, ...]:
    review = folder.own_review
    if row is t.SUBMIT_REVIEW and review is not None and review.submitted_at is not None:
        return (Gap(GapCode.WRONG_STATE, folder.case.state),)
    given: Data = {"reasons": True, "deadline_later": True, "notice_items": ("*",)}
    brought: Callable[[Folder], Data] = _BROUGHT.get(row.verb, lambda _folder: {})
    return gaps(row, replace(folder.facts, **given, **brought(folder)), folder.rules)


_BROUGHT: dict[str, Callable[[Folder], Data]] = {
    t.CLASSIFY.verb: lambda _folder: {"tier": "*", "exemption_claimed": False},
    t.ASSIGN.verb: lambda folder: {"reviewers": folder.rules.review.min_reviewers.value},
    t.CAST_VOTE.verb: lambda folder: {"voter": folder.user.pk},
    t.RECORD_VOTE.verb: lambda folder: {"voter": min(folder.room.users, default=0) if folder.room else 0},
}


class CaseFilter(django_filters.FilterSet):
    """What narrows the list of cases."""

    text = django_filters.CharFilter(
        method="with_words", max_length=100, help_text="Words of the reference or the title."
    )
    state = django_filters.MultipleChoiceFilter(
        choices=[(state.value, state.value) for state in State], help_text="One or more states."
    )
    committee = django_filters.NumberFilter(help_text="Id of a committee.")
    applicant = django_filters.NumberFilter(help_text="Id of the organisation that applies.")
    mine = django_filters.BooleanFilter(method="of_mine", help_text="The caller's own applications alone.")
    late = django_filters.BooleanFilter(method="overdue", help_text="Overdue ones alone.")
    submitted_from = django_filters.DateFilter(
        field_name="submitted_at", lookup_expr="date__gte", help_text="The first day of handing in."
    )
    submitted_until = django_filters.DateFilter(
        field_name="submitted_at", lookup_expr="date__lte", help_text="The last day of handing in."
    )

    def with_words(self, rows: QuerySet[Case], _name: str, words: str) -> QuerySet[Case]:
        """As the list of cases seeks them."""
        return rows.filter(Q(reference__icontains=words) | Q(title__icontains=words))

    def of_mine(self, rows: Any, _name: str, wanted: bool) -> QuerySet[Case]:
        """Those the caller leads or works on."""
        own: QuerySet[Case] = rows.of_applicant(self.request.user) if wanted and self.request else rows
        return own

    def overdue(self, rows: QuerySet[Case], _name: str, wanted: bool) -> QuerySet[Case]:
        """Those whose limit is over."""
        return rows.filter(due_within(-1, timezone.now())) if wanted else rows


class CasesDoor(ManyDoor):
    """The cases the caller may read, the last changed first."""

    half = Half.CASES
    tag = "cases"
    shape = CaseRowSerializer
    filters = CaseFilter
    ordering = ("-changed_at", "-pk")

    def rows(self, **address: Any) -> QuerySet[Case]:
        return Case.objects.visible_to(self.caller, today(timezone.now()))

    def looked_through(self, **address: Any) -> None:
        keep_search(self, "cases")

    def refusal(self, error: Exception, thing: Committee | None) -> Stop | None:
        return Stop(Kind.NOT_ALLOWED) if isinstance(error, Refused) and error.is_role else None


def _start(_parent: None, caller: User, now: datetime, body: Data) -> Data:
    organisations = applicants_of(caller, today(now))
    if not organisations:
        raise Stop(Kind.NOT_ALLOWED)
    applicant = next((row for row in organisations if row.pk == body["organisation"]), None)
    if applicant is None:
        raise wrong("/organisation", _("Not an organisation you apply for."))
    rows = Committee.objects.open_to_applications().select_related("host")
    committee = rows.filter(pk=body["committee"]).first()
    if committee is None:
        raise wrong("/committee", _("Not a committee that takes applications."))
    case = start_case(committee, applicant, actor=caller, now=now)
    return case_values(Folder(case, user=caller, now=now))


START = Deed(
    "case_start",
    "Begin an application",
    _start,
    takes=StartBody,
    gives=CaseSerializer,
    created=True,
    description="An empty draft, with today's editions of rulebook and instrument pinned to it for life.",
    example={"committee": 1, "organisation": 2},
)
WITHDRAW = Deed(
    "case_withdraw",
    "Withdraw a case",
    on_case(withdraw_case),
    takes=WithdrawBody,
    description="It ends here. Possible until a decision has been put to the vote.",
    example={"reasons": "The project was stopped."},
    allows=by(t.WITHDRAW),
)


class PeopleDoor(CaseThing):
    """The committee of a case."""

    shape = CasePeopleSerializer
    part = Part.PEOPLE
    readers = frozenset({Role.SECRETARY, Role.CHAIR, Role.MEMBER})

    def data(self, thing: Folder) -> Data:
        desk = is_seated(thing)
        reviewing = {review.user_id for review in thing.reviews} if desk else set()
        rows = [
            {
                **named(seat.user),
                "seat": seat.pk,
                "role": seat.role,
                "leads": seat == thing.leading if desk else None,
                "recused": seat.user_id in thing.recused if desk else None,
                "reviews": seat.user_id in reviewing if desk else None,
            }
            for seat in sorted(thing.seats, key=lambda seat: (_ORDER.index(SeatRole(seat.role)), seat.pk))
        ]
        return dict(CasePeopleSerializer({"people": rows}).data)


class HistoryDoor(CaseThing):
    """What happened to a case, as far as the caller may know it."""

    shape = CaseHistorySerializer
    part = Part.PROCEDURE

    def data(self, thing: Folder) -> Data:
        desk = is_seated(thing)
        rows = [
            {
                "at": event.at,
                "verb": event.verb,
                "text": str(VERBS.get(event.verb, event.verb)),
                "actor": event.actor.name_in(spoken()) if event.actor and desk else "",
            }
            for event in history(thing, desk=desk)
        ]
        return dict(CaseHistorySerializer({"events": rows}).data)
