"""Certificates for programs: their life as insiders see it, and what may be done to one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.files.domain.kinds import BY_CONTENT_TYPE
from ethicsreview.files.queries import FileLost
from ethicsreview.files.views import attachment_response
from ethicsreview.interface.api.doors import Data, Deed, FileDoor, ManyDoor
from ethicsreview.interface.domain.problems import Kind, Stop
from ethicsreview.interface.domain.tokens import Half
from workflows.actions import certificates as actions
from workflows.api.doors import keep_search, named, today, wrong
from workflows.api.verification_doors import (
    VerificationThing,
    file_values,
    is_authority,
    lacking,
    upload_of,
)
from workflows.domain.certificate_table import CERTIFICATE_TABLE, certificate_gaps
from workflows.domain.oversight import Part
from workflows.domain.verification_states import CertificateState
from workflows.models import Certificate, DcmmRenewal
from workflows.queries.certificate_words import event_words, standing_of
from workflows.queries.certificates import CertificateFolder
from workflows.queries.verifications import VerificationFolder
from workflows.serializers.certificates import (
    CertificateReasonsBody,
    CertificateRowSerializer,
    CertificateSerializer,
    JudgeRenewalBody,
    RenewalBody,
    RenewalFileBody,
    SurveillanceBody,
)

SAID = ("number", "legal_entity", "scope", "tier", "state", "issued_on", "expires_on", "surveillance_due")
PROVED = ("dcmm_level", "dcmm_source", "dcmm_expires", "changed_at", "verification_id", "pk")


class CertificateFilter(django_filters.FilterSet):
    """What narrows the list of certificates."""

    state = django_filters.MultipleChoiceFilter(
        choices=[(state.value, state.value) for state in CertificateState], help_text="One or more states."
    )
    tier = django_filters.NumberFilter(min_value=0, max_value=99, help_text="Tier.")
    text = django_filters.CharFilter(
        field_name="legal_entity", lookup_expr="icontains", max_length=100, help_text="Words of the legal entity."
    )


class CertificatesDoor(ManyDoor):
    """Certificates of verifications the caller may read, the newest first."""

    half = Half.MATURITY
    tag = "certificates"
    shape = CertificateRowSerializer
    filters = CertificateFilter
    ordering = ("-issued_on", "-pk")

    def rows(self, **address: Any) -> QuerySet[Certificate]:
        return Certificate.objects.visible_to(self.caller, today(timezone.now()))

    def looked_through(self, **address: Any) -> None:
        keep_search(self, "maturity")


@dataclass(frozen=True)
class Handed:
    """A renewal, with its certificate as the caller stands to it."""

    held: CertificateFolder
    row: DcmmRenewal


class CertificateDoor(VerificationThing):
    """One certificate."""

    tag = "certificates"
    shape = CertificateSerializer
    part: ClassVar[Part | None] = Part.REPORTS

    def open(self, **address: Any) -> Any:
        return self.held(address["certificate"])

    def held(self, pk: int) -> CertificateFolder:
        """The certificate as the caller stands to its verification; raises ``Http404``."""
        rows = Certificate.objects.visible_to(self.caller, today(timezone.now())).filter(pk=pk)
        verification = rows.values_list("verification", flat=True).first()
        folder = self.verification(verification) if verification is not None else None
        if folder is None or folder.certificate is None:
            raise Http404
        return CertificateFolder(folder.certificate, folder)

    def folder_of(self, thing: Any) -> VerificationFolder:
        return held_of(thing).folder

    def data(self, thing: Any) -> Data:
        return dict(CertificateSerializer(certificate_values(held_of(thing))).data)


def held_of(thing: CertificateFolder | Handed) -> CertificateFolder:
    """The certificate a thing hangs on."""
    return thing.held if isinstance(thing, Handed) else thing


def certificate_values(held: CertificateFolder) -> Data:
    """The certificate as ``CertificateSerializer`` takes it; an authority is told of no renewal in progress."""
    row, worth = held.certificate, standing_of(held.certificate, held.day)
    outside = is_authority(held.folder)
    return {name: getattr(row, name) for name in (*SAID, *PROVED)} | {
        "counts": worth["tone"] == "good",
        "standing": f"{worth['title']}. {worth['line']}",
        "events": [
            {
                "verb": event.verb,
                "at": event.at,
                "text": str(event_words(event)["text"]),
                "tier": event.tier,
                "reasons": event.reasons,
                "by": named(event.by) if event.by and not outside else None,
            }
            for event in reversed(held.events)
        ],
        "renewals": [] if outside else [_renewal(one) for one in held.renewals],
        "actions": _actions(held),
    }


def _renewal(row: DcmmRenewal) -> Data:
    names = ("level", "edition", "party", "legal_entity", "body", "issued", "expires", "at", "accepted", "reasons")
    told = {"id": row.pk, "certificate": row.reference, "file": file_values(row.file), "by": named(row.by)}
    return told | {name: getattr(row, name) for name in names}


def _actions(held: CertificateFolder) -> list[Data]:
    found = []
    for step in CERTIFICATE_TABLE:
        if step.roles & held.folder.roles:
            gaps = lacking(held.folder, certificate_gaps(step, replace(held.facts, reasons=True, counts=True)))
            found.append({"name": step.verb, "open": not gaps, "missing": gaps})
    return found


class RenewalDoor(CertificateDoor):
    """A DCMM certificate handed in to renew; answers with the certificate."""

    part = None

    def open(self, **address: Any) -> Handed:
        held = self.held(address["certificate"])
        row = next((one for one in held.renewals if one.pk == address["renewal"]), None)
        if row is None:
            raise Http404
        return Handed(held, row)


class RenewalFileDoor(FileDoor, RenewalDoor):
    """Its file, as it was sent."""

    media = tuple(BY_CONTENT_TYPE)

    def open(self, **address: Any) -> Handed:
        found = super().open(**address)
        if found.row.file is None:
            raise Http404
        return found

    def send(self, thing: Handed) -> HttpResponseBase:  # type: ignore[override]  # streamed
        version = thing.row.file
        if version is None:
            raise Http404
        try:
            return attachment_response(version)
        except FileLost as lost:
            raise Stop(Kind.FILE_LOST) from lost


def _on_certificate(action: Callable[..., object]) -> Callable[[Any, User, datetime, Data], object]:
    def run(thing: CertificateFolder, caller: User, now: datetime, body: Data) -> object:
        return action(thing.certificate.pk, **body, actor=caller, now=now)

    return run


def _hand_in(thing: CertificateFolder, caller: User, now: datetime, body: Data) -> object:
    if body["expires"] < body["issued"]:
        raise wrong("/expires", _("The last day lies before the first."))
    file = body.pop("file", None)
    sent = upload_of(file) if file is not None else None
    text = actions.DcmmText(**body, stream=sent.stream if sent else None, name=sent.name if sent else "")
    return actions.hand_in_dcmm(thing.certificate.pk, text, actor=caller, now=now)


def _judge(thing: Handed, caller: User, now: datetime, body: Data) -> object:
    return actions.judge_dcmm(thing.row.pk, **body, actor=caller, now=now)


RENEWED = {
    "level": 4,
    "edition": "2018",
    "party": "owner",
    "legal_entity": "Heron Robotics Co., Ltd.",
    "certificate": "DCMM-2028-0042",
    "body": "Harbour Certification",
    "issued": "2028-03-01",
    "expires": "2031-02-28",
}
SURVEIL = Deed(
    "certificate_surveil",
    "Record the yearly look",
    _on_certificate(actions.record_surveillance),
    takes=SurveillanceBody,
    description="The tier holds, or the certificate is suspended; it is never raised.",
    example={"holds": True, "reasons": "Records of the year were sampled."},
)
HAND_IN = Deed(
    "certificate_hand_in_dcmm",
    "Hand in a renewed DCMM certificate",
    _hand_in,
    takes=RenewalBody,
    created=True,
    description="By anybody of the enterprise, one at a time.",
    example=RENEWED,
)
HAND_IN_FILE = Deed(
    "certificate_hand_in_dcmm_file",
    "Hand in a renewed DCMM certificate with its file",
    _hand_in,
    takes=RenewalFileBody,
    created=True,
    files=True,
)
JUDGE = Deed(
    "certificate_judge_dcmm",
    "Take a renewed DCMM certificate, or not",
    _judge,
    takes=JudgeRenewalBody,
    description="Taken, the tier rests on it from now on.",
    example={"accepted": True, "reasons": "Checked with its issuer."},
)
WITHDRAW = Deed(
    "certificate_withdraw",
    "Withdraw a certificate for good",
    _on_certificate(actions.withdraw_certificate),
    takes=CertificateReasonsBody,
    description="By the decider; the public register says so at once.",
    example={"reasons": "The plant was sold."},
)
