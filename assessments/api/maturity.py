"""Self-assessments for programs: lists, one with its result and what may be done, beginning and handing in."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.starting import Outline, edit_self_assessment, start_self_assessment
from assessments.actions.submitting import submit_self_assessment
from assessments.api.doors import AssessmentThing, folder_for, missing, named, on_assessment, refused, spoken, wrong
from assessments.domain.claims import Policy
from assessments.domain.dimensions import dimension_values
from assessments.domain.enterprises import Sector, Size
from assessments.domain.maturity_gaps import MATURITY_TABLE, SUBMIT, TAKE_LEAD, MaturityStep, Part, gaps
from assessments.domain.scorefile import answer, exact
from assessments.domain.scoring import Verdict
from assessments.domain.states import AssessmentState
from assessments.models import SelfAssessment, Snapshot
from assessments.queries.maturity import MaturityFolder, day_of, of_person
from assessments.queries.maturity_lists import progress
from assessments.queries.people import enterprises_of, staged_instruments
from assessments.queries.snapshots import own_snapshot
from assessments.serializers.maturity import (
    HandInAssessmentBody,
    MaturityRowSerializer,
    OutlineBody,
    ResultSerializer,
    SelfAssessmentSerializer,
    SnapshotSerializer,
    StartAssessmentBody,
)
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.accounts.queries import has_role
from ethicsreview.interface.api.doors import Data, Deed, ManyDoor
from ethicsreview.interface.domain.problems import Stop
from ethicsreview.interface.domain.tokens import Half

SAID = ("legal_entity", "sector", "size", "target", "created_at", "changed_at")
SAID_WHOLE = (*SAID, "entity_code", "scope", "adviser", "dcmm_policy")


def row_values(row: SelfAssessment) -> Data:
    """An assessment as ``MaturityRowSerializer`` takes it; reads what ``with_result`` joined in."""
    version = row.assessment.instrument_version
    told = {name: getattr(row, name) for name in SAID}
    return told | {
        "id": row.pk,
        "reference": row.reference,
        "organisation": named(row.organisation),
        "instrument": {"slug": version.slug, "version": version.version},
        "filling": row.assessment.state,
        "lead": named(row.lead),
        "submitted_at": row.assessment.submitted_at,
        "tier": getattr(row, "result_tier", None),
        "index": _index(row),
    }


def _index(row: SelfAssessment) -> str | None:
    over, under = getattr(row, "result_over", None), getattr(row, "result_under", None)
    return exact(Fraction(over, under)) if over is not None and under is not None else None


def with_result(rows: QuerySet[SelfAssessment]) -> QuerySet[SelfAssessment]:
    """``rows`` with what the enterprise handed in; no query more."""
    first = Snapshot.objects.filter(self_assessment=OuterRef("pk"), number=1)
    return rows.annotate(
        result_tier=Subquery(first.values("tier")),
        result_over=Subquery(first.values("index_numerator")),
        result_under=Subquery(first.values("index_denominator")),
    )


class MaturityRows(MaturityRowSerializer):
    """Rows of the list, read from the table."""

    def to_representation(self, instance: SelfAssessment) -> Data:
        return super().to_representation(row_values(instance))


class MaturityFilter(django_filters.FilterSet):
    """What narrows the list of assessments."""

    reference = django_filters.CharFilter(lookup_expr="icontains", max_length=32, help_text="Part of the reference.")
    organisation = django_filters.NumberFilter(help_text="Id of an organisation.")
    filling = django_filters.ChoiceFilter(
        field_name="assessment__state",
        choices=[(state.value, state.value) for state in AssessmentState],
        help_text="Being filled or handed in.",
    )
    instrument = django_filters.CharFilter(
        field_name="assessment__instrument_version__slug", max_length=40, help_text="Slug of an instrument."
    )
    size = django_filters.ChoiceFilter(choices=[(one.value, one.value) for one in Size], help_text="Size.")
    sector = django_filters.ChoiceFilter(choices=[(one.value, one.value) for one in Sector], help_text="Sector.")
    target = django_filters.NumberFilter(min_value=0, max_value=99, help_text="Tier aimed at.")
    changed_from = django_filters.DateFilter(field_name="changed_at", lookup_expr="date__gte", help_text="Day.")
    changed_until = django_filters.DateFilter(field_name="changed_at", lookup_expr="date__lte", help_text="Day.")


class AssessmentsDoor(ManyDoor):
    """What the caller's enterprises have assessed, the last changed first."""

    half = Half.MATURITY
    tag = "assessments"
    shape = MaturityRows
    filters = MaturityFilter
    ordering = ("-changed_at", "-pk")

    def rows(self, **address: Any) -> QuerySet[SelfAssessment]:
        day = day_of(timezone.now())
        rows = of_person(SelfAssessment.objects.visible_to(self.caller, day), self.caller, day)
        return with_result(rows.select_related("lead"))

    def refusal(self, error: Exception, thing: None) -> Stop | None:
        return refused(error, None)


