"""Improvement plans for programs: the exact proposal, efforts, steps and their progress."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from assessments.actions.planning import StepTerms, add_steps, edit_step, remove_step, set_efforts, tick_step
from assessments.api.doors import AssessmentThing, Piece, named, spoken, wrong
from assessments.domain.dimensions import dimension_values
from assessments.domain.maturity_gaps import PLAN, MaturityGap, MaturityGapCode, MaturityRefused
from assessments.domain.peers import LEAST_PEERS, at_least, standing
from assessments.domain.scorefile import cut, exact
from assessments.models import PlanStep
from assessments.queries.comparison import Past, Profile, own_results, peer_profiles
from assessments.queries.maturity import MaturityFolder, day_of
from assessments.queries.planning import PlanFolder, efforts_of, plan_steps, possible_owners
from assessments.serializers.plans import (
    AddStepsBody,
    ComparisonSerializer,
    EffortsBody,
    PlanSerializer,
    ProposalSerializer,
    TermsBody,
    TickBody,
)
from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed

FEWEST, CHEAPEST = "fewest", "cheapest"


class PlanDoor(AssessmentThing):
    """The improvement plan of an assessment."""

    shape = PlanSerializer

    def data(self, thing: Any) -> Data:
        folder = self.folder_of(thing)
        start, places = PlanFolder(folder), folder.instrument.criterion_place
        steps = sorted(plan_steps(folder.row.pk), key=lambda one: (places.get(one.criterion, len(places)), one.pk))
        told = {
            "tier": start.verdict.tier,
            "ahead": start.tiers(),
            "efforts": efforts_of(folder.row.pk),
            "steps": [step_values(folder, step) for step in steps],
            "yours": bool(folder.parts & PLAN.parts),
        }
        return dict(PlanSerializer(told).data)


def step_values(folder: MaturityFolder, step: PlanStep) -> Data:
    """A step as ``PlanStepSerializer`` takes it."""
    instrument = folder.instrument
    late = step.done_at is None and step.due is not None and step.due < day_of(folder.now)
    return {
        **{name: getattr(step, name) for name in ("criterion", "due", "note", "done_at")},
        "id": step.pk,
        "text": instrument.criteria[step.criterion].text.in_(spoken()),
        "owner": named(step.owner) if step.owner else None,
        "late": late,
        "met": folder.ratings.steps.get(step.criterion) == instrument.best,
    }


class StepDoor(PlanDoor):
    """One step of a plan; answers with the plan."""

    def open(self, **address: Any) -> Piece:
        folder = self.assessment(address["assessment"])
        step = next((one for one in plan_steps(folder.row.pk) if one.pk == address["step"]), None)
        if step is None:
            raise Http404
        return Piece(folder, step)

    def told(self, deed: Deed, result: Any, **address: Any) -> Any:
        """A step that was taken out is gone: the plan is told."""
        return self.answer(self.assessment(address["assessment"]))


class ProposalDoor(AssessmentThing):
    """What reaches a tier with the fewest changes, or the cheapest."""

    shape = ProposalSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.assessment(address["assessment"])
        aim, tier = address["aim"], address["tier"]
        if aim not in {FEWEST, CHEAPEST} or tier not in PlanFolder(folder).tiers():
            raise Http404
        return Piece(folder, (aim, tier))

    def data(self, thing: Piece) -> Data:
        folder, (aim, tier) = thing.folder, thing.row
        efforts = efforts_of(folder.row.pk) if aim == CHEAPEST else {}
        found = PlanFolder(folder).proposal(tier, efforts)
        planned = {step.criterion for step in plan_steps(folder.row.pk)}
        told = {
            "aim": aim,
            "tier": tier,
            "dcmm_needed": found.dcmm_needed,
            "cost": found.cost,
            "changes": found.changes,
            "fresh": [key for key in found.changes if key not in planned],
            "items": [
                {
                    "item": key,
                    "title": folder.instrument.items[key].title.in_(spoken()),
                    "effort": efforts.get(key, 1),
                    "criteria": criteria,
                }
                for key, criteria in found.by_item.items()
            ],
        }
        return dict(ProposalSerializer(told).data)


def _plans(folder: MaturityFolder) -> None:
    """Whoever only reads is told so before anything of the body is weighed against the assessment."""
    if not folder.parts & PLAN.parts:
        raise MaturityRefused(MaturityGap(MaturityGapCode.WRONG_ROLE))


def _terms(folder: MaturityFolder, body: Data, *also: User | None) -> StepTerms:
    """An owner who has left the enterprise stays until somebody else is chosen."""
    _plans(folder)
    known = [*possible_owners(folder.row.organisation_id, day_of(folder.now)), *also]
    owner = next((one for one in known if one is not None and one.pk == body["owner"]), None)
    if body["owner"] is not None and owner is None:
        raise wrong("/owner", _("Nobody with the enterprise role has this number."))
    return StepTerms(owner, body["due"], body["note"])


def _efforts(thing: MaturityFolder, caller: User, now: datetime, body: Data) -> None:
    set_efforts(thing.row.pk, body["efforts"], actor=caller, now=now)


def _add(thing: MaturityFolder, caller: User, now: datetime, body: Data) -> object:
    return add_steps(thing.row.pk, body["criteria"], _terms(thing, body), actor=caller, now=now)


def _edit(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    terms = _terms(thing.folder, body, thing.row.owner)
    return edit_step(thing.folder.row.pk, thing.row.pk, terms, actor=caller, now=now)


def _tick(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return tick_step(thing.folder.row.pk, thing.row.pk, done=body["done"], actor=caller, now=now)


def _remove(thing: Piece, caller: User, now: datetime, body: Data) -> None:
    remove_step(thing.folder.row.pk, thing.row.pk, actor=caller, now=now)


TERMS = {"owner": None, "due": "2027-03-31", "note": "With the new handbook."}
EFFORTS = Deed(
    "plan_efforts",
    "Keep what raising a criterion costs",
    _efforts,
    takes=EffortsBody,
    description="By item; those left out cost 1. The cheapest proposal rests on it.",
    example={"efforts": {"1.1": 3}},
)
ADD = Deed(
    "plan_add",
    "Take criteria into the plan",
    _add,
    takes=AddStepsBody,
    created=True,
    description="A proposal's, or any others; those in the plan already stay as they are.",
    example={"criteria": ["1.1.2"], **TERMS},
)
EDIT = Deed("plan_edit", "Change owner, day and note of a step", _edit, takes=TermsBody, example=TERMS)
TICK = Deed("plan_tick", "Mark a step done, or open again", _tick, takes=TickBody, example={"done": True})
REMOVE = Deed("plan_remove", "Take a step out of the plan", _remove)


# -- comparison -------------------------------------------------------------------------------------------------------


class ComparisonDoor(AssessmentThing):
    """An assessment beside the enterprise's earlier ones, and among peers nobody can recognise."""

    shape = ComparisonSerializer

    def data(self, thing: MaturityFolder) -> Data:
        peers = peer_profiles(thing.row, thing.instrument)
        enough = len(peers) >= LEAST_PEERS
        told = {
            "past": [_past(one) for one in reversed(own_results(thing.row))],
            "least_peers": LEAST_PEERS,
            "peers_at_least": at_least(len(peers)) if enough else None,
            "peers": _lines(thing, peers) if enough else [],
        }
        return dict(ComparisonSerializer(told).data)


def _past(one: Past) -> Data:
    names = ("reference", "at", "version", "tier")
    told = {name: getattr(one, name) for name in names}
    return told | {"assessment": one.self_assessment_id, "index": exact(one.index)}


def _lines(folder: MaturityFolder, peers: list[Profile]) -> list[Data]:
    """Percentiles and quartiles of the index and of each dimension."""
    found = folder.result
    own = dimension_values(folder.instrument, found, found.lower)
    lines = [("index", _("Index"), found.lower.index, [peer.index for peer in peers])]
    lines += [
        (one.key, one.title.in_(spoken()), own[one.key], [peer.dimensions[one.key] for peer in peers])
        for one in folder.instrument.dimensions
    ]
    told = []
    for key, label, value, others in lines:
        place = standing(value, others)
        if place is not None:
            percentile, quartiles = int(place.percentile * 100), [cut(one) for one in place.quartiles]
            said = {"key": key, "label": label, "value": exact(value)}
            told.append({**said, "percentile": percentile, "quartiles": quartiles})
    return told
