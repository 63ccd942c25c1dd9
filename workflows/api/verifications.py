"""Verifications for programs: asking for one, reading them, who works on one, and what moves it."""

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.contrib.auth import authenticate
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.domain.scorefile import answer
from assessments.models import SelfAssessment
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.interface.api.doors import Data, Deed, ManyDoor
from ethicsreview.interface.domain.problems import Kind, Stop
from ethicsreview.interface.domain.tokens import Half
from workflows.actions import verification_panel, verification_team, verifications
from workflows.actions.verification_rounds import recommend_tier
from workflows.api.doors import keep_search, named, spoken, today, wrong
from workflows.api.verification_doors import (
    Piece,
    VerificationThing,
    actions_of,
    is_authority,
    missing,
    on_verification,
    refused,
)
from workflows.domain.gapcodes import Refused
from workflows.domain.oversight import Part
from workflows.domain.verification_states import BODY, DECIDED, TEAM, V_CLOSED, Round, VRole, VState
from workflows.domain.verification_table import DECIDE, verification_gaps
from workflows.models import Verification
from workflows.queries.rulebooks import latest_scheme, load_scheme
from workflows.queries.verification_pages import candidates, milestones
from workflows.queries.verification_reading import recusable
from workflows.queries.verifications import VerificationFolder, bodies, full, worked_on
from workflows.serializers.verifications import (
    AssignAssessorBody,
    ComplianceNoteBody,
    DecideVerificationBody,
    DifferencesSerializer,
    GroundsBody,
    RecusalBody,
    RequestVerificationBody,
    VerificationHistorySerializer,
    VerificationPeopleSerializer,
    VerificationPersonBody,
    VerificationReasonsBody,
    VerificationRowSerializer,
    VerificationSerializer,
    VerifyingBodySerializer,
)
from workflows.wording import VERBS

DATES = ("created_at", "changed_at", "accepted_at", "findings_at", "correction_until", "notice_from", "notice_until")


def row_values(row: Verification) -> Data:
    """A verification as ``VerificationRowSerializer`` takes it."""
    names = ("reference", "state", "created_at", "changed_at")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "legal_entity": row.self_assessment.legal_entity,
        "host": named(row.host),
        "scheme": {"slug": row.scheme.slug, "version": row.scheme.version},
    }


class VerificationRows(VerificationRowSerializer):
    """Rows of the list, read from the table."""

    def to_representation(self, instance: Verification) -> Data:
        return super().to_representation(row_values(instance))


class VerificationFilter(django_filters.FilterSet):
    """What narrows the list of verifications."""

    text = django_filters.CharFilter(
        method="with_words", max_length=100, help_text="Words of the reference or the legal entity."
    )
    state = django_filters.MultipleChoiceFilter(
        choices=[(state.value, state.value) for state in VState], help_text="One or more states."
    )
    host = django_filters.NumberFilter(help_text="Id of a body that verifies.")
    assessment = django_filters.NumberFilter(field_name="self_assessment", help_text="Id of a self-assessment.")
    mine = django_filters.BooleanFilter(method="of_mine", help_text="Where the caller has a part on the body's side.")
    open = django_filters.BooleanFilter(method="running", help_text="Open ones alone.")

    def with_words(self, rows: QuerySet[Verification], _name: str, words: str) -> QuerySet[Verification]:
        """As the list of verifications seeks them."""
        return rows.filter(Q(reference__icontains=words) | Q(self_assessment__legal_entity__icontains=words))

    def of_mine(self, rows: QuerySet[Verification], _name: str, wanted: bool) -> QuerySet[Verification]:
        """Those the caller works on."""
        return worked_on(rows, self.request.user.pk) if wanted and self.request else rows

    def running(self, rows: QuerySet[Verification], _name: str, wanted: bool) -> QuerySet[Verification]:
        """Those that are not closed."""
        return rows.exclude(state__in=[state.value for state in V_CLOSED]) if wanted else rows


