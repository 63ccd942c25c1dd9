"""Verdicts and codes in the reader's language."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ethicsreview.documents.domain import FileProblem, Outcome, SignatureInfo, SignatureReason, Standing
from ethicsreview.documents.keys import KeyCode
from ethicsreview.documents.queries import Verdict

Words = str | Promise

TITLES: dict[Outcome, Words] = {
    Outcome.GENUINE: gettext_lazy("This document is genuine and unchanged"),
    Outcome.SUPERSEDED: gettext_lazy("This document is genuine, but a later one replaces it"),
    Outcome.DAMAGED_RECORD: gettext_lazy("The file matches our register, but its signature does not verify"),
    Outcome.CHANGED: gettext_lazy("Do not rely on this file: it is not the document as issued"),
    Outcome.FOREIGN: gettext_lazy("Properly signed, but not issued here"),
    Outcome.UNKNOWN: gettext_lazy("This file is not known here"),
    Outcome.UNREADABLE: gettext_lazy("This file cannot be read as a signed PDF"),
}
LINES: dict[Outcome, Words] = {
    Outcome.GENUINE: gettext_lazy(
        "It is, byte for byte, the file that was signed and issued here, and nothing replaces it."
    ),
    Outcome.SUPERSEDED: gettext_lazy(
        "It is, byte for byte, the file that was signed and issued here."
        " Ask for the later document before acting on it."
    ),
    Outcome.DAMAGED_RECORD: gettext_lazy(
        "Its bytes are those we keep, yet the signature or the trust in its certificate fails."
        " Please tell the operator."
    ),
    Outcome.CHANGED: gettext_lazy(
        "It carries the mark of a document issued here, but its content differs from the file we keep: something was"
        " added, removed or altered after signing. Ask the issuing organisation for the original."
    ),
    Outcome.FOREIGN: gettext_lazy(
        "Its signature verifies and covers the whole file, but our register does not hold it."
        " It proves who signed, not that it was issued here."
    ),
    Outcome.UNKNOWN: gettext_lazy(
        "Our register does not hold it, and no signature that we trust vouches for all of it. Check that you have the"
        " original PDF file and not a printed, scanned or converted copy."
    ),
    Outcome.UNREADABLE: gettext_lazy(
        "Check that you have the original PDF file and that it was transferred completely."
    ),
}
TONES = {
    Outcome.GENUINE: "good",
    Outcome.SUPERSEDED: "warn",
    Outcome.DAMAGED_RECORD: "bad",
    Outcome.CHANGED: "bad",
    Outcome.FOREIGN: "warn",
    Outcome.UNKNOWN: "warn",
    Outcome.UNREADABLE: "warn",
}
PROBLEMS: dict[FileProblem, Words] = {
    FileProblem.NONE: gettext_lazy("The file carries no signature."),
    FileProblem.EMPTY: gettext_lazy("The file is empty."),
    FileProblem.TOO_LARGE: gettext_lazy("The file is larger than any document issued here."),
    FileProblem.NOT_PDF: gettext_lazy("The file is not a PDF."),
    FileProblem.UNREADABLE: gettext_lazy("The file is damaged, encrypted or too complicated to be read safely."),
}
SIGNATURES: dict[SignatureReason, Words] = {
    SignatureReason.OK: gettext_lazy("Valid: the signed content is intact and the certificate is trusted."),
    SignatureReason.BROKEN: gettext_lazy("Broken: the content was altered after signing."),
    SignatureReason.INVALID: gettext_lazy("Invalid: the signature does not fit the certificate."),
    SignatureReason.UNTRUSTED: gettext_lazy("Intact, but the certificate comes from no authority trusted here."),
    SignatureReason.UNREADABLE: gettext_lazy("The signature cannot be read."),
}
KEYS: dict[KeyCode, Words] = {
    KeyCode.READY: gettext_lazy("Ready to sign"),
    KeyCode.MISSING: gettext_lazy("No signing key is installed"),
    KeyCode.UNREADABLE: gettext_lazy("The signing key cannot be opened: damaged, or the passphrase is wrong"),
    KeyCode.UNSUITABLE: gettext_lazy("The signing key or its certificate is not suitable for signing documents"),
    KeyCode.NOT_YET: gettext_lazy("The certificate is not valid yet"),
    KeyCode.EXPIRED: gettext_lazy("The certificate has expired"),
}


@dataclass(frozen=True)
class Check:
    """One line of the table under a verdict. ``tone`` is ``good``, ``warn``, ``bad`` or ``plain``."""

    label: str
    tone: str
    word: str
    line: str


@dataclass(frozen=True)
class Headline:
    """The verdict in one sentence, and what to do about it."""

    tone: str
    title: Words
    line: Words


def headline(verdict: Verdict, standing: Standing | None) -> Headline:
    """The verdict on the file; where what it states does not count today, that comes first."""
    outcome = verdict.outcome
    if outcome is Outcome.GENUINE and standing is not None and not standing.counts:
        genuine = _("It is, byte for byte, the file that was signed and issued here.")
        return Headline(standing.tone, standing.title, f"{standing.line} {genuine}")
    return Headline(TONES[outcome], TITLES[outcome], LINES[outcome])


def checks(verdict: Verdict, standing: Standing | None = None) -> tuple[Check, ...]:
    """What was checked and what came of it: register, bytes, signatures, successor, what it states."""
    signatures = tuple(_signature(found) for found in verdict.signatures) or (_no_signature(verdict),)
    return (_known(verdict), _unchanged(verdict), *signatures, *_replaced(verdict), *_states(standing))


def _known(verdict: Verdict) -> Check:
    label = _("Known here")
    if verdict.document is None:
        return Check(label, "warn", pgettext("check", "No"), _("Our register holds no such file."))
    words = {"title": verdict.document.title, "code": verdict.document.code}
    if verdict.same_bytes:
        return Check(label, "good", pgettext("check", "Yes"), _("%(title)s, verification code %(code)s.") % words)
    line = _("It claims to be: %(title)s, verification code %(code)s.") % words
    return Check(label, "warn", pgettext("check", "By its mark only"), line)


def _unchanged(verdict: Verdict) -> Check:
    label = _("Unchanged")
    if verdict.document is None:
        line = _("There is nothing here to compare it with.")
        return Check(label, "plain", pgettext("check", "Cannot be said"), line)
    if verdict.same_bytes:
        line = _("SHA-256 digest and length are those of the file we keep.")
        return Check(label, "good", pgettext("check", "Yes"), line)
    line = _("The file has %(found)s bytes and another digest; the file we keep has %(kept)s bytes.") % {
        "found": verdict.length,
        "kept": verdict.document.length,
    }
    return Check(label, "bad", pgettext("check", "No"), line)


def _no_signature(verdict: Verdict) -> Check:
    return Check(_("Signature"), "bad", pgettext("check", "None"), str(PROBLEMS[verdict.report.problem]))


def _signature(found: SignatureInfo) -> Check:
    said = [str(SIGNATURES[found.reason_code])]
    if found.intact and not found.covers_whole_file:
        said.append(_("It does not cover the whole file: something was added after it."))
    said.append(signer_line(found))
    good = found.accepted and found.covers_whole_file
    word = pgettext("check", "Valid") if good else pgettext("check", "Not accepted")
    return Check(_("Signature"), "good" if good else "bad", word, " ".join(said))


def signer_line(found: SignatureInfo) -> str:
    """Who signed and when."""
    if found.at is None:
        return _("Signed by %(signer)s.") % {"signer": found.signer}
    at = date_format(localtime(found.at), "DATETIME_FORMAT")
    return _("Signed by %(signer)s, %(at)s.") % {"signer": found.signer, "at": at}


def _replaced(verdict: Verdict) -> tuple[Check, ...]:
    if verdict.document is None or not verdict.same_bytes:
        return ()
    label, later = _("Still stands"), verdict.document.superseded_by
    if later is None:
        return (Check(label, "good", pgettext("check", "Yes"), _("No later document replaces it.")),)
    line = _("Replaced by the document with verification code %(code)s.") % {"code": later.code}
    return (Check(label, "warn", pgettext("check", "Replaced"), line),)


def _states(standing: Standing | None) -> tuple[Check, ...]:
    if standing is None:
        return ()
    word = pgettext("check", "Yes") if standing.counts else pgettext("check", "No")
    return (Check(_("Counts today"), standing.tone, word, f"{standing.title}. {standing.line}"),)
