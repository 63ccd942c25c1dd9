"""Evidence and the claimed DCMM level for programs."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from assessments.actions.evidence import (
    ClaimFacts,
    EvidenceFacts,
    add_evidence,
    claim_dcmm,
    edit_evidence,
    link_evidence,
    remove_evidence,
    replace_evidence_file,
    unlink_evidence,
)
from assessments.api.doors import AssessmentThing, Piece, named, sent_of, version_values, wrong
from assessments.domain.claims import ClaimSource, Party
from assessments.models import Evidence
from assessments.queries.maturity import MaturityFolder
from assessments.queries.snapshots import criteria_of, file_of_claim, version_of_evidence, versions_of
from assessments.serializers.evidence import (
    AddEvidenceBody,
    ClaimBody,
    ClaimFileBody,
    ClaimSerializer,
    EvidenceFactsBody,
    EvidenceFileBody,
    EvidenceLibrarySerializer,
    EvidencePieceSerializer,
    EvidenceWithVersionsSerializer,
    LinkBody,
    UnlinkBody,
    UploadEvidenceBody,
)
from assessments.wording import CLAIM_FAULTS
from ethicsreview.accounts.models import User
from ethicsreview.files.domain.kinds import BY_CONTENT_TYPE
from ethicsreview.files.models import FileVersion
from ethicsreview.files.queries import FileLost
from ethicsreview.files.views import attachment_response
from ethicsreview.interface.api.doors import Data, Deed, FileDoor
from ethicsreview.interface.domain.problems import Kind, Stop

SAID = ("kind", "title", "dated", "periods", "reference", "confidential", "added_at")


def piece_values(folder: MaturityFolder, piece: Evidence) -> Data:
    """A piece of evidence as ``EvidencePieceSerializer`` takes it."""
    return {name: getattr(piece, name) for name in SAID} | {
        "id": piece.pk,
        "criteria": criteria_of(piece),
        "file": version_values(piece.file) if piece.file else None,
        "added_by": named(piece.added_by),
        "yours": folder.leads or (folder.fills and piece.added_by_id == folder.user.pk),
    }


class LibraryDoor(AssessmentThing):
    """The evidence of an assessment."""

    shape = EvidenceLibrarySerializer

    def data(self, thing: MaturityFolder) -> Data:
        rules = thing.instrument.evidence
        told = {
            "needs": [{"level": level, **asdict(need)} for level, need in sorted(rules.needs.items())]
            if rules
            else [],
            "kinds": [kind.key for kind in rules.kinds] if rules else [],
            "pieces": [piece_values(thing, piece) for piece in reversed(thing.evidence)],
        }
        return dict(EvidenceLibrarySerializer(told).data)


class EvidenceDoor(AssessmentThing):
    """One piece of evidence."""

    shape = EvidenceWithVersionsSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.assessment(address["assessment"])
        piece = next((one for one in folder.evidence if one.pk == address["piece"]), None)
        if piece is None:
            raise Http404
        return Piece(folder, piece)

    def data(self, thing: Piece) -> Data:
        versions = [version_values(one) for one in versions_of(thing.row)]
        told = {**piece_values(thing.folder, thing.row), "versions": versions}
        return dict(EvidenceWithVersionsSerializer(told).data)


class BytesDoor(FileDoor, AssessmentThing):
    """Bytes of an assessment: whoever sees it may have them."""

    media = tuple(BY_CONTENT_TYPE)

    def version_at(self, folder: MaturityFolder, **address: Any) -> FileVersion | None:
        """The version at the address, None where there is none."""
        return version_of_evidence(folder.row.pk, address["piece"], address["number"])

    def open(self, **address: Any) -> Piece:
        folder = self.assessment(address["assessment"])
        version = self.version_at(folder, **address)
        if version is None:
            raise Http404
        return Piece(folder, version)

    def send(self, thing: Piece) -> HttpResponseBase:  # type: ignore[override]  # streamed
        try:
            return attachment_response(thing.row)
        except FileLost as lost:
            raise Stop(Kind.FILE_LOST) from lost


class EvidenceBytesDoor(BytesDoor):
    """One version of a piece's file, as it was sent."""


class ClaimBytesDoor(BytesDoor):
    """The certificate that was sent with a claim."""

    def version_at(self, folder: MaturityFolder, **address: Any) -> FileVersion | None:
        return file_of_claim(folder.row.pk, address["claim"])


def _facts(body: Data) -> EvidenceFacts:
    names = ("kind", "title", "dated", "periods", "reference", "confidential")
    return EvidenceFacts(**{name: body[name] for name in names})


def _add(thing: MaturityFolder, caller: User, now: datetime, body: Data) -> Data:
    file = body.get("file")
    if file is None and not body["reference"]:
        raise wrong("/reference", _("Send a file or say where it is kept."))
    sent = sent_of(file) if file is not None else None
    piece = add_evidence(thing.row.pk, _facts(body), body["criteria"], sent=sent, actor=caller, now=now)
    folder = thing.afresh()
    return piece_values(folder, next(one for one in folder.evidence if one.pk == piece.pk))


