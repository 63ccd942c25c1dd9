"""What a certificate is worth on a day, in words, for insiders and for everybody."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.domain.claims import ClaimSource
from workflows.domain.verification_states import CertificateState, CertificateVerb
from workflows.domain.warnings import LookWarned
from workflows.models import Certificate, CertificateEvent
from workflows.queries.certificates import look_warnings
from workflows.wording import CERTIFICATE_VERBS

_EVENT_TONES = {
    CertificateVerb.ISSUED: "good",
    CertificateVerb.REINSTATED: "good",
    CertificateVerb.SUSPENDED: "warn",
    CertificateVerb.WITHDRAWN: "bad",
    CertificateVerb.REPLACED: "bad",
}


def standing_of(certificate: Certificate, day: date) -> dict[str, str]:
    """Tone, title and line of the verdict on a certificate."""
    state = CertificateState(certificate.state)
    if state is CertificateState.WITHDRAWN:
        return _verdict("bad", _("This certificate was withdrawn"), _("It does not count. Do not rely on it."))
    if state is CertificateState.REPLACED:
        return _verdict("warn", _("A later certificate replaces this one"), _("Look up the later one."))
    if day > certificate.expires_on:
        ended = _("Its last day was %(day)s.") % {"day": date_format(certificate.expires_on)}
        return _verdict("bad", _("This certificate has expired"), ended)
    if state is CertificateState.SUSPENDED:
        return _verdict("warn", _("This certificate is suspended"), _("It does not count until it is reinstated."))
    if day < certificate.issued_on:
        begins = _("Its first day is %(day)s.") % {"day": date_format(certificate.issued_on)}
        return _verdict("warn", _("This certificate is not valid yet"), begins)
    until = _("Its last day is %(day)s.") % {"day": date_format(certificate.expires_on)}
    return _verdict("good", _("This certificate is valid"), until)


def look_words(certificate: Certificate, day: date) -> dict[str, str] | None:
    """Tone and words of a yearly look that is near or overdue; None while there is none to be done."""
    due = look_warnings(certificate, day)
    if not due:
        return None
    if due[-1] is LookWarned.OVERDUE:
        return {"tone": "bad", "label": _("surveillance overdue")}
    return {"tone": "warn", "label": _("surveillance due")}


def _verdict(tone: str, title: str, line: str) -> dict[str, str]:
    return {"tone": tone, "title": title, "line": line}


def event_words(event: CertificateEvent) -> dict[str, Any]:
    """One event of a certificate's life for ``_timeline.html``, without who and why."""
    verb = CertificateVerb(event.verb)
    return {"at": event.at, "text": CERTIFICATE_VERBS[verb], "tone": _EVENT_TONES.get(verb, "")}


_PROOFS = {
    ClaimSource.CERTIFICATE.value: gettext_lazy("by certificate"),
    ClaimSource.FINDING.value: gettext_lazy("by finding of the assessors"),
    ClaimSource.SELF.value: gettext_lazy("self-declared"),
}


def proof_words(source: str) -> str:
    """What a DCMM level rests on."""
    return str(_PROOFS.get(source, ""))