class VerificationsDoor(ManyDoor):
    """The verifications the caller may read, the last changed first."""

    half = Half.MATURITY
    tag = "verifications"
    shape = VerificationRows
    filters = VerificationFilter
    ordering = ("-changed_at", "-pk")

    def rows(self, **address: Any) -> QuerySet[Verification]:
        rows = Verification.objects.visible_to(self.caller, today(timezone.now()))
        return rows.select_related("self_assessment", "host", "scheme").defer("scheme__content", "host__logo")

    def looked_through(self, **address: Any) -> None:
        keep_search(self, "verifications")


def _request(_parent: None, caller: User, now: datetime, body: Data) -> Data:
    rows = SelfAssessment.objects.visible_to(caller, today(now)).select_related("assessment__instrument_version")
    assessed = rows.filter(pk=body["assessment"]).first()
    if assessed is None:
        raise wrong("/assessment", _("There is no such assessment."))
    host = bodies(today(now)).filter(pk=body["host"]).first()
    if host is None:
        raise wrong("/host", _("Not a body that verifies."))
    try:
        made = verifications.request_verification(assessed.pk, host=host, actor=caller, now=now)
    except Refused as error:
        raise _not_asked(error, assessed) from error
    row = full(Verification.objects.party_to(caller, today(now))).get(pk=made.pk)
    return verification_values(VerificationFolder(row, user=caller, now=now))


def _not_asked(error: Refused, assessed: SelfAssessment) -> Stop:
    """There is no verification yet to tell the gaps beside: the newest scheme says its articles."""
    if error.is_role:
        return Stop(Kind.NOT_ALLOWED)
    edition = latest_scheme(assessed.assessment.instrument_version.slug)
    return Stop(Kind.REFUSED, missing=missing(error.gaps, load_scheme(edition) if edition else None))


REQUEST = Deed(
    "verification_request",
    "Ask a body to verify a result",
    _request,
    takes=RequestVerificationBody,
    gives=VerificationSerializer,
    created=True,
    description="By the lead of a submitted self-assessment. The newest scheme for its instrument is pinned.",
    example={"assessment": 12, "host": 3},
)


class BodiesDoor(ManyDoor):
    """Bodies one can ask for a verification."""

    half = Half.MATURITY
    tag = "verifications"
    shape = VerifyingBodySerializer
    ordering = ("name", "pk")

    def rows(self, **address: Any) -> QuerySet[Organisation]:
        return bodies(today(timezone.now()))


# -- one verification -------------------------------------------------------------------------------------------------


class VerificationDoor(VerificationThing):
    """One verification."""

    shape = VerificationSerializer
    part: ClassVar[Part | None] = Part.FACTS

    def data(self, thing: VerificationFolder) -> Data:
        return dict(VerificationSerializer(verification_values(thing)).data)


def verification_values(folder: VerificationFolder) -> Data:
    """The verification as ``VerificationSerializer`` takes it: to each what the pages tell."""
    row, assessed = folder.verification, folder.verification.self_assessment
    inside = bool(folder.roles & BODY)
    version = assessed.assessment.instrument_version
    return {
        **row_values(row),
        **{name: getattr(row, name) for name in DATES},
        "enterprise": named(assessed.organisation),
        "assessment": assessed.pk,
        "instrument": {"slug": version.slug, "version": version.version},
        "scope": assessed.scope,
        "target": assessed.target,
        "adviser": assessed.adviser if inside else "",
        "roles": sorted(role.value for role in folder.roles),
        "decided_at": row.decided_at,
        "return_reasons": row.return_reasons if inside else "",
        **_recommended(folder, inside=inside),
        **_results(folder),
        "certificate": folder.certificate.pk if folder.state in DECIDED and folder.certificate else None,
        "actions": actions_of(folder),
    }


def _recommended(folder: VerificationFolder, *, inside: bool) -> Data:
    """What was recommended and decided; words of the procedure are the body's until it is decided."""
    row, known = folder.verification, inside or folder.may_see(Round.FINAL)
    decided = folder.state in DECIDED
    words = inside or (decided and is_authority(folder))
    return {
        "recommended_tier": row.recommended_tier if known else None,
        "recommended_at": row.recommended_at if known else None,
        "recommendation": row.recommendation if words else "",
        "compliance_note": row.compliance_note if words else "",
        "closing_reasons": row.closing_reasons if decided or not is_authority(folder) else "",
    }