def _edit(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return edit_evidence(thing.folder.row.pk, thing.row.pk, _facts(body), actor=caller, now=now)


def _replace(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return replace_evidence_file(thing.folder.row.pk, thing.row.pk, sent_of(body["file"]), actor=caller, now=now)


def _link(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return link_evidence(thing.folder.row.pk, thing.row.pk, body["criteria"], actor=caller, now=now)


def _unlink(thing: Piece, caller: User, now: datetime, body: Data) -> None:
    unlink_evidence(thing.folder.row.pk, thing.row.pk, body["criterion"], actor=caller, now=now)


def _remove(thing: Piece, caller: User, now: datetime, body: Data) -> None:
    remove_evidence(thing.folder.row.pk, thing.row.pk, actor=caller, now=now)


FACTS = {
    "kind": "document",
    "title": "AI handbook",
    "dated": "2026-10-01",
    "periods": 0,
    "reference": "Archive 12",
    "confidential": False,
}
ADD = Deed(
    "evidence_add",
    "Add evidence that is kept elsewhere",
    _add,
    takes=AddEvidenceBody,
    gives=EvidencePieceSerializer,
    created=True,
    description="A reference to where it is kept; with a file see “…/evidence/upload”.",
    example={**FACTS, "criteria": []},
)
UPLOAD = Deed(
    "evidence_upload",
    "Add evidence with its file",
    _add,
    takes=UploadEvidenceBody,
    gives=EvidencePieceSerializer,
    created=True,
    files=True,
    description="The file's content is inspected before it is kept.",
)
EDIT = Deed("evidence_edit", "Put right what a piece is said to be", _edit, takes=EvidenceFactsBody, example=FACTS)
REPLACE = Deed(
    "evidence_replace",
    "Hand in a newer version of a piece's file",
    _replace,
    takes=EvidenceFileBody,
    created=True,
    files=True,
    description="Earlier versions stay on record.",
)
LINK = Deed(
    "evidence_link",
    "Let a piece stand for more criteria",
    _link,
    takes=LinkBody,
    example={"criteria": ["1.1.1"]},
)
UNLINK = Deed(
    "evidence_unlink",
    "A piece no longer stands for a criterion",
    _unlink,
    takes=UnlinkBody,
    example={"criterion": "1.1.1"},
)
REMOVE = Deed(
    "evidence_remove", "Take a piece out", _remove, description="Snapshots that had it keep it; answers 204."
)


# -- the claimed DCMM level -------------------------------------------------------------------------------------------


class ClaimDoor(AssessmentThing):
    """The DCMM level an assessment claims; not there where its instrument asks for none."""

    shape = ClaimSerializer

    def assessment(self, pk: int) -> MaturityFolder:
        folder = super().assessment(pk)
        if folder.instrument.dcmm is None:
            raise Http404
        return folder

    def data(self, thing: MaturityFolder) -> Data:
        return dict(ClaimSerializer(claim_values(thing)).data)


def claim_values(folder: MaturityFolder) -> Data:
    """The claim and what it is worth, as ``ClaimSerializer`` takes it."""
    row, proof, gate = folder.claim, folder.proof, folder.instrument.dcmm
    assert proof is not None  # noqa: S101  the door has asked
    assert gate is not None  # noqa: S101
    texts = ("edition", "legal_entity", "certificate", "body")
    days = ("source", "level", "issued", "expires", "at")
    return {
        "id": row.pk if row else None,
        **{name: getattr(row, name) if row else "" for name in texts},
        **{name: getattr(row, name) if row else None for name in days},
        "party": (row.party or None) if row else None,
        "file": version_values(row.file) if row and row.file else None,
        "by": named(row.by) if row else None,
        "counts_as": proof.level,
        "fault": proof.fault.value if proof.fault else None,
        "fault_text": str(CLAIM_FAULTS[proof.fault]) if proof.fault else "",
        "provisional": proof.provisional,
        "editions": gate.editions,
        "least": {str(tier): least for tier, least in gate.least.items()},
    }


def _claim(thing: MaturityFolder, caller: User, now: datetime, body: Data) -> object:
    file = body.pop("file", None)
    facts = ClaimFacts(
        **{
            **body,
            "source": ClaimSource(body["source"]),
            "party": Party(body["party"]) if body["party"] else None,
        }
    )
    sent = sent_of(file) if file is not None else None
    return claim_dcmm(thing.row.pk, facts, sent=sent, actor=caller, now=now)


CERTIFICATE = {
    "source": "certificate",
    "level": 4,
    "edition": "2018",
    "party": "owner",
    "legal_entity": "Heron Robotics Co., Ltd.",
    "certificate": "DCMM-2025-0042",
    "body": "Harbour Certification",
    "issued": "2025-03-01",
    "expires": "2028-02-29",
}
CLAIM = Deed(
    "dcmm_claim",
    "State a DCMM level",
    _claim,
    takes=ClaimBody,
    description="Whether it counts is computed. The file of the certificate before it stays.",
    example=CERTIFICATE,
)
CLAIM_FILE = Deed(
    "dcmm_claim_with_file",
    "State a DCMM level with its certificate",
    _claim,
    takes=ClaimFileBody,
    files=True,
    description="The file's content is inspected before it is kept.",
)
