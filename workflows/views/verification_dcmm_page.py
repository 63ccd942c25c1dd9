"""The DCMM level on the rating page: what is claimed, whether it counts, what the team found."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.domain.claims import Policy
from assessments.models import DcmmClaim
from assessments.wording import CLAIM_FAULTS, CLAIM_SOURCES
from workflows.domain.verification_states import TEAM, Round
from workflows.domain.verification_table import COUNTERSIGN_DCMM, FIND_DCMM, JUDGE_CLAIM, Transition
from workflows.forms.verifications import ClaimForm, DcmmFindingForm
from workflows.models import DcmmFinding
from workflows.queries.verifications import VerificationFolder
from workflows.views.verification_pieces import language, level_name


def dcmm_context(
    folder: VerificationFolder, *, claim_form: ClaimForm | None = None, finding_form: DcmmFindingForm | None = None
) -> dict[str, Any]:
    """What the page takes; forms only for those who may fill them now."""
    pk, claim, finding = folder.verification.pk, folder.round.claim, folder.round.dcmm_finding
    judges = folder.round.claims_certificate and _may(folder, JUDGE_CLAIM)
    finds = folder.scheme.dcmm_policy.value is Policy.CERTIFICATE_OR_FINDING and _may(folder, FIND_DCMM)
    return {
        "claim": _claim(folder, claim) if claim else [],
        "claim_file": _file_url(folder, claim),
        "worth": _worth(folder),
        "judged": _judged(folder),
        "judge_form": (claim_form or _first_claim(folder)) if judges else None,
        "judge_url": reverse("workflows:verification-dcmm-judge", args=[pk]),
        "finding": _finding(folder, finding) if finding else [],
        "reason": finding.grounds if finding else "",
        "may_countersign": finding is not None
        and _may(folder, COUNTERSIGN_DCMM)
        and not folder.gaps(COUNTERSIGN_DCMM)
        and finding.by_id != folder.user.pk,
        "countersign_url": reverse("workflows:verification-dcmm-countersign", args=[pk]),
        "form": (finding_form or DcmmFindingForm(instrument=folder.instrument)) if finds else None,
        "url": reverse("workflows:verification-dcmm-find", args=[pk]),
        "policy": _policy(folder),
    }


def _may(folder: VerificationFolder, transition: Transition) -> bool:
    return bool(transition.roles & folder.roles) and folder.state in transition.sources


def _first_claim(folder: VerificationFolder) -> ClaimForm:
    accepted = folder.verification.dcmm_accepted
    first = {} if accepted is None else {"accepted": "yes" if accepted else "no"}
    return ClaimForm(initial={**first, "reason": folder.verification.dcmm_note})


def _file_url(folder: VerificationFolder, claim: DcmmClaim | None) -> str:
    if claim is None or claim.file_id is None or not folder.may_see(Round.SELF):
        return ""
    return reverse("workflows:verification-claim-file", args=[folder.verification.pk])


def _claim(folder: VerificationFolder, claim: DcmmClaim) -> list[dict[str, Any]]:
    rows = [
        (pgettext("DCMM", "Level"), level_name(folder.instrument, claim.level)),
        (_("Rests on"), dict((key.value, words) for key, words in CLAIM_SOURCES.items()).get(claim.source, "")),
        (_("Edition"), claim.edition),
        (_("Legal entity on the certificate"), claim.legal_entity),
        (_("Certificate number"), claim.certificate),
        (_("Issued by"), claim.body),
        (_("Issued on"), date_format(claim.issued) if claim.issued else ""),
        (_("Valid until"), date_format(claim.expires) if claim.expires else ""),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _judged(folder: VerificationFolder) -> dict[str, Any] | None:
    """What the team said of the certificate, for the team and after the release for all who may read."""
    accepted = folder.verification.dcmm_accepted
    if accepted is None:
        return None
    label = _("counts") if accepted else _("does not count")
    return {"label": label, "tone": "good" if accepted else "bad", "note": folder.verification.dcmm_note}


def _worth(folder: VerificationFolder) -> str:
    """The level that counts as it stands, or why none does."""
    proof = folder.round.proof if folder.roles & TEAM or folder.may_see(Round.FINAL) else None
    if proof is None:
        return ""
    if proof.level:
        return _("Counts now: level %(level)s") % {"level": level_name(folder.instrument, proof.level)}
    told = CLAIM_FAULTS.get(proof.fault) if proof.fault else None
    return _("No level counts now.") + (f" {told}" if told else "")


def _finding(folder: VerificationFolder, finding: DcmmFinding) -> list[dict[str, Any]]:
    at = date_format(localtime(finding.at), "DATETIME_FORMAT")
    rows = [
        {"label": pgettext("DCMM", "Level"), "value": level_name(folder.instrument, finding.level)},
        {"label": _("Found by"), "value": finding.by.name_in(language()), "note": at},
    ]
    if finding.countersigned_by is not None and finding.countersigned_at is not None:
        when = date_format(localtime(finding.countersigned_at), "DATETIME_FORMAT")
        name = finding.countersigned_by.name_in(language())
        return [*rows, {"label": _("Countersigned by"), "value": name, "note": when}]
    return [*rows, {"label": _("Countersigned by"), "value": _("not yet; it does not count before")}]


def _policy(folder: VerificationFolder) -> dict[str, str]:
    ruled = folder.scheme.dcmm_policy
    text = (
        _("A level counts by certificate, or by a countersigned finding of the team.")
        if ruled.value is Policy.CERTIFICATE_OR_FINDING
        else _("A level counts by certificate alone.")
    )
    return {"text": text, "article": ruled.citation.in_(language())}
