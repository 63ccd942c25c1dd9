"""What the team does, for programs: ratings beside the claim, evidence, the DCMM level, the visit."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404
from django.http.response import HttpResponseBase

from assessments.domain.staged import Criterion
from assessments.models import DcmmClaim, Evidence
from assessments.queries.snapshots import criteria_of
from ethicsreview.accounts.models import User
from ethicsreview.files.domain.kinds import BY_CONTENT_TYPE
from ethicsreview.files.models import FileVersion
from ethicsreview.files.queries import FileLost, page_count
from ethicsreview.files.views import attachment_response, page_response
from ethicsreview.interface.api.doors import Data, Deed, FileDoor
from ethicsreview.interface.domain.problems import Kind, Stop
from workflows.actions import verification_onsite
from workflows.actions import verification_rounds as actions
from workflows.api.doors import named, spoken
from workflows.api.verification_doors import (
    Piece,
    Shape,
    VerificationThing,
    file_values,
    is_authority,
    on_verification,
)
from workflows.domain.gapcodes import GapCode, Refused
from workflows.domain.oversight import Part
from workflows.domain.verification_states import TEAM, OnSiteKind, Round
from workflows.models import DcmmFinding
from workflows.queries.verification_reading import opens_evidence, reads_onsite, reads_ratings
from workflows.queries.verification_rounds import Rated
from workflows.queries.verifications import VerificationFolder
from workflows.serializers.verification_rounds import (
    AsideDecisionBody,
    AsideDecisionSerializer,
    BothSidesSerializer,
    FindLevelBody,
    JudgeClaimBody,
    JudgedEvidenceSerializer,
    JudgedPieceSerializer,
    JudgeEvidenceBody,
    OnSiteBody,
    OnSiteSerializer,
    ProvedLevelSerializer,
    RoundsSerializer,
    TeamRatingBody,
)

# -- ratings ----------------------------------------------------------------------------------------------------------


class Sides:
    """Both sides' ratings as the caller may see them, read once."""

    def __init__(self, folder: VerificationFolder) -> None:
        self.folder = folder
        self.works = bool(folder.roles & TEAM)
        final = not self.works and folder.may_see(Round.FINAL)
        self.claimed = folder.ratings(Round.SELF)
        self.team = folder.ratings(Round.FINAL if final else Round.ASSESSOR)
        self.pieces: dict[str, list[int]] = {}
        for piece in folder.round.evidence if opens_evidence(folder) else ():
            for key in criteria_of(piece):
                self.pieces.setdefault(key, []).append(piece.pk)

    def criterion(self, one: Criterion) -> Data:
        """As ``BothSidesSerializer`` takes it."""
        answer = self.folder.round.answers.get(one.key) if self.works else None
        return {
            "key": one.key,
            "item": one.item,
            "level": one.level,
            "text": one.text.in_(spoken()),
            "claimed": _rated(self.claimed.get(one.key)),
            "team": _rated(self.team.get(one.key)),
            "answer": (answer.pk if answer else 0) if self.works else None,
            "evidence": self.pieces.get(one.key, []),
        }

    def aside(self, item: str) -> Data:
        """As ``AsideDecisionSerializer`` takes it."""
        folder = self.folder
        decided = folder.round.na_decisions.get(item) if reads_ratings(folder) else None
        return {
            "item": item,
            "title": folder.instrument.items[item].title.in_(spoken()),
            "claimed_reason": folder.round.claimed_aside[item],
            "approved": decided.approved if decided else None,
            "reason": decided.reason if decided else "",
        }


def _rated(rated: Rated | None) -> Data | None:
    names = ("step", "counted", "note", "by")
    if rated is None:
        return None
    return {name: getattr(rated, name) for name in names} | {"at": datetime.fromisoformat(rated.at)}


class RoundsDoor(VerificationThing):
    """The enterprise's ratings beside the team's, each as far as the caller may see it."""

    shape: ClassVar[Shape] = RoundsSerializer
    part = Part.RATINGS

    def may_read(self, folder: VerificationFolder) -> bool:
        return folder.may_see(Round.SELF) or reads_ratings(folder)

    def data(self, thing: VerificationFolder) -> Data:
        sides = Sides(thing)
        aside = thing.round.claimed_aside if thing.may_see(Round.SELF) else {}
        told = {
            "criteria": [sides.criterion(one) for one in thing.instrument.criteria.values()],
            "aside": [sides.aside(item) for item in aside],
        }
        return dict(RoundsSerializer(told).data)