class AssessmentDoor(AssessmentThing):
    """One assessment."""

    shape = SelfAssessmentSerializer

    def data(self, thing: MaturityFolder) -> Data:
        return dict(SelfAssessmentSerializer(assessment_values(thing)).data)


def assessment_values(folder: MaturityFolder) -> Data:
    """One assessment as ``SelfAssessmentSerializer`` takes it."""
    row, snapshot = folder.row, own_snapshot(folder.row.pk) if folder.submitted else None
    return {
        **row_values(row),
        **{name: getattr(row, name) for name in SAID_WHOLE},
        "tier": snapshot.tier if snapshot else None,
        "index": snapshot.result["index"] if snapshot else None,
        "reference_date": folder.day,
        "follows": row.follows_id,
        "parts": sorted(part.value for part in folder.parts),
        "dimensions": [
            {
                "key": one.dimension.key,
                "title": one.dimension.title.in_(spoken()),
                "answered": one.answered,
                "asked": one.asked,
                "unanswered": one.unanswered,
                "yours": folder.answers_in(one.dimension.key),
            }
            for one in progress(folder)
        ],
        "evidence": len(folder.evidence),
        "capped_for_evidence": folder.capped,
        "result": score_values(folder),
        "digest": folder.contents.digest,
        "actions": actions_of(folder),
    }


def score_values(folder: MaturityFolder) -> Data:
    """The result as it stands, as ``manage.py score`` writes it."""
    return answer(folder.result, provisional=folder.proof is not None and folder.proof.provisional)


def actions_of(folder: MaturityFolder) -> list[Data]:
    """Every row of the table for the caller's parts: whether it is open, and what is missing where it is not."""
    found = []
    for step in MATURITY_TABLE:
        if step.parts & folder.parts and (step is not TAKE_LEAD or may_take_lead(folder)):
            lacking = missing(_lacking(step, folder), folder.instrument)
            found.append({"name": step.verb, "open": not lacking, "missing": lacking})
    return found


def _lacking(step: MaturityStep, folder: MaturityFolder) -> Any:
    return gaps(step, folder.submission_facts() if step is SUBMIT else folder.facts())


def may_take_lead(folder: MaturityFolder) -> bool:
    """Who leads hands over; anybody of the enterprise once the lead has left it."""
    row = folder.row
    if Part.LEAD in folder.parts:
        return True
    return not has_role(row.lead, MemberRole.ENTERPRISE, row.organisation_id, day_of(folder.now))


def _outline(body: Data, policy: Policy = Policy.CERTIFICATE_OR_FINDING) -> Outline:
    return Outline(**{**body, "size": Size(body["size"])}, dcmm_policy=policy)


def _start(_parent: None, caller: User, now: datetime, body: Data) -> Data:
    organisation_id, slug, follows_id = (body.pop(name) for name in ("organisation", "instrument", "follows"))
    mine = enterprises_of(caller, day_of(now))
    organisation = next((one for one in mine if one.pk == organisation_id), None)
    if organisation is None:
        raise wrong("/organisation", _("Not an organisation you may assess."))
    version = next((one for one in staged_instruments() if one.slug == slug), None)
    if version is None:
        raise wrong("/instrument", _("There is no such instrument."))
    earlier = SelfAssessment.objects.visible_to(caller, day_of(now)).select_related("assessment__instrument_version")
    follows = earlier.filter(pk=follows_id).first() if follows_id else None
    if follows_id and follows is None:
        raise wrong("/follows", _("There is no such earlier assessment."))
    row = start_self_assessment(organisation, version, _outline(body), follows=follows, actor=caller, now=now)
    return assessment_values(folder_for(caller, row.pk))