def _results(folder: VerificationFolder) -> Data:
    """Both sides' results as far as the caller may see them."""
    row, claims = folder.verification, folder.may_see(Round.SELF)
    final = claims and folder.may_see(Round.FINAL) and row.verified is not None
    works = bool(folder.roles & TEAM) and row.round_id is not None
    return {
        "claimed": row.snapshot.result if claims else None,
        "verified": row.verified.result if final and row.verified else None,
        "standing": answer(folder.round.result, provisional=False) if works else None,
    }


class VerificationHistoryDoor(VerificationThing):
    """What happened to a verification, as far as the caller may know it."""

    shape = VerificationHistorySerializer
    part = Part.PROCEDURE

    def data(self, thing: VerificationFolder) -> Data:
        inside = bool(thing.roles & BODY)
        rows = [
            {
                "at": event.at,
                "verb": event.verb,
                "text": str(VERBS.get(event.verb, event.verb)),
                "actor": event.actor.name_in(spoken()) if event.actor and inside else "",
            }
            for event in milestones(thing, inside=inside)
        ]
        return dict(VerificationHistorySerializer({"events": rows}).data)


class DifferencesDoor(VerificationThing):
    """Self-assessed and verified, item by item, once a tier is recommended."""

    shape = DifferencesSerializer
    part = Part.RATINGS

    def may_read(self, folder: VerificationFolder) -> bool:
        return folder.may_see(Round.FINAL)

    def data(self, thing: VerificationFolder) -> Data:
        verified = thing.verification.verified
        told = [] if verified is None else _differences(thing, verified.result["levels"])
        return dict(DifferencesSerializer({"items": told}).data)


def _differences(folder: VerificationFolder, found: Data) -> list[Data]:
    own = folder.verification.snapshot.result["levels"]
    claimed, final = folder.ratings(Round.SELF), folder.ratings(Round.FINAL)
    apart = {key for key in claimed if key in final and claimed[key].counted != final[key].counted}
    return [
        {
            "item": key,
            "title": item.title.in_(spoken()),
            "claimed": own.get(key),
            "verified": found.get(key),
            "criteria": [one.key for cell in item.cells for one in cell if one.key in apart],
        }
        for key, item in folder.instrument.items.items()
    ]


# -- who works on it --------------------------------------------------------------------------------------------------


class VerificationPeopleDoor(VerificationThing):
    """Who works on a verification."""

    shape = VerificationPeopleSerializer
    part = Part.PEOPLE

    def data(self, thing: Any) -> Data:
        return dict(VerificationPeopleSerializer(people_values(self.folder_of(thing))).data)


def people_values(folder: VerificationFolder) -> Data:
    """The enterprise is told its assessors, and nobody else's name; conflicts are for the body's people."""
    body, row = bool(folder.roles & BODY), folder.verification
    inside = body or is_authority(folder)
    kinds = [
        {"code": kind.code, "name": kind.label.in_(spoken()), "article": kind.citation.in_(spoken())}
        for kind in folder.scheme.conflicts
    ]
    return {
        "lead": named(row.self_assessment.lead),
        "team": [{**named(place.user), "leads": place.lead} for place in folder.team],
        "reviewer": named(row.reviewer) if inside and row.reviewer else None,
        "panel": [named(seat.user) for seat in folder.panel] if inside else [],
        "candidates": _candidates(folder) if VRole.COORDINATOR in folder.roles else [],
        "conflicts": kinds if body else [],
        "recusable": [named(user) for user in recusable(folder)] if body else [],
        "recusals": [_recusal(one) for one in folder.recusals] if body else [],
    }


def _candidates(folder: VerificationFolder) -> list[Data]:
    return [
        {
            **named(one.user),
            "load": one.load,
            "for_team": one.for_team,
            "for_review": one.for_review,
            "for_panel": one.for_panel,
        }
        for one in candidates(folder)
    ]


