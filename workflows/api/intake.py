"""What the desk does with a case, for programs: classify, accept, ask, decline, extend, designate."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed
from ethicsreview.interface.domain.problems import Fault, Kind, Stop
from workflows.actions.decisions import designate_chair, end_designation
from workflows.actions.intake import (
    Classification,
    accept_case,
    classify_case,
    decline_case,
    extend_deadline,
    request_supplement,
)
from workflows.api.doors import by, on_case, pointer, wrong
from workflows.domain import transitions as t
from workflows.domain.application import form_items
from workflows.queries.folders import Folder
from workflows.serializers.applications import SupplementBody
from workflows.serializers.cases import ReasonsBody
from workflows.serializers.intake import ClassifyBody, DesignateBody, ExtendBody


def _classify(thing: Folder, caller: User, now: datetime, body: Data) -> object:
    _known_codes(thing, body)
    several = {name: tuple(dict.fromkeys(body[name])) for name in ("flags", "red_lines", "listed")}
    return classify_case(thing.case.pk, Classification(**{**body, **several}), actor=caller, now=now)


def _known_codes(folder: Folder, body: Data) -> None:
    """Each code is one of the instrument's or of the rulebook's."""
    lists, instrument = folder.rules.lists, folder.instrument
    known: dict[str, set[str]] = {
        "tier": {tier.key for tier in instrument.tiers},
        "flags": {flag.key for flag in instrument.flags},
        "red_lines": {question.code for question in lists.red_lines},
        "listed": {question.code for question in lists.re_review},
        "exemption": {"", *(question.code for question in lists.exemptions)},
    }
    faults = []
    for name, codes in known.items():
        given: Any = body[name]
        for place, code in enumerate(given if isinstance(given, list) else [given]):
            if code not in codes:
                where = pointer(name, place) if isinstance(given, list) else pointer(name)
                faults.append(Fault(where, _("There is no such code.")))
    if faults:
        raise Stop(Kind.BAD_INPUT, faults=tuple(faults))


def _supplement(thing: Folder, caller: User, now: datetime, body: Data) -> object:
    known = {item.code for item in form_items(thing.rules.application)}
    for code in body["requests"]:
        if code not in known:
            raise wrong(pointer("requests", code), _("There is no such item."))
    return request_supplement(thing.case.pk, body["requests"], message=body["message"], actor=caller, now=now)


def _designate(thing: Folder, caller: User, now: datetime, body: Data) -> object:
    return designate_chair(thing.case.pk, seat_id=body["seat"], reasons=body["reasons"], actor=caller, now=now)


CLASSIFY = Deed(
    "case_classify",
    "Confirm tier, flags and findings on the lists",
    _classify,
    takes=ClassifyBody,
    description="They decide which indicators are asked, which of them are gates, and the way the case takes.",
    example={"tier": "T2", "flags": [], "reason": "As the application describes it."},
    allows=by(t.CLASSIFY),
)
ACCEPT = Deed(
    "case_accept",
    "Accept a case",
    on_case(accept_case),
    takes=ReasonsBody,
    description="The procedure by rule is fixed with its reasons, and the time limit begins.",
    example={"reasons": "Complete and within the committee's remit."},
    allows=by(t.ACCEPT),
)
DECLINE = Deed(
    "case_decline",
    "Do not accept a case",
    on_case(decline_case),
    takes=ReasonsBody,
    description="The case ends here; the applicant is told the reasons.",
    example={"reasons": "Outside the committee's remit."},
    allows=by(t.DECLINE),
)
SUPPLEMENT = Deed(
    "case_request_supplement",
    "Send the supplement notice",
    _supplement,
    takes=SupplementBody,
    description="One complete notice of everything that is missing; there is no second one.",
    example={"requests": {"plan": "Say who is responsible."}, "message": "One thing is missing."},
    allows=by(t.REQUEST_SUPPLEMENT),
)
EXTEND = Deed(
    "case_extend",
    "Extend the time limit",
    on_case(extend_deadline),
    takes=ExtendBody,
    description="To a later last day; the applicant is told it and the reasons.",
    example={"until": "2027-01-31", "reasons": "An expert opinion is awaited."},
    allows=by(t.EXTEND),
)
DESIGNATE = Deed(
    "case_designate_chair",
    "Designate who acts for the chair",
    _designate,
    takes=DesignateBody,
    description="A vice-chair leads the case while the chair is recused or away.",
    example={"seat": 2, "reasons": "The chair is recused."},
    allows=by(t.DESIGNATE),
)
END_DESIGNATION = Deed(
    "case_end_designation",
    "Return the case to the chair",
    on_case(end_designation),
    description="The chair is available again; what the vice-chair issued stays.",
    allows=by(t.END_DESIGNATION),
)