def _edit(thing: MaturityFolder, caller: User, now: datetime, body: Data) -> object:
    outline = replace(_outline(body), dcmm_policy=Policy(thing.row.dcmm_policy))
    return edit_self_assessment(thing.row.pk, outline, actor=caller, now=now)


OUTLINE = {
    "legal_entity": "Heron Robotics Co., Ltd.",
    "entity_code": "91310000MA1FL8XQ30",
    "scope": "All plants in Shanghai.",
    "sector": "manufacturing",
    "size": "large",
    "target": 3,
    "adviser": "",
}
START = Deed(
    "assessment_start",
    "Begin an assessment",
    _start,
    takes=StartAssessmentBody,
    gives=SelfAssessmentSerializer,
    created=True,
    description="The caller leads it. What stands in an earlier one is taken over.",
    example={"organisation": 4, "instrument": "aim-dcmm", "follows": None, **OUTLINE},
)
EDIT = Deed(
    "assessment_edit",
    "Change what is assessed",
    _edit,
    takes=OutlineBody,
    description="While it is open: entity, scope, size, target.",
    example=OUTLINE,
)
HAND_IN = Deed(
    "assessment_submit",
    "Hand an assessment in",
    on_assessment(submit_self_assessment),
    takes=HandInAssessmentBody,
    description="Today becomes its reference date and a snapshot of all of it is taken; every criterion still open "
    "is named.",
    example={"seen": ""},
)


class ResultDoor(AssessmentThing):
    """The result of an assessment as it stands."""

    shape = ResultSerializer

    def data(self, thing: MaturityFolder) -> Data:
        return dict(ResultSerializer(result_values(thing)).data)


def result_values(folder: MaturityFolder) -> Data:
    """The result with its items and dimensions, as ``ResultSerializer`` takes it."""
    found, instrument, language = folder.result, folder.instrument, spoken()
    values = dimension_values(instrument, found, found.lower)
    return {
        **score_values(folder),
        "target": folder.row.target,
        "lower_gates": _gates(found.lower),
        "upper_gates": _gates(found.upper),
        "proved_dcmm": folder.proof.level if folder.proof else None,
        "unanswered": found.unanswered,
        "dimensions": [
            {"key": one.key, "title": one.title.in_(language), "value": exact(values[one.key])}
            for one in instrument.dimensions
        ],
        "items": [_item(folder, key) for key in instrument.items],
        "notice": instrument.notice.in_(language),
    }


def _gates(verdict: Verdict) -> dict[str, int]:
    return {gate.value: tier for gate, tier in verdict.gates.items()}


def _item(folder: MaturityFolder, key: str) -> Data:
    found, item = folder.result, folder.instrument.items[key]
    score, weight = found.lower.scores[key], found.weights.get(key)
    return {
        "key": key,
        "title": item.title.in_(spoken()),
        "dimension": folder.dimension_of(key).key,
        "level": found.lower.levels[key],
        "score": None if score is None else exact(score),
        "weight": None if weight is None else exact(weight),
        "blocking": key in found.lower.blocking,
    }


class SnapshotDoor(AssessmentThing):
    """All that was handed in, or would be now; a verification's own snapshots are read with it."""

    shape = SnapshotSerializer

    def data(self, thing: MaturityFolder) -> Data:
        snapshot = own_snapshot(thing.row.pk) if thing.submitted else None
        return dict(SnapshotSerializer(_standing(thing) if snapshot is None else _frozen(snapshot)).data)


def _standing(folder: MaturityFolder) -> Data:
    told = folder.contents
    return {
        "handed_in": False,
        "at": None,
        "by": None,
        "digest": told.digest,
        "inputs": told.inputs,
        "facts": told.facts,
        "result": score_values(folder),
    }


def _frozen(snapshot: Snapshot) -> Data:
    names = ("at", "digest", "inputs", "facts", "result")
    return {name: getattr(snapshot, name) for name in names} | {"handed_in": True, "by": named(snapshot.by)}