def _recusal(row: Any) -> Data:
    told = {"person": named(row.user), "by": named(row.by)}
    return told | {name: getattr(row, name) for name in ("kind", "reason", "at")}


class TeamPersonDoor(VerificationPeopleDoor):
    """An assessor on the team; answers with everybody."""

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        place = next((one for one in folder.team if one.user_id == address["person"]), None)
        if place is None:
            raise Http404
        return Piece(folder, place.user)

    def told(self, deed: Deed, result: Any, **address: Any) -> Any:
        """The place is ended; who is left is told."""
        return self.answer(self.verification(address["verification"]))


class PanelPersonDoor(TeamPersonDoor):
    """An expert on the panel; answers with everybody."""

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        seat = next((one for one in folder.panel if one.user_id == address["person"]), None)
        if seat is None:
            raise Http404
        return Piece(folder, seat.user)


def _candidate(folder: VerificationFolder, person: int) -> User:
    """Somebody of the body's assessors; the coordinator alone is told that a number is nobody's."""
    if VRole.COORDINATOR not in folder.roles:
        raise Stop(Kind.NOT_ALLOWED)
    found = next((one.user for one in candidates(folder) if one.user.pk == person), None)
    if found is None:
        raise wrong("/person", _("No assessor of the body has this number."))
    return found


def _assign(thing: VerificationFolder, caller: User, now: datetime, body: Data) -> object:
    user = _candidate(thing, body["person"])
    return verification_team.assign_assessor(thing.verification.pk, user, lead=body["lead"], actor=caller, now=now)


