"""The case itself in a dossier: facts, findings, clocks, notices, people, decisions; as values and as pages."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.domain.strict import Text
from workflows.domain.application import form_items
from workflows.domain.archives import Standing
from workflows.domain.checks import decision_rule
from workflows.domain.oversight import Part
from workflows.domain.rooms import SeatRole
from workflows.domain.states import State
from workflows.models import Decision, SupplementNotice
from workflows.queries.minutes import person
from workflows.reporting.course import Written
from workflows.reporting.dossier_reader import CaseReader
from workflows.reporting.naming import both
from workflows.reporting.plain import cited, day, in_both, moment
from workflows.reporting.sheets import Block, Piece, Sheet, json_piece, page_piece, row, shown_at, words
from workflows.wording import SEAT_ROLES, STATES

Values = dict[str, Any]
_ORDER = tuple(SeatRole)
CASE, PEOPLE, DECISIONS = _("The case and its course"), _("The committee"), _("Decisions")


def course_pieces(reader: CaseReader) -> list[Piece]:
    """The pages of the case with their values beside them."""
    found = _pair(reader, "case/case", "case", CASE, _case_values, _case_page)
    if Part.PEOPLE in reader.parts:
        found += _pair(reader, "case/committee", "people", PEOPLE, _people_values, _people_page)
    if reader.folder.issued:
        found += _pair(reader, "decisions/decisions", "decision", DECISIONS, _decision_values, _decision_page)
    return found


Made = Callable[[CaseReader], Any]


def _pair(
    reader: CaseReader, path: str, kind: str, title: str | Promise, values: Made, page: Callable[[CaseReader], Sheet]
) -> list[Piece]:
    named = words(title)
    return [
        page_piece(f"{path}.html", kind, lambda: page(reader), named),
        json_piece(f"{path}.json", kind, lambda: values(reader), named),
    ]


def over(reader: CaseReader) -> str:
    """The line above every page."""
    return f"{reader.case} · {reader.case.title}"


# -- the case ---------------------------------------------------------------------------------------------------------


def _case_values(reader: CaseReader) -> Values:
    folder, case = reader.folder, reader.case
    clock = folder.clock
    return {
        "reference": case.reference,
        "title": case.title,
        "state": case.state,
        "applicant": in_both(both(case.applicant)),
        "lead": person(case.lead),
        "committee": in_both(both(case.committee)),
        "host": in_both(both(case.committee.host)),
        "rulebook": {"slug": case.rulebook.slug, "version": case.rulebook.version, "sha256": case.rulebook.digest},
        "instrument": {
            "slug": case.instrument.slug,
            "version": case.instrument.version,
            "sha256": case.instrument.digest,
        },
        "created_at": moment(case.created_at),
        "submitted_at": moment(case.submitted_at),
        "accepted_at": moment(case.accepted_at),
        "closing_reasons": case.closing_reasons,
        "return_reasons": case.return_reasons,
        "findings": _findings(reader),
        "clock": {
            "started": moment(clock.started),
            "last_day": day(clock.last_day),
            "stopped": moment(clock.stopped),
            "overdue": clock.overdue,
            "extended": clock.extended,
            "extension_reason": case.extension_reason,
            "zone": reader.zone,
        }
        if clock
        else None,
        "waits": [
            {"kind": wait.kind, "from": moment(wait.started_at), "until": moment(wait.ended_at)}
            for wait in folder.waits
        ],
        "notices": [_notice(notice) for notice in notices_of(reader)],
    }


def _findings(reader: CaseReader) -> Values | None:
    case = reader.case
    if not reader.knows_findings:
        return None
    names = ("tier", "flags", "classification_reason", "red_lines", "listed", "exemption", "exemption_evidence")
    return {name: getattr(case, name) for name in (*names, "procedure", "route", "procedure_reasons")}


def notices_of(reader: CaseReader) -> list[SupplementNotice]:
    """Supplement notices lie between the applicant and the committee."""
    return [] if reader.standing is Standing.AUTHORITY else reader.folder.notices


def _notice(notice: SupplementNotice) -> Values:
    return {
        "number": notice.number,
        "message": notice.message,
        "issued_at": moment(notice.issued_at),
        "answered_at": moment(notice.answered_at),
        "items": [{"item": item.item, "request": item.request, "answer": item.answer} for item in notice.items.all()],
    }


def _case_page(reader: CaseReader) -> Sheet:
    blocks = [_facts(reader), *_found(reader), *_clocks(reader), *(_asked(reader, row) for row in notices_of(reader))]
    return Sheet(words(CASE), over(reader), tuple(blocks))


def _facts(reader: CaseReader) -> Block:
    case, zone = reader.case, reader.zone
    rows = [
        row(words(_("Title")), case.title),
        row(words(_("State")), words(STATES[State(case.state)])),
        row(words(_("Applicant")), both(case.applicant)),
        row(words(_("Project lead")), both(case.lead)),
        row(words(_("Committee")), both(case.committee)),
        row(words(_("Rulebook")), reader.folder.rules.title),
        row(words(_("Submitted")), shown_at(case.submitted_at, zone)),
        row(words(_("Accepted")), shown_at(case.accepted_at, zone)),
        row(words(_("Reasons for declining or withdrawing")), case.closing_reasons),
        row(words(_("Why the modified version was sent back")), case.return_reasons),
    ]
    return Block(words(_("Facts")), tuple(one for one in rows if one[1].said))


def _found(reader: CaseReader) -> list[Block]:
    case, rules, instrument = reader.case, reader.folder.rules, reader.folder.instrument
    if not reader.knows_findings or not case.tier:
        return []
    tiers = {tier.key: tier.label for tier in instrument.tiers}
    flags = {flag.key: flag.label for flag in instrument.flags}
    asked = {q.code: q.question for q in (*rules.lists.red_lines, *rules.lists.re_review, *rules.lists.exemptions)}
    way = next((one for one in rules.routes if one.code == case.route), None)
    rows = [
        row(words(pgettext_lazy("case", "Tier")), tiers.get(case.tier, Text(case.tier, case.tier))),
        row(words(_("Reason for the classification")), case.classification_reason),
        *(row(words(_("Flag")), flags.get(flag, Text(flag, flag))) for flag in case.flags),
        *(row(words(_("Red line crossed")), asked[code]) for code in case.red_lines if code in asked),
        *(row(words(_("On the expert re-review list")), asked[code]) for code in case.listed if code in asked),
        row(words(_("Exemption")), asked.get(case.exemption, "")),
        row(words(_("Proof of the exemption")), case.exemption_evidence),
        row(words(_("Way by rule")), way.label if way else case.route),
        row(words(_("Reasons for the procedure")), case.procedure_reasons),
    ]
    return [Block(words(_("What the secretary found")), tuple(one for one in rows if one[1].said))]


def _clocks(reader: CaseReader) -> list[Block]:
    clock, zone = reader.folder.clock, reader.zone
    if clock is None:
        return []
    limit = [
        row(words(_("Time limit began")), shown_at(clock.started, zone)),
        row(words(_("Last day")), clock.last_day.isoformat()),
        row(words(pgettext_lazy("clock", "Stopped on")), shown_at(clock.stopped, zone)),
        row(words(_("Why it was extended")), reader.case.extension_reason if clock.extended else ""),
        row(words(_("Overdue")), words(_("Yes")) if clock.overdue else words(_("No"))),
    ]
    waits = [
        row(words(_("Waited for the applicant")), f"{shown_at(w.started_at, zone)} – {shown_at(w.ended_at, zone)}")
        for w in reader.folder.waits
    ]
    return [Block(words(_("Clocks")), tuple(one for one in (*limit, *waits) if one[1].said))]


def _asked(reader: CaseReader, notice: SupplementNotice) -> Block:
    labels = {item.code: item.label for item in form_items(reader.folder.rules.application)}
    rows = [row(labels.get(item.item, item.item), item.request, item.answer) for item in notice.items.all()]
    title = words(_("Supplement notice of %(at)s"), at=shown_at(notice.issued_at, reader.zone))
    columns = tuple(map(words, (_("Item"), _("Asked for"), _("Answer"))))
    return Block(title, (*([row(words(_("Message")), notice.message, "")] if notice.message else []), *rows), columns)


# -- people -----------------------------------------------------------------------------------------------------------


def _people_values(reader: CaseReader) -> Values:
    inside = reader.standing is Standing.COMMITTEE
    seats = [
        {
            "person": person(seat.user),
            "role": seat.role,
            "categories": list(seat.categories),
            "external": seat.external,
        }
        for seat in _seated(reader)
    ]
    conflicts = [
        {
            "person": person(one.user),
            "kind": one.kind,
            "declared_at": moment(one.declared_at),
            "lifted_at": moment(one.lifted_at),
        }
        for one in reader.folder.conflicts
    ]
    return {"seats": seats} | ({"conflicts": conflicts} if inside else {})


def _seated(reader: CaseReader) -> list[Any]:
    return sorted(reader.folder.seats, key=lambda seat: (_ORDER.index(SeatRole(seat.role)), seat.pk))


def _people_page(reader: CaseReader) -> Sheet:
    categories = {one.code: one.label for one in reader.folder.rules.committee.categories}
    rows = tuple(
        row(both(seat.user), words(SEAT_ROLES[SeatRole(seat.role)]), _listed(categories, seat.categories))
        for seat in _seated(reader)
    )
    columns = tuple(map(words, (pgettext_lazy("person", "Name"), pgettext_lazy("seat", "Role"), _("Categories"))))
    blocks = [Block(words(_("Seats on the day of the dossier")), rows, columns)]
    if reader.standing is Standing.COMMITTEE and reader.folder.conflicts:
        blocks.append(_recusals(reader))
    return Sheet(words(PEOPLE), over(reader), tuple(blocks))


def _listed(categories: dict[str, Text], codes: list[str]) -> Text:
    labels = [categories.get(code, Text(code, code)) for code in codes]
    return Text(", ".join(label.en for label in labels), "、".join(label.zh for label in labels))


def _recusals(reader: CaseReader) -> Block:
    kinds, zone = {kind.code: kind.label for kind in reader.folder.rules.conflicts}, reader.zone
    rows = tuple(
        row(
            both(one.user),
            kinds.get(one.kind, one.kind),
            shown_at(one.declared_at, zone),
            shown_at(one.lifted_at, zone),
        )
        for one in reader.folder.conflicts
    )
    columns = tuple(
        map(words, (pgettext_lazy("person", "Name"), pgettext_lazy("conflict", "Kind"), _("Declared"), _("Lifted")))
    )
    return Block(words(_("Conflicts of interest")), rows, columns)


# -- decisions --------------------------------------------------------------------------------------------------------


def _decision_values(reader: CaseReader) -> list[Values]:
    return [_decision(reader, one) for one in reader.folder.issued]


def _decision(reader: CaseReader, decision: Decision) -> Values:
    rule = decision_rule(decision.kind, reader.folder.rules)
    return {
        "number": decision.number,
        "kind": decision.kind,
        "rule": cited(rule.citation) if rule else None,
        "reasons": {"en": decision.reasons_en, "zh": decision.reasons_zh},
        "requirements": {"en": decision.requirements_en, "zh": decision.requirements_zh},
        "scope": {"en": decision.scope_en, "zh": decision.scope_zh},
        "valid_from": day(decision.valid_from),
        "valid_until": day(decision.valid_until),
        "followup_months": decision.followup_months,
        "issued_at": moment(decision.issued_at),
        "issued_by": person(decision.issued_by),
        "conditions": [
            {"number": one.number, "en": one.text_en, "zh": one.text_zh, "due": day(one.due)}
            for one in sorted(decision.conditions.all(), key=lambda one: one.number)
        ],
    }


def _decision_page(reader: CaseReader) -> Sheet:
    return Sheet(words(DECISIONS), over(reader), tuple(_ruling(reader, one) for one in reader.folder.issued))


def _ruling(reader: CaseReader, decision: Decision) -> Block:
    rule = decision_rule(decision.kind, reader.folder.rules)
    rows = [
        row(words(_("Decision")), rule.label if rule else decision.kind),
        row(words(_("Issued")), shown_at(decision.issued_at, reader.zone)),
        row(words(_("Issued by")), both(decision.issued_by) if decision.issued_by else ""),
        row(words(_("Reasons")), Written(decision.reasons_en, decision.reasons_zh)),
        row(words(_("Requirements")), Written(decision.requirements_en, decision.requirements_zh)),
        row(words(_("Scope")), Written(decision.scope_en, decision.scope_zh)),
        row(words(_("Valid from")), day(decision.valid_from) or ""),
        row(words(_("Valid until")), day(decision.valid_until) or ""),
        *(
            row(words(_("Condition, due %(day)s"), day=day(one.due) or "–"), Written(one.text_en, one.text_zh))
            for one in sorted(decision.conditions.all(), key=lambda one: one.number)
        ),
    ]
    title = words(_("Decision %(number)s"), number=decision.number)
    return Block(title, tuple(one for one in rows if one[1].said))