class TeamRatingDoor(RoundsDoor):
    """One criterion with both sides."""

    shape = BothSidesSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        one = folder.instrument.criteria.get(address["criterion"])
        if one is None:
            raise Http404
        return Piece(folder, one)

    def data(self, thing: Piece) -> Data:  # type: ignore[override]  # one of them
        return dict(BothSidesSerializer(Sides(thing.folder).criterion(thing.row)).data)

    def refusal(self, error: Exception, thing: Piece) -> Stop | None:
        """A colleague's newer rating is told, not written over."""
        if isinstance(error, Refused) and [gap.code for gap in error.gaps] == [GapCode.STALE]:
            folder = self.verification(thing.folder.verification.pk)
            return Stop(Kind.OVERTAKEN, extra={"standing": self.data(Piece(folder, thing.row))})
        return super().refusal(error, thing)


class AsideDoor(RoundsDoor):
    """One item the enterprise set aside."""

    shape = AsideDecisionSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        if not folder.may_see(Round.SELF) or address["item"] not in folder.round.claimed_aside:
            raise Http404
        return Piece(folder, address["item"])

    def data(self, thing: Piece) -> Data:  # type: ignore[override]  # one of them
        return dict(AsideDecisionSerializer(Sides(thing.folder).aside(thing.row)).data)