def _end(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    pk = thing.folder.verification.pk
    return verification_team.end_place(pk, thing.row, reasons=body["reasons"], actor=caller, now=now)


def _name_reviewer(thing: VerificationFolder, caller: User, now: datetime, body: Data) -> object:
    user = _candidate(thing, body["person"])
    return verification_team.name_reviewer(thing.verification.pk, user, actor=caller, now=now)


def _seat(thing: VerificationFolder, caller: User, now: datetime, body: Data) -> object:
    user = _candidate(thing, body["person"])
    return verification_panel.seat_panellist(thing.verification.pk, user, actor=caller, now=now)


def _unseat(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    pk = thing.folder.verification.pk
    return verification_panel.unseat_panellist(pk, thing.row, reasons=body["reasons"], actor=caller, now=now)


def _recuse(thing: VerificationFolder, caller: User, now: datetime, body: Data) -> object:
    if not thing.roles & BODY:
        raise Stop(Kind.NOT_ALLOWED)
    user = next((one for one in recusable(thing) if one.pk == body["person"]), None)
    if user is None:
        raise wrong("/person", _("Nobody whose conflict you may state has this number."))
    given = {"kind": body["kind"], "reason": body["reason"]}
    return verification_team.recuse(thing.verification.pk, user, **given, actor=caller, now=now)


ASSIGN = Deed(
    "team_assign",
    "Put an assessor on the team",
    _assign,
    takes=AssignAssessorBody,
    description="A new leading one takes the lead from another.",
    example={"person": 7, "lead": True},
)
END_PLACE = Deed(
    "team_end",
    "Take an assessor off the team",
    _end,
    takes=VerificationReasonsBody,
    description="What that person rated stays.",
    example={"reasons": "Away for two months."},
)
NAME_REVIEWER = Deed(
    "reviewer_name",
    "Name who reviews compliance",
    _name_reviewer,
    takes=VerificationPersonBody,
    description="Never on the team nor the panel.",
    example={"person": 9},
)
SEAT = Deed("panel_seat", "Seat an expert on the panel", _seat, takes=VerificationPersonBody, example={"person": 11})
UNSEAT = Deed(
    "panel_unseat",
    "Take an expert off the panel",
    _unseat,
    takes=VerificationReasonsBody,
    description="While no ballot is open.",
    example={"reasons": "Asked to be spared."},
)
RECUSE = Deed(
    "verification_recuse",
    "State a conflict of interest",
    _recuse,
    takes=RecusalBody,
    description="It acts at once and for good. Of one's own nothing is answered: the verification is gone from sight.",
    example={"person": 7, "kind": "employed", "reason": ""},
)

# -- what moves it ----------------------------------------------------------------------------------------------------

ACCEPT = Deed(
    "verification_accept",
    "Accept a verification",
    on_verification(verifications.accept_verification),
    description="The team is complete and free of conflicts; its own round of ratings is opened.",
)
RETURN = Deed(
    "verification_return",
    "Do not accept a verification",
    on_verification(verifications.return_verification),
    takes=VerificationReasonsBody,
    description="It ends here; the enterprise is told why and may ask again.",
    example={"reasons": "The scope is not ours."},
)
WITHDRAW = Deed(
    "verification_withdraw",
    "Withdraw a verification",
    on_verification(verifications.withdraw_verification),
    takes=VerificationReasonsBody,
    description="By the lead of the self-assessment.",
    example={"reasons": "The plant is being sold."},
)
RECOMMEND = Deed(
    "verification_recommend",
    "Recommend the tier",
    on_verification(recommend_tier),
    takes=GroundsBody,
    description="The tier is computed from the team's ratings, never typed; inputs and result are frozen.",
    example={"grounds": "As the ratings show."},
)
PASS = Deed(
    "compliance_pass",
    "Find the procedure in order",
    on_verification(verifications.pass_compliance),
    takes=ComplianceNoteBody,
    description="On to the panel, or to the public notice below its tiers.",
    example={"note": "The procedure was kept."},
)
REJECT = Deed(
    "compliance_reject",
    "Send the recommendation back to the team",
    on_verification(verifications.reject_compliance),
    takes=VerificationReasonsBody,
    example={"reasons": "Two interviews are missing."},
)
REOPEN = Deed(
    "verification_reopen",
    "Send the recommendation back after an upheld objection",
    on_verification(verifications.reopen_verification),
    takes=VerificationReasonsBody,
    example={"reasons": "The objection names a plant that was left out."},
)


class DecidingDoor(VerificationDoor):
    """The decision of the decider in person, with the password."""

    part = None

    def may_read(self, folder: VerificationFolder) -> bool:
        return VRole.DECIDER in folder.roles

    def run(self, deed: Deed, thing: VerificationFolder, body: Data) -> Any:
        """Moment first, then the password; wrong ones count like failed sign-ins."""
        found = verification_gaps(
            DECIDE, replace(thing.facts, refusing=not body["certify"], reasons=bool(body["reasons"])), thing.scheme
        )
        if found:
            problem = refused(Refused(found), thing)
            raise problem if problem else Stop(Kind.REFUSED)
        request = self.request._request
        person = authenticate(request, username=self.caller.email, password=body.pop("password"))
        if getattr(request, "axes_locked_out", False):
            request.axes_locked_out = False  # type: ignore[attr-defined]  # told as a problem, not as a page
            raise Stop(Kind.TOO_MANY)
        if person is None or person.pk != self.caller.pk:
            raise wrong("/password", _("This is not your password."))
        return super().run(deed, thing, body)


def _decide(thing: VerificationFolder, caller: User, now: datetime, body: Data) -> object:
    moment = thing.verification.recommended_at
    if moment is None or body.pop("seen") not in _spellings(moment):
        raise Stop(Kind.OVERTAKEN, extra={"standing": dict(VerificationSerializer(verification_values(thing)).data)})
    return verifications.decide_verification(thing.verification.pk, **body, actor=caller, now=now)


def _spellings(moment: datetime) -> set[str]:
    """The moment as answers write it, and as ISO 8601 does."""
    written = VerificationSerializer().fields["recommended_at"].to_representation(moment)
    return {str(written), moment.isoformat()}


DECIDE_IT = Deed(
    "verification_decide",
    "Decide",
    _decide,
    takes=DecideVerificationBody,
    description="In person, with the caller's password: the certificate of the recommended tier, or a refusal with "
    "reasons. Report and certificate are signed in every language.",
    example={
        "certify": True,
        "reasons": "",
        "seen": "2026-12-01T10:00:00+08:00",
        "password": "seven quiet herons",
    },
)
