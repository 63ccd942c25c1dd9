"""Decisions for programs: read, drafted, issued by the chair in person; modified versions checked."""

from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth import authenticate
from django.http import Http404
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.interface.api.authentication import SAFE
from ethicsreview.interface.api.doors import Data, Deed
from ethicsreview.interface.domain.problems import Fault, Kind, Stop
from workflows.actions import decisions as actions
from workflows.actions.decisions import ConditionText, DecisionText
from workflows.api.cases import CaseDoor
from workflows.api.doors import CaseThing, by, named, on_case, pointer, spoken, wrong
from workflows.api.refusals import missing, refused
from workflows.domain import transitions as t
from workflows.domain.checks import decision_rule
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.oversight import Part
from workflows.domain.rulebook import DecisionRule
from workflows.domain.statements import STATED_BY, sections, too_far
from workflows.domain.states import Role, State
from workflows.domain.transitions import CONFIRM_MODIFICATION, DRAFT_DECISION, ISSUE_DECISION, Transition, gaps
from workflows.models import Decision
from workflows.queries.comparison import is_seated
from workflows.queries.folders import Folder, given_in
from workflows.serializers.decisions import (
    DecisionSerializer,
    DecisionsSerializer,
    DraftBody,
    DraftSerializer,
    IssueBody,
)
from workflows.serializers.motions import PrintedReasonsBody

TEXTS = tuple(field.name for field in fields(DecisionText))


def decision_values(folder: Folder, decision: Decision, *, desk: bool) -> Data:
    """A decision as ``DecisionSerializer`` takes it; the vote behind it is the committee's to see."""
    names = ("number", "kind", "mark", "drafted_at", "issued_at", "issued_as", *TEXTS)
    versions = {version.pk: version.number for version in folder.applications}
    return {name: getattr(decision, name) for name in names} | {
        "id": decision.pk,
        "kind_name": kind_label(folder, decision.kind),
        "conditions": sorted(decision.conditions.all(), key=lambda row: row.number),
        "application": versions.get(decision.application_id, 0),
        "issued_by": named(decision.issued_by) if decision.issued_by else None,
        "motion": decision.motion_id if desk else None,
        "standing": decision.motion.standing if desk and decision.motion else None,
    }


def kind_label(folder: Folder, code: str) -> str:
    """A decision kind as the rulebook names it."""
    rule = decision_rule(code, folder.rules)
    return rule.label.in_(spoken()) if rule else code


class DecisionsDoor(CaseThing):
    """The decisions on a case that are out."""

    shape = DecisionsSerializer
    part = Part.FACTS

    def data(self, thing: Folder) -> Data:
        desk = is_seated(thing) or self.office is not None
        rows = [decision_values(thing, decision, desk=desk) for decision in thing.issued]
        return dict(DecisionsSerializer({"decisions": rows}).data)


# -- the draft --------------------------------------------------------------------------------------------------------


class DraftDoor(CaseThing):
    """The decision being written; a draft is nobody's business but its writers'."""

    shape = DraftSerializer
    readers = DRAFT_DECISION.roles

    def open(self, **address: Any) -> Folder:
        """Nothing is there to read while no decision is being written."""
        folder = self.case(address["ref"])
        if self.request.method in SAFE and State(folder.case.state) not in DRAFT_DECISION.sources:
            raise Http404
        return folder

    def data(self, thing: Folder) -> Data:
        rule, draft, limit = _rule(thing), thing.draft, thing.longest_followup
        given = given_in(draft) if draft else frozenset[str]()
        told = {
            "kind": rule.code,
            "kind_name": rule.label.in_(spoken()),
            "sections": sections(rule),
            "must_state": [
                {
                    "code": code,
                    "article": rule.citation.in_(spoken()),
                    "given": code in given or code == PRINTED_FROM_THE_RULEBOOK,
                }
                for code in rule.requires
            ],
            "longest_followup": limit.value,
            "longest_followup_article": limit.citation.in_(spoken()),
            "draft": decision_values(thing, draft, desk=True) if draft else None,
            "missing": _missing(thing),
        }
        return dict(DraftSerializer(told).data)

    def standing(self, fresh: Folder) -> Data:
        return draft_told(fresh)


PRINTED_FROM_THE_RULEBOOK = "appeal_route"


def draft_told(folder: Folder) -> Data:
    """The draft as it stands; empty where there is none."""
    draft = folder.draft
    return dict(DecisionSerializer(decision_values(folder, draft, desk=True)).data) if draft else {}


def _rule(folder: Folder) -> DecisionRule:
    found = decision_rule(actions.kind_to_draft(folder), folder.rules)
    if found is None:
        raise Stop(Kind.REFUSED, missing=missing((Gap(GapCode.DECISION_KIND_UNKNOWN),), folder.rules))
    return found


def _missing(folder: Folder) -> Any:
    """What keeps the draft from being issued, whoever asks."""
    step = CONFIRM_MODIFICATION if State(folder.case.state) is State.CHECKING else ISSUE_DECISION
    facts = replace(folder.facts, roles=frozenset({Role.CHAIR}))
    return missing(gaps(step, facts, folder.rules), folder.rules, folder.instrument)


