"""The public's side for programs: the register, public notices, objections, and whether a PDF is genuine."""

from datetime import datetime
from typing import Any

import django_filters
from axes.helpers import get_client_ip_address
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.domain.staged import StagedInstrument
from assessments.queries import load_staged
from ethicsreview.documents import wording
from ethicsreview.documents.domain import LARGEST_FILE, Standing
from ethicsreview.documents.models import SignedDocument
from ethicsreview.documents.queries import Verdict, verdict
from ethicsreview.documents.views import asks_too_often
from ethicsreview.interface.api.doors import Data, Deed, ManyDoor, ThingDoor
from ethicsreview.interface.domain.problems import Kind, Stop
from ethicsreview.interface.domain.tokens import Half
from workflows.actions.verifications import file_objection
from workflows.api.doors import spoken, today, wrong
from workflows.api.verification_doors import missing
from workflows.domain.clock import local_day
from workflows.domain.gapcodes import Refused
from workflows.domain.verification_states import VReportKind, VState
from workflows.models import Certificate, Verification
from workflows.queries.certificate_words import event_words, standing_of
from workflows.queries.objections import objects_too_often
from workflows.queries.reports import certificate_of
from workflows.queries.rulebooks import load_scheme
from workflows.queries.verification_pages import certificate_by_number, noticed
from workflows.queries.verifications import notices_running, valid_certificates
from workflows.serializers.certificates import (
    CheckedFileBody,
    FiledSerializer,
    FileVerdictSerializer,
    NoticedSerializer,
    ObjectionBody,
    PublicCertificateSerializer,
    RegisteredCertificateSerializer,
    RunningNoticesSerializer,
)


def tier_name(instrument: StagedInstrument, number: int) -> str:
    """What a tier is called; empty for 0."""
    tier = instrument.tier(number)
    return tier.label.in_(spoken()) if tier else ""


def certificate_values(row: Certificate) -> Data:
    """A certificate as ``PublicCertificateSerializer`` takes it: every field of it is public."""
    version = row.verification.self_assessment.assessment.instrument_version
    names = ("number", "legal_entity", "scope", "tier", "issued_on", "expires_on")
    return {name: getattr(row, name) for name in names} | {
        "tier_name": tier_name(load_staged(version), row.tier),
        "instrument": {"slug": version.slug, "version": version.version},
        "body": row.host.name_in(spoken()),
    }


class RegisterRows(PublicCertificateSerializer):
    """Rows of the register, read from the table."""

    def to_representation(self, instance: Certificate) -> Data:
        return super().to_representation(certificate_values(instance))


class RegisterFilter(django_filters.FilterSet):
    """What narrows the register."""

    text = django_filters.CharFilter(
        method="with_words", max_length=100, help_text="Words of number, legal entity or scope."
    )
    tier = django_filters.NumberFilter(min_value=0, max_value=99, help_text="Tier.")

    def with_words(self, rows: QuerySet[Certificate], _name: str, words: str) -> QuerySet[Certificate]:
        """As the register seeks them."""
        return rows.filter(Q(number__icontains=words) | Q(legal_entity__icontains=words) | Q(scope__icontains=words))


class RegisterDoor(ManyDoor):
    """The certificates valid today, the newest first."""

    half = Half.MATURITY
    public = True
    tag = "register"
    shape = RegisterRows
    filters = RegisterFilter
    ordering = ("-issued_on", "-pk")

    def rows(self, **address: Any) -> QuerySet[Certificate]:
        return valid_certificates(today(timezone.now()))


class PublicThing(ThingDoor):
    """What everybody may read, and do without a token."""

    half = Half.MATURITY
    public = True
    tag = "register"

    @property
    def caller(self) -> Any:
        """Whoever it is, or nobody."""
        return self.request.user or AnonymousUser()


class RegisteredDoor(PublicThing):
    """One certificate, whatever became of it."""

    shape = RegisteredCertificateSerializer

    def open(self, **address: Any) -> Certificate:
        found = certificate_by_number(address["number"])
        if found is None:
            raise Http404
        return found

    def data(self, thing: Certificate) -> Data:
        worth = standing_of(thing, today(timezone.now()))
        instrument = load_staged(thing.verification.self_assessment.assessment.instrument_version)
        reports = thing.verification.reports.all()
        signed = [one.document for one in reports if one.kind == VReportKind.CERTIFICATE.value and one.document]
        told = certificate_values(thing) | {
            "counts": worth["tone"] == "good",
            "standing": f"{worth['title']}. {worth['line']}",
            "dcmm_level": thing.dcmm_level,
            "documents": sorted(signed, key=lambda document: document.language),
            "events": [
                {"at": event.at, "verb": event.verb, "text": str(event_words(event)["text"])}
                for event in thing.events.all()
            ],
            "notice": instrument.notice.in_(spoken()),
        }
        return dict(RegisteredCertificateSerializer(told).data)


