"""What the page of a case tells besides its steps: notices, people, history, facts, outcome."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from workflows.domain.application import claimed
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.rooms import SeatRole
from workflows.domain.rulebook import ListQuestion
from workflows.domain.states import CLOSED, State
from workflows.models import Seat
from workflows.queries.folders import Folder
from workflows.queries.history import history
from workflows.views.doors import needed
from workflows.wording import SEAT_ROLES, VERBS

_ORDER = list(SeatRole)


def notices(folder: Folder, *, desk: bool) -> list[dict[str, Any]]:
    """What must not be overlooked: red lines, the re-review list, a chair who cannot act."""
    if State(folder.case.state) in CLOSED:
        return []
    found = _findings_of(folder) if folder.case.tier and (desk or folder.case.accepted_at) else []
    if desk and not folder.case.tier:
        found += _claims(folder)
    if desk and not folder.chair_free:
        found.append(_leaderless(folder))
    return found


def _findings_of(folder: Folder) -> list[dict[str, Any]]:
    case, lists = folder.case, folder.rules.lists
    found = []
    if case.red_lines:
        found.append(
            {
                "tone": "bad",
                "title": _("A red line is crossed: this case can only be declined or refused"),
                "article": _article(folder, GapCode.RED_LINE),
                "lines": _questions(lists.red_lines, case.red_lines),
            }
        )
    if case.listed and case.exemption:
        grounds = _questions(lists.exemptions, [case.exemption])
        found.append(
            {
                "tone": "info",
                "title": _("On the expert re-review list, with an exemption found proven"),
                "lines": [*_questions(lists.re_review, case.listed), *grounds],
                "text": case.exemption_evidence,
            }
        )
    elif case.listed:
        found.append(
            {
                "tone": "warn",
                "title": _("On the expert re-review list: no approval before the re-review or a proven exemption"),
                "article": _article(folder, GapCode.RE_REVIEW_OUTSTANDING),
                "lines": _questions(lists.re_review, case.listed),
            }
        )
    return found


def _claims(folder: Folder) -> list[dict[str, Any]]:
    """Before the secretary's finding: what the applicant says of the lists."""
    lists, said = folder.rules.lists, claimed(folder.rules.lists, folder.application.answers)
    lines = [*_questions(lists.red_lines, said.red_lines), *_questions(lists.re_review, said.listed)]
    if not lines:
        return []
    return [{"tone": "warn", "title": _("The applicant answers these questions with yes"), "lines": lines}]


def _leaderless(folder: Folder) -> dict[str, Any]:
    leading = folder.leading
    acting = leading is not None and leading != folder.chair
    name = leading.user.name_in(get_language() or "en") if leading else ""
    return {
        "tone": "info" if acting else "warn",
        "title": _("%(name)s acts for the chair in this case") % {"name": name}
        if acting
        else _("The chair is recused from this case or away, and nobody acts for the chair yet"),
        "text": folder.case.acting_reason if acting else "",
        "article": _article(folder, GapCode.CHAIR_AVAILABLE),
    }


def _article(folder: Folder, code: GapCode) -> str:
    return needed([Gap(code)], folder.rules)[0]["article"]


def _questions(asked: Iterable[ListQuestion], codes: Iterable[str]) -> list[dict[str, str]]:
    language, wanted = get_language() or "en", set(codes)
    return [
        {"text": question.question.in_(language), "article": question.citation.in_(language)}
        for question in asked
        if question.code in wanted
    ]


def _in_order(folder: Folder) -> list[Seat]:
    return sorted(folder.seats, key=lambda seat: (_ORDER.index(SeatRole(seat.role)), seat.pk))


def seated(folder: Folder) -> list[dict[str, Any]]:
    """Who sits on the committee, the chair first; nothing of what they have to do with the case."""
    language = get_language() or "en"
    return [
        {"name": seat.user.name_in(language), "role": SEAT_ROLES[SeatRole(seat.role)]} for seat in _in_order(folder)
    ]


def people(folder: Folder) -> list[dict[str, Any]]:
    """The committee as it stands to this case, the chair first."""
    language = get_language() or "en"
    reviewing = {review.user_id: review for review in folder.reviews}
    shown = []
    for seat in _in_order(folder):
        review = reviewing.get(seat.user_id)
        chip, tone = "", "plain"
        if seat.user_id in folder.recused:
            chip, tone = _("Recused"), "warn"
        elif review is not None:
            chip, tone = (_("Reviewed"), "good") if review.submitted_at else (_("Reviewing"), "active")
        role = SEAT_ROLES[SeatRole(seat.role)]
        shown.append({"name": seat.user.name_in(language), "role": role, "chip": chip, "tone": tone})
    return shown


def events(folder: Folder, *, desk: bool) -> list[dict[str, Any]]:
    """The history as far as the reader may know it, newest first."""
    language = get_language() or "en"
    return [
        {
            "at": event.at,
            "text": VERBS.get(event.verb, event.verb),
            "actor": event.actor.name_in(language) if event.actor and desk else "",
        }
        for event in history(folder, desk=desk)
    ]


def facts(folder: Folder, *, desk: bool) -> list[dict[str, Any]]:
    """Who and where, and once confirmed tier, flags and procedure, in words; to the applicant from acceptance on."""
    case, language = folder.case, get_language() or "en"
    committee = reverse("workflows:committee", args=[case.committee_id])
    rows: list[dict[str, Any]] = [
        {"label": _("Applicant"), "value": case.applicant.name_in(language)},
        {"label": _("Project lead"), "value": case.lead.name_in(language)},
        {"label": _("Committee"), "value": case.committee.name_in(language), "url": committee},
        {"label": _("Rulebook"), "value": folder.rules.title.in_(language), "note": f"v{folder.rules.version}"},
    ]
    if case.submitted_at:
        rows.append({"label": _("Submitted on"), "value": date_format(localtime(case.submitted_at), "DATE_FORMAT")})
    return rows + (_findings(folder, language) if desk or case.accepted_at else [])


def _findings(folder: Folder, language: str) -> list[dict[str, Any]]:
    case = folder.case
    if not case.tier:
        return []
    tiers = {tier.key: tier.label.in_(language) for tier in folder.instrument.tiers}
    flags = {flag.key: flag.label.in_(language) for flag in folder.instrument.flags}
    joint = "、" if language.startswith("zh") else ", "
    rows = [
        {"label": _("Tier"), "value": f"{case.tier} · {tiers.get(case.tier, '')}", "note": case.classification_reason},
        {"label": _("Flags"), "value": joint.join(flags.get(flag, flag) for flag in case.flags)},
    ]
    if case.route:
        way = next((row for row in folder.rules.routes if row.code == case.route), None)
        label, article = (way.label.in_(language), way.citation.in_(language)) if way else (case.route, "")
        rows.append({"label": _("Way by rule"), "value": label, "note": article})
        rows.append({"label": _("Procedure applied"), "value": _("General procedure"), "note": case.procedure_reasons})
    return rows


def outcome(folder: Folder) -> list[dict[str, Any]]:
    """Issued decisions, newest first."""
    language = get_language() or "en"
    labels = {rule.code: rule.label.in_(language) for rule in folder.rules.decisions}
    return [
        {
            "number": decision.number,
            "label": labels.get(decision.kind, decision.kind),
            "facts": [
                {"label": _("Issued"), "value": date_format(localtime(decision.issued_at), "DATETIME_FORMAT")},
                *(
                    [{"label": _("Valid until"), "value": date_format(decision.valid_until)}]
                    if decision.valid_until
                    else []
                ),
            ],
        }
        for decision in reversed(folder.issued)
        if decision.issued_at
    ]
