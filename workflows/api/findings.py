"""Findings for programs: written by the team, released, answered by the enterprise, settled."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404

from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed
from workflows.actions import verification_correction as correction
from workflows.actions import verification_onsite as actions
from workflows.api.doors import named
from workflows.api.verification_doors import Piece, Shape, VerificationThing, on_verification, upload_of
from workflows.domain.oversight import Part
from workflows.models import Finding
from workflows.queries.verification_reading import reads_ratings
from workflows.queries.verifications import VerificationFolder
from workflows.serializers.verification_rounds import (
    AnswerFindingBody,
    FindingBody,
    FindingSerializer,
    FindingsSerializer,
    ResolveBody,
    UploadAnswerBody,
)

SAID = ("number", "criterion", "kind", "text", "at", "answer", "answered_at", "resolved", "resolution", "resolved_at")


class FindingsDoor(VerificationThing):
    """The findings of a verification."""

    shape: ClassVar[Shape] = FindingsSerializer
    part = Part.FINDINGS

    def may_read(self, folder: VerificationFolder) -> bool:
        return reads_ratings(folder)

    def data(self, thing: Any) -> Data:
        rows = [finding_values(one) for one in self.folder_of(thing).findings]
        return dict(FindingsSerializer({"findings": rows}).data)


def finding_values(finding: Finding) -> Data:
    """A finding as ``FindingSerializer`` takes it."""
    answered, resolved = finding.answered_by, finding.resolved_by
    return {name: getattr(finding, name) for name in SAID} | {
        "id": finding.pk,
        "by": named(finding.by),
        "answered_by": named(answered) if answered else None,
        "resolved_by": named(resolved) if resolved else None,
    }


class FindingDoor(FindingsDoor):
    """One finding."""

    shape = FindingSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        finding = next((one for one in folder.findings if one.pk == address["finding"]), None)
        if finding is None:
            raise Http404
        return Piece(folder, finding)

    def data(self, thing: Piece) -> Data:
        return dict(FindingSerializer(finding_values(thing.row)).data)


def _write(thing: VerificationFolder, caller: User, now: datetime, body: Data) -> object:
    return actions.write_finding(thing.verification.pk, **body, actor=caller, now=now)


def _rewrite(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    pk = thing.folder.verification.pk
    return actions.write_finding(pk, **body, finding_id=thing.row.pk, actor=caller, now=now)


def _remove(thing: Piece, caller: User, now: datetime, body: Data) -> None:
    actions.remove_finding(thing.folder.verification.pk, thing.row.pk, actor=caller, now=now)


def _answer(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    pieces = [correction.NewEvidence(**one) for one in body["evidence"]]
    return correction.answer_finding(
        thing.folder.verification.pk,
        thing.row.pk,
        text=body["answer"],
        evidence=pieces,
        linked=body["linked"],
        actor=caller,
        now=now,
    )


def _answer_with_file(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    text, file = body.pop("answer"), upload_of(body.pop("file"))
    piece = correction.NewEvidence(**body, stream=file.stream, name=file.name)
    pk = thing.folder.verification.pk
    return correction.answer_finding(pk, thing.row.pk, text=text, evidence=[piece], actor=caller, now=now)


def _resolve(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return actions.resolve_finding(thing.folder.verification.pk, thing.row.pk, **body, actor=caller, now=now)


FINDING = {"criterion": "7.2.3", "kind": "major", "text": "The record covers one quarter only."}
WRITE = Deed(
    "finding_write",
    "Write a finding",
    _write,
    takes=FindingBody,
    created=True,
    description="The enterprise sees it after the release.",
    example=FINDING,
)
REWRITE = Deed("finding_rewrite", "Write a finding anew", _rewrite, takes=FindingBody, example=FINDING)
REMOVE = Deed("finding_remove", "Take a finding back before its release", _remove)
RELEASE = Deed(
    "findings_release",
    "Release ratings and findings",
    on_verification(actions.release_findings),
    description="The enterprise reads them, and its correction window begins where there is a finding.",
)
ANSWER = Deed(
    "finding_answer",
    "Answer a finding",
    _answer,
    takes=AnswerFindingBody,
    description="By anybody of the enterprise, as often as needed until the window's last day.",
    example={"answer": "The other quarters are in the annex.", "linked": [], "evidence": []},
)
ANSWER_WITH_FILE = Deed(
    "finding_answer_with_file",
    "Answer a finding with a new piece of evidence and its file",
    _answer_with_file,
    takes=UploadAnswerBody,
    files=True,
)
RESOLVE = Deed(
    "finding_resolve",
    "Say what became of a finding",
    _resolve,
    takes=ResolveBody,
    example={"resolved": True, "resolution": "Shown."},
)
CLOSE = Deed(
    "correction_close",
    "End the correction window",
    on_verification(correction.close_correction),
    description="The lead of the self-assessment before its last day, or the leading assessor after it.",
)