def _draft(thing: Folder, caller: User, now: datetime, body: Data) -> object:
    found = gaps(DRAFT_DECISION, thing.facts, thing.rules)
    if found:
        raise Refused(found)
    rows = [dict(row) for row in body["conditions"]]
    faults = [*_faults(thing, body), *_condition_faults(rows, thing.day)]
    if faults:
        raise Stop(Kind.BAD_INPUT, faults=tuple(faults))
    text = DecisionText(**{name: body[name] for name in TEXTS})
    conditions = [ConditionText(**row) for row in rows]
    return actions.draft_decision(thing.case.pk, text, conditions, seen=body["seen"], actor=caller, now=now)


def _faults(folder: Folder, body: Data) -> list[Fault]:
    """What this kind does not state, days that cannot be, and follow-up more seldom than the rulebook allows."""
    stated = {name for section in sections(_rule(folder)) for name in STATED_BY.get(section, ())}
    found = [
        Fault(pointer(name), _("A decision of this kind does not state this."))
        for name in TEXTS
        if body[name] and name not in stated
    ]
    if body["conditions"] and "conditions" not in sections(_rule(folder)):
        found.append(Fault("/conditions", _("A decision of this kind does not state this.")))
    begins, ends, months = body["valid_from"], body["valid_until"], body["followup_months"]
    found += [
        Fault(pointer(name), _("This day lies too far ahead."))
        for name in ("valid_from", "valid_until")
        if body[name] is not None and too_far(body[name], folder.day)
    ]
    if ends and ends < folder.day:
        found.append(Fault("/valid_until", _("This day has passed.")))
    elif begins and ends and ends < begins:
        found.append(Fault("/valid_until", _("The last day lies before the first.")))
    longest = folder.longest_followup.value
    if months is not None and months > longest:
        found.append(Fault("/followup_months", _("At most %(most)s months.") % {"most": longest}))
    return found


def _condition_faults(rows: list[Data], today: date) -> list[Fault]:
    found = []
    for place, row in enumerate(rows):
        if not (row["text_en"] or row["text_zh"]):
            found.append(Fault(pointer("conditions", place), _("Say what is to be done by this day.")))
        if row["due"] is not None and row["due"] < today:
            found.append(Fault(pointer("conditions", place, "due"), _("This day has passed.")))
        if row["due"] is not None and too_far(row["due"], today):
            found.append(Fault(pointer("conditions", place, "due"), _("This day lies too far ahead.")))
    return found


DRAFT = Deed(
    "decision_draft",
    "Write the draft of the decision",
    _draft,
    takes=DraftBody,
    description="Written anew as a whole. Nobody is told, and nothing is required before it is issued.",
    example={"seen": "", "reasons_en": "The benefits outweigh the risks.", "conditions": []},
    allows=by(t.DRAFT_DECISION),
)


# -- issuing ----------------------------------------------------------------------------------------------------------


class IssuingDoor(CaseDoor):
    """Issuing the decision carried by the vote, which asks for the caller's password: an act in person."""

    step: ClassVar[Transition] = ISSUE_DECISION
    readers = ISSUE_DECISION.roles

    def standing(self, fresh: Folder) -> Data:
        return draft_told(fresh)

    def run(self, deed: Deed, thing: Folder, body: Data) -> Any:
        """Role and moment first, then the password; wrong ones count like failed sign-ins."""
        found = gaps(self.step, thing.facts, thing.rules)
        if found:
            raise refused(Refused(found), thing.rules, thing.instrument)
        request = self.request._request
        person = authenticate(request, username=self.caller.email, password=body.pop("password"))
        if getattr(request, "axes_locked_out", False):
            request.axes_locked_out = False  # type: ignore[attr-defined]  # told as a problem, not as a page
            raise Stop(Kind.TOO_MANY)
        if person is None or person.pk != self.caller.pk:
            raise wrong("/password", _("This is not your password."))
        return super().run(deed, thing, body)


class ConfirmingDoor(IssuingDoor):
    """Approving a modified version, with the password too."""

    step = CONFIRM_MODIFICATION


ISSUE = Deed(
    "decision_issue",
    "Issue the decision",
    on_case(actions.issue_decision),
    takes=IssueBody,
    description="By the chair, or who acts for the chair, in person. The time limit stops, the applicant is told, and "
    "letter and report are made and signed.",
    example={"seen": "2027-01-13T09:00:00+08:00", "password": "seven quiet herons"},
    allows=by(t.ISSUE_DECISION),
)
CONFIRM = Deed(
    "modification_confirm",
    "Find the requirements met, and approve",
    on_case(actions.confirm_modification),
    takes=IssueBody,
    description="By the chair in person: the case is approved by a decision of its own.",
    example={"seen": "2027-02-01T09:00:00+08:00", "password": "seven quiet herons"},
    allows=by(t.CONFIRM_MODIFICATION),
)
RETURN = Deed(
    "modification_return",
    "Send the modified version back",
    on_case(actions.return_modification),
    takes=PrintedReasonsBody,
    description="The applicant gets the reasons and works on a new version; a draft of the approval is discarded.",
    example={"reasons": "Requirement 2 is still open."},
    allows=by(t.RETURN_MODIFICATION),
)
