"""The procedure of a verification point by point, as whoever reviews compliance reads it."""

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from workflows.domain.scheme import Scheme
from workflows.queries.verifications import VerificationFolder


def checklist(folder: VerificationFolder) -> list[dict[str, Any]]:
    """What the scheme asks of the procedure, each point with how it stands and the rule."""
    facts, scheme = folder.facts, folder.scheme
    reviewer = folder.verification.reviewer_id
    return [
        _point(
            _("A team of enough assessors, one of whom leads"),
            facts.team >= scheme.team.value and facts.has_lead,
            _people(facts.team),
            scheme.team,
        ),
        _point(
            _("No assessor belongs to the enterprise or to its adviser"),
            not (facts.conflicted or facts.advisers),
            folder.verification.self_assessment.adviser or _("no adviser was named"),
        ),
        *_round_points(folder, scheme),
        *_onsite_points(folder, scheme),
        _window_point(folder),
        _point(_("Every finding has its outcome"), not facts.unresolved),
        _point(
            _("Whoever reviews compliance was never on the team"), reviewer not in {p.user_id for p in folder.places}
        ),
    ]


def _point(label: str, done: bool, note: str = "", ruled: Any = None) -> dict[str, Any]:
    return {
        "label": label,
        "done": done,
        "note": note,
        "article": ruled.citation.in_(_language()) if ruled is not None else "",
    }


def _people(count: int) -> str:
    return ngettext("%(count)s assessor", "%(count)s assessors", count) % {"count": count}


def _round_points(folder: VerificationFolder, scheme: Scheme) -> list[dict[str, Any]]:
    facts = folder.facts
    return [
        _point(_("Every asked criterion is rated"), not facts.unrated),
        _point(_("Every piece of evidence is accepted or rejected"), not facts.unjudged),
        _point(_("Every item set aside is decided on"), not facts.undecided),
        _point(
            _("The DCMM level is proved or found with two signatures"),
            not (facts.claim_unjudged or facts.finding_unsigned),
            "",
            scheme.dcmm_policy,
        ),
    ]


def _onsite_points(folder: VerificationFolder, scheme: Scheme) -> list[dict[str, Any]]:
    facts = folder.facts
    held = [
        {
            "label": _("Interview: %(role)s") % {"role": one.label.in_(_language())},
            "done": facts.interviews.get(one.code, 0) >= one.least,
            "note": f"{facts.interviews.get(one.code, 0)}/{one.least}",
            "article": one.citation.in_(_language()),
        }
        for one in scheme.interviews
    ]
    shown, sampled = facts.demonstrations, facts.scenarios
    return [
        *held,
        _point(
            _("Systems demonstrated"),
            shown >= scheme.demonstrations.value,
            f"{shown}/{scheme.demonstrations.value}",
            scheme.demonstrations,
        ),
        _point(
            _("Scenarios sampled"),
            sampled >= scheme.scenarios.value,
            f"{sampled}/{scheme.scenarios.value}",
            scheme.scenarios,
        ),
    ]


def _window_point(folder: VerificationFolder) -> dict[str, Any]:
    row = folder.verification
    if row.correction_until is None or row.findings_at is None:
        return _point(
            _("The enterprise could answer the findings"), True, _("there was none"), folder.scheme.correction_days
        )
    span = f"{date_format(localtime(row.findings_at))} – {date_format(row.correction_until)}"
    return _point(_("The enterprise could answer the findings"), True, span, folder.scheme.correction_days)


def _language() -> str:
    return get_language() or "en"