# -- public notices ---------------------------------------------------------------------------------------------------


def notice_values(row: Verification) -> Data:
    """A notice as ``NoticedSerializer`` takes it: who, what for, which tier; once decided what was decided."""
    version = row.self_assessment.assessment.instrument_version
    instrument, tier = load_staged(version), row.recommended_tier or 0
    day = local_day(timezone.now(), load_scheme(row.scheme).time_zone)
    certificate = getattr(row, "certificate", None)
    running = row.state == VState.NOTICE.value and (row.notice_until is None or day <= row.notice_until)
    return {
        "reference": row.reference,
        "legal_entity": row.self_assessment.legal_entity,
        "scope": row.self_assessment.scope,
        "body": row.host.name_in(spoken()),
        "instrument": {"slug": version.slug, "version": version.version},
        "tier": tier,
        "tier_name": tier_name(instrument, tier),
        "notice_from": row.notice_from,
        "notice_until": row.notice_until,
        "running": running,
        "certificate": certificate.number if certificate is not None else "",
        "refused": row.state == VState.REFUSED.value,
    }


class NoticesDoor(PublicThing):
    """Every recommendation somebody may object to today."""

    shape = RunningNoticesSerializer

    def open(self, **address: Any) -> datetime:
        return timezone.now()

    def data(self, thing: datetime) -> Data:
        rows = [notice_values(row) for row in notices_running(thing)]
        return dict(RunningNoticesSerializer({"notices": rows}).data)


class NoticeDoor(PublicThing):
    """One notice; afterwards the result alone."""

    shape = NoticedSerializer

    def open(self, **address: Any) -> Verification:
        found = noticed(address["reference"])
        if found is None:
            raise Http404
        return found

    def data(self, thing: Verification) -> Data:
        return dict(NoticedSerializer(notice_values(thing)).data)

    def refusal(self, error: Exception, thing: Verification) -> Stop | None:
        if not isinstance(error, Refused):
            return None
        return Stop(Kind.REFUSED, missing=missing(error.gaps, load_scheme(thing.scheme)))


class ObjectingDoor(NoticeDoor):
    """Objecting to a recommendation; counted by address."""

    def run(self, deed: Deed, thing: Verification, body: Data) -> Any:
        if objects_too_often(get_client_ip_address(self.request._request)):
            raise Stop(Kind.TOO_MANY)
        return super().run(deed, thing, body)


def _object(thing: Verification, _caller: Any, now: datetime, body: Data) -> object:
    language = "zh-hans" if spoken().startswith("zh") else "en"
    return file_objection(thing.pk, **body, language=language, now=now)


OBJECT = Deed(
    "objection_file",
    "Object to a recommendation",
    _object,
    takes=ObjectionBody,
    gives=FiledSerializer,
    created=True,
    description="By anybody, without a token, while the public notice runs; ten an hour from one address.",
    example={"name": "Wang Fang", "contact": "wang@example.org", "text": "The plant in Suzhou was left out."},
)


# -- whether a PDF is genuine -----------------------------------------------------------------------------------------


class CheckingDoor(PublicThing):
    """The register's verdict on a file; counted by address."""

    shape = FileVerdictSerializer

    def open(self, **address: Any) -> None:
        return None

    def run(self, deed: Deed, thing: None, body: Data) -> Any:
        if asks_too_often(self.request._request):
            raise Stop(Kind.TOO_MANY)
        return super().run(deed, thing, body)


def _check(_thing: None, _caller: Any, now: datetime, body: Data) -> Data:
    file = body["file"]
    if file.size is None or file.size > LARGEST_FILE:
        raise wrong("/file", _("The file is larger than any document issued here."))
    found = verdict(file.read(), now=now)
    standing = _standing(found, now)
    head = wording.headline(found, standing)
    checks = wording.checks(found, standing)
    return {
        "outcome": found.outcome.value,
        "genuine": found.is_genuine,
        "title": str(head.title),
        "line": str(head.line),
        "sha256": found.sha256,
        "code": found.document.code if found.document else "",
        "checks": [{"name": one.label, "tone": one.tone, "word": one.word, "line": one.line} for one in checks],
    }


def _standing(found: Verdict, now: datetime) -> Standing | None:
    """What a genuine document states, as it is today."""
    document: SignedDocument | None = found.document if found.is_genuine else None
    certificate = certificate_of(document) if document else None
    if certificate is None:
        return None
    return Standing(**standing_of(certificate, today(now)), address="")


CHECK = Deed(
    "file_check",
    "Check whether a PDF is genuine",
    _check,
    takes=CheckedFileBody,
    gives=FileVerdictSerializer,
    files=True,
    description="By anybody, without a token; the file is checked and forgotten. Thirty in ten minutes from one "
    "address.",
)