def _rate(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return actions.rate_criterion(thing.folder.verification.pk, thing.row.key, **body, actor=caller, now=now)


def _decide_aside(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return actions.decide_na(thing.folder.verification.pk, thing.row, **body, actor=caller, now=now)


RATE = Deed(
    "team_rate",
    "Rate one criterion for the team",
    _rate,
    takes=TeamRatingBody,
    description="The enterprise's own ratings are never touched. While recommending only criteria with findings, and "
    "with a note. A colleague's newer rating is told as 409 “overtaken”.",
    example={"step": "F", "note": "Seen in the register.", "seen": 0},
)
DECIDE_ASIDE = Deed(
    "na_decide",
    "Decide on an item the enterprise set aside",
    _decide_aside,
    takes=AsideDecisionBody,
    description="By the leading assessor; what is not approved is rated.",
    example={"approved": True, "reason": "Seen so."},
)


# -- evidence ---------------------------------------------------------------------------------------------------------


class JudgedEvidenceDoor(VerificationThing):
    """The evidence of a verification."""

    shape: ClassVar[Shape] = JudgedEvidenceSerializer
    part = Part.EVIDENCE

    def may_read(self, folder: VerificationFolder) -> bool:
        return opens_evidence(folder)

    def data(self, thing: VerificationFolder) -> Data:
        pieces = [piece_values(thing, piece) for piece in thing.round.evidence]
        return dict(JudgedEvidenceSerializer({"pieces": pieces}).data)


def piece_values(folder: VerificationFolder, piece: Evidence) -> Data:
    """A piece as ``JudgedPieceSerializer`` takes it; to an authority a confidential one is title and digest alone."""
    hidden = is_authority(folder) and piece.confidential
    told = {
        "id": piece.pk,
        "title": piece.title,
        "confidential": piece.confidential,
        "accepted": piece.accepted if folder.roles & TEAM or reads_ratings(folder) else None,
        "sha256": piece.file.sha256 if piece.file else "",
    }
    if hidden:
        empty: Data = {
            "kind": "",
            "dated": None,
            "periods": None,
            "reference": "",
            "criteria": [],
            "file": None,
            "pages": 0,
        }
        return {**told, **empty}
    return told | {
        "criteria": criteria_of(piece),
        **{name: getattr(piece, name) for name in ("kind", "dated", "periods", "reference")},
        "file": file_values(piece.file),
        "pages": page_count(piece.file) if piece.file else 0,
    }


class JudgedPieceDoor(JudgedEvidenceDoor):
    """One piece of evidence."""

    shape = JudgedPieceSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        piece = next((one for one in folder.round.evidence if one.pk == address["piece"]), None)
        if piece is None:
            raise Http404
        return Piece(folder, piece)

    def data(self, thing: Piece) -> Data:  # type: ignore[override]  # one of them
        return dict(JudgedPieceSerializer(piece_values(thing.folder, thing.row)).data)

    def details(self, thing: Piece) -> dict[str, int]:
        return {"evidence": thing.row.pk}


class EvidenceFileDoor(FileDoor, JudgedEvidenceDoor):
    """The file of a piece; a confidential one stays with the parties."""

    media = tuple(BY_CONTENT_TYPE)
    page_asked = 0

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        piece = next((one for one in folder.round.evidence if one.pk == address["piece"]), None)
        if piece is None or piece.file is None or (is_authority(folder) and piece.confidential):
            raise Http404
        self.page_asked = int(address.get("page", 0))
        if self.page_asked > page_count(piece.file):
            raise Http404
        return Piece(folder, piece)

    def details(self, thing: Piece) -> dict[str, int]:
        return {"evidence": thing.row.pk} | ({"page": self.page_asked} if self.page_asked else {})

    def send(self, thing: Piece) -> HttpResponseBase:  # type: ignore[override]  # streamed
        try:
            return self.bytes_of(thing.row.file)
        except FileLost as lost:
            raise Stop(Kind.FILE_LOST) from lost

    def bytes_of(self, version: FileVersion) -> HttpResponseBase:
        """The response with the version in it."""
        return attachment_response(version)


class EvidencePictureDoor(EvidenceFileDoor):
    """One page of a piece's file as a picture."""

    media = ("image/png",)

    def bytes_of(self, version: FileVersion) -> HttpResponseBase:
        return page_response(self.request._request, version, self.page_asked)


def _judge(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    pk = thing.folder.verification.pk
    return actions.judge_evidence(pk, thing.row.pk, accepted=body["accepted"], actor=caller, now=now)


JUDGE = Deed(
    "evidence_judge",
    "Accept or reject a piece of evidence",
    _judge,
    takes=JudgeEvidenceBody,
    description="Only accepted pieces count for the team's ratings.",
    example={"accepted": True},
)


# -- the DCMM level ---------------------------------------------------------------------------------------------------


class ProvedLevelDoor(VerificationThing):
    """The DCMM level of a verification; not there where its instrument asks for none."""

    shape = ProvedLevelSerializer
    part = Part.RATINGS

    def may_read(self, folder: VerificationFolder) -> bool:
        return folder.may_see(Round.SELF) or reads_ratings(folder)

    def verification(self, pk: int) -> VerificationFolder:
        folder = super().verification(pk)
        if folder.instrument.dcmm is None:
            raise Http404
        return folder

    def data(self, thing: VerificationFolder) -> Data:
        return dict(ProvedLevelSerializer(level_values(thing)).data)


def level_values(folder: VerificationFolder) -> Data:
    """The level as ``ProvedLevelSerializer`` takes it; what the team found is drafts until the release."""
    row, found = folder.verification, folder.round
    claims, judged = folder.may_see(Round.SELF), reads_ratings(folder)
    counts = bool(folder.roles & TEAM) or folder.may_see(Round.FINAL)
    return {
        "claim": _claim(folder, found.claim) if claims and found.claim else None,
        "accepted": row.dcmm_accepted if judged else None,
        "note": row.dcmm_note if judged else "",
        "finding": _finding(found.dcmm_finding) if judged and found.dcmm_finding else None,
        "counts_as": found.proof.level if counts and found.proof else None,
        "policy": folder.scheme.dcmm_policy.value.value,
    }


def _claim(folder: VerificationFolder, claim: DcmmClaim) -> Data:
    """What was claimed; its file is the parties' alone."""
    names = ("source", "level", "edition", "party", "legal_entity", "certificate", "body", "issued", "expires")
    file = None if is_authority(folder) else claim.file
    return {name: getattr(claim, name) for name in names} | {"file": file_values(file)}


def _finding(found: DcmmFinding) -> Data:
    second = found.countersigned_by
    names = ("level", "grounds", "at", "countersigned_at")
    told = {"by": named(found.by), "countersigned_by": named(second) if second else None}
    return told | {name: getattr(found, name) for name in names}


class ClaimedCertificateDoor(FileDoor, VerificationThing):
    """The DCMM certificate that was claimed; for the parties alone."""

    media = tuple(BY_CONTENT_TYPE)

    def may_read(self, folder: VerificationFolder) -> bool:
        return folder.may_see(Round.SELF)

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        claim = folder.round.claim
        if claim is None or claim.file is None:
            raise Http404
        return Piece(folder, claim.file)

    def send(self, thing: Piece) -> HttpResponseBase:  # type: ignore[override]  # streamed
        try:
            return attachment_response(thing.row)
        except FileLost as lost:
            raise Stop(Kind.FILE_LOST) from lost


JUDGE_CLAIM = Deed(
    "dcmm_judge",
    "Accept or reject the claimed DCMM certificate",
    on_verification(actions.judge_claim),
    takes=JudgeClaimBody,
    description="By the leading assessor.",
    example={"accepted": True, "reasons": "Checked with its issuer."},
)
FIND_LEVEL = Deed(
    "dcmm_find",
    "Find a DCMM level by the team's own judgement",
    on_verification(actions.find_dcmm),
    takes=FindLevelBody,
    created=True,
    description="It counts once another assessor of the team has signed it.",
    example={"level": 3, "grounds": "Data management is run as level 3 asks."},
)
COUNTERSIGN = Deed("dcmm_countersign", "Sign the DCMM finding", on_verification(actions.countersign_dcmm))


# -- on site ----------------------------------------------------------------------------------------------------------


class OnSiteDoor(VerificationThing):
    """What was done on site, and what the scheme still wants."""

    shape = OnSiteSerializer

    def may_read(self, folder: VerificationFolder) -> bool:
        return reads_onsite(folder)

    def data(self, thing: Any) -> Data:
        folder = self.folder_of(thing)
        names = ("kind", "role", "subject", "held_on", "notes", "at")
        entries = [
            {"id": row.pk, "by": named(row.by), **{name: getattr(row, name) for name in names}}
            for row in folder.onsite
        ]
        return dict(OnSiteSerializer({"wanted": _wanted(folder), "entries": entries}).data)


def _wanted(folder: VerificationFolder) -> list[Data]:
    facts, scheme = folder.facts, folder.scheme
    interviews = [
        {
            "kind": OnSiteKind.INTERVIEW.value,
            "role": one.code,
            "name": one.label.in_(spoken()),
            "done": facts.interviews.get(one.code, 0),
            "least": one.least,
        }
        for one in scheme.interviews
    ]
    others = (
        (OnSiteKind.DEMONSTRATION, facts.demonstrations, scheme.demonstrations.value),
        (OnSiteKind.SCENARIO, facts.scenarios, scheme.scenarios.value),
    )
    return interviews + [
        {"kind": kind.value, "role": "", "name": "", "done": done, "least": least} for kind, done, least in others
    ]


class OnSiteEntryDoor(OnSiteDoor):
    """One entry; answers with all."""

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        entry = next((one for one in folder.onsite if one.pk == address["entry"]), None)
        if entry is None:
            raise Http404
        return Piece(folder, entry)

    def told(self, deed: Deed, result: Any, **address: Any) -> Any:
        """The entry is gone; what is left is told."""
        return self.answer(self.verification(address["verification"]))


def _remove_entry(thing: Piece, caller: User, now: datetime, body: Data) -> None:
    verification_onsite.remove_onsite(thing.folder.verification.pk, thing.row.pk, actor=caller, now=now)


BEGIN = Deed(
    "onsite_begin",
    "Go on site",
    on_verification(verification_onsite.begin_onsite),
    description="The leading assessor ends the document review.",
)
RECORD = Deed(
    "onsite_record",
    "Record an interview, a demonstration or a scenario",
    on_verification(verification_onsite.record_onsite),
    takes=OnSiteBody,
    created=True,
    example={
        "kind": "demonstration",
        "role": "",
        "subject": "Scheduling platform",
        "held_on": "2026-11-20",
        "notes": "Shown live.",
    },
)
REMOVE_ENTRY = Deed("onsite_remove", "Take out an entry recorded by mistake", _remove_entry)
