"""Applications for programs: their versions and answers, handing in, supplement notices, the team."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed
from ethicsreview.interface.domain.problems import Fault, Kind, Stop
from workflows.actions.applications import (
    Overtaken,
    add_team_member,
    answer_supplement,
    content_digest,
    resubmit_case,
    save_answers,
    save_supplement_answer,
    submit_case,
)
from workflows.actions.handing_in import make_pledge
from workflows.api.cases import CaseDoor
from workflows.api.doors import CaseThing, Piece, by, named, pointer, spoken, wrong
from workflows.domain import transitions as t
from workflows.domain.application import (
    FIRST_DAY,
    LAST_DAY,
    PLEDGE,
    form_items,
    is_asked,
    is_reversed,
    questions,
)
from workflows.domain.application_form import FormItem, ItemKind, StepKind
from workflows.domain.gapcodes import Refused
from workflows.domain.lengths import PERSON
from workflows.domain.oversight import Part
from workflows.domain.states import Role
from workflows.forms.answers import explanation_field, item_field, kept, yes_no_field
from workflows.models import Application, SupplementNotice
from workflows.queries.applying import team_of
from workflows.queries.folders import Folder
from workflows.serializers.applications import (
    AnswerBody,
    AnswersBody,
    HandInBody,
    NoticesSerializer,
    ResubmitBody,
    TeamBody,
    TeamSerializer,
    VersionSerializer,
    VersionsSerializer,
)

APPLYING = frozenset({Role.APPLICANT, Role.TEAM})


def readable_versions(folder: Folder) -> list[Application]:
    """Drafts are the applicant's side's alone."""
    own = Role.TEAM in folder.roles
    return [version for version in folder.applications if own or version.submitted_at is not None]


def version_row(folder: Folder, version: Application) -> Data:
    """A version without what it says."""
    is_open = version.submitted_at is None
    names = ("number", "revision", "saved_at", "submitted_at", "changes")
    return {name: getattr(version, name) for name in names} | {
        "open": is_open,
        "submitted_by": named(version.submitted_by) if version.submitted_by else None,
        "digest": content_digest(folder) if is_open else version.digest,
    }


def version_values(folder: Folder, version: Application) -> Data:
    """A version as ``VersionSerializer`` takes it."""
    held: dict[str, list[Data]] = {}
    for row in _files(folder, version):
        held.setdefault(row["item"], []).append(row)
    items = [_item(folder, item, version.answers, held) for item in form_items(folder.rules.application)]
    return version_row(folder, version) | {"items": [*items, *_questions(folder, version.answers)]}


def _files(folder: Folder, version: Application) -> list[Data]:
    if version.submitted_at is not None:
        return list(version.files)
    rows = [(held.item, held.pk, held.current) for held in folder.files]
    return [{"item": item, "file": pk, "version": one.pk, "sha256": one.sha256} for item, pk, one in rows]


def _item(folder: Folder, item: FormItem, answers: Mapping[str, Any], held: Mapping[str, list[Data]]) -> Data:
    return {
        "code": item.code,
        "step": folder.rules.application.step_of(item.code).code,
        "kind": item.kind.value,
        "name": item.label.in_(spoken()),
        "article": item.citation.in_(spoken()),
        "asked": is_asked(item, answers),
        "choices": _choices(item),
        "value": answers.get(item.code, ""),
        "why": "",
        "files": held.get(item.code, []),
    }


def _choices(item: FormItem) -> list[str]:
    return ["yes", "no"] if item.kind is ItemKind.YES_NO else [choice.code for choice in item.choices]


def _questions(folder: Folder, answers: Mapping[str, Any]) -> list[Data]:
    rules = folder.rules
    steps = {step.kind: step.code for step in rules.application.steps}
    pledge = rules.application.pledge
    asked = [(key, "question", StepKind.SELF_ASSESSMENT, q.question, q.citation) for key, q in questions(rules.lists)]
    asked += [(PLEDGE, "pledge", StepKind.PLEDGE, pledge.text, pledge.citation)]
    return [
        {
            "code": key,
            "step": steps.get(step, ""),
            "kind": kind,
            "name": words.in_(spoken()),
            "article": citation.in_(spoken()),
            "asked": True,
            "choices": ["yes", "no"] if kind == "question" else ["yes"],
            "value": answers.get(key, ""),
            "why": str(answers.get(f"{key}.why", "")),
            "files": [],
        }
        for key, kind, step, words, citation in asked
    ]


class ApplicationDoor(CaseThing):
    """The newest version of the application that the caller may read."""

    shape = VersionSerializer
    part = Part.APPLICATION

    def open(self, **address: Any) -> Piece:
        folder = self.case(address["ref"])
        versions = readable_versions(folder)
        if not versions:
            raise Http404
        return Piece(folder, versions[-1])

    def data(self, thing: Piece) -> Data:
        return dict(VersionSerializer(version_values(thing.folder, thing.row)).data)

    def details(self, thing: Piece) -> dict[str, int]:
        return {"version": thing.row.number}

    def refusal(self, error: Exception, thing: Piece) -> Stop | None:
        if isinstance(error, Overtaken):
            return Stop(Kind.OVERTAKEN, extra={"standing": error.items})
        return super().refusal(error, thing)


class VersionDoor(ApplicationDoor):
    """One version of the application."""

    def open(self, **address: Any) -> Piece:
        folder = self.case(address["ref"])
        version = next((row for row in readable_versions(folder) if row.number == address["number"]), None)
        if version is None:
            raise Http404
        return Piece(folder, version)


class VersionsDoor(CaseThing):
    """The versions of the application."""

    shape = VersionsSerializer
    part = Part.APPLICATION

    def data(self, thing: Folder) -> Data:
        rows = [version_row(thing, version) for version in readable_versions(thing)]
        return dict(VersionsSerializer({"versions": rows}).data)


# -- answers ----------------------------------------------------------------------------------------------------------


def _save(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    folder: Folder = thing.folder
    values = _checked(folder, body["answers"])
    return save_answers(folder.case.pk, values, seen=body.get("seen"), actor=caller, now=now)


def _checked(folder: Folder, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as the application keeps them; every one that is not taken is named."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    fields = _fields(folder)
    for key, value in given.items():
        where = pointer("answers", key)
        if key not in fields:
            faults.append(Fault(where, _("There is no such item.")))
            continue
        kind, field = fields[key]
        try:
            values[key] = kept(field.clean(_shaped(kind, value)))
        except ValidationError as fault:
            faults += [Fault(where, str(text)) for text in fault.messages]
    moved = {FIRST_DAY, LAST_DAY} & values.keys()
    if moved and is_reversed({**folder.application.answers, **values}):
        faults.append(Fault(f"/answers/{max(moved)}", _("The last day lies before the first.")))
    if faults:
        raise Stop(Kind.BAD_INPUT, faults=tuple(faults))
    return values


def _fields(folder: Folder) -> dict[str, tuple[ItemKind, Any]]:
    """The field of everything that can be answered; documents are handed in, the pledge goes with the handing in."""
    found: dict[str, tuple[ItemKind, Any]] = {
        item.code: (item.kind, item_field(item, spoken()))
        for item in form_items(folder.rules.application)
        if item.kind is not ItemKind.FILES
    }
    for key, _question in questions(folder.rules.lists):
        found[key] = (ItemKind.YES_NO, yes_no_field(""))
        found[f"{key}.why"] = (ItemKind.LONG_TEXT, explanation_field(""))
    return found


def _shaped(kind: ItemKind, value: Any) -> Any:
    """The value where it has the shape of the item's answers, so that no list is kept as if it were text."""
    if kind in {ItemKind.MULTI_CHOICE, ItemKind.PEOPLE}:
        return [_row(kind, row) for row in _rows(value)]
    if value is None:
        return ""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise ValidationError(_("Text is wanted here."))


def _rows(value: Any) -> list[Any]:
    if value is not None and not isinstance(value, list):
        raise ValidationError(_("A list is wanted here."))
    return value or []


def _row(kind: ItemKind, row: Any) -> Any:
    if kind is ItemKind.MULTI_CHOICE and isinstance(row, str):
        return row
    if kind is ItemKind.PEOPLE and _is_person(row):
        return {part: row.get(part, "").strip() for part in PERSON}
    raise ValidationError(_("The list holds something that does not belong there."))


def _is_person(row: Any) -> bool:
    if not isinstance(row, dict) or not row.keys() <= PERSON.keys():
        return False
    return all(isinstance(text, str) for text in row.values())


SAVE = Deed(
    "application_save",
    "Save answers",
    _save,
    takes=AnswersBody,
    description="Keeps these answers of the open version. Somebody else's newer answer is told, not written over.",
    example={"answers": {"title": "Triage assistant"}, "seen": {"title": ""}},
    allows=by(t.SAVE),
)


# -- handing in -------------------------------------------------------------------------------------------------------


class HandingInDoor(CaseDoor):
    """Handing in what was read before."""

    def standing(self, fresh: Folder) -> Data:
        return dict(VersionSerializer(version_values(fresh, fresh.application)).data)


def _hand_in(action: Any) -> Any:
    def run(thing: Folder, caller: User, now: datetime, body: Data) -> object:
        if not body.pop("pledge"):
            raise wrong("/pledge", _("Without the pledge nothing can be handed in."))
        body["seen"] = make_pledge(thing, seen=body["seen"], now=now)
        return action(thing.case.pk, **body, actor=caller, now=now)

    return run


SUBMIT = Deed(
    "case_submit",
    "Submit an application",
    _hand_in(submit_case),
    takes=HandInBody,
    description="Its version is frozen with a digest, and the case gets its reference.",
    example={"pledge": True},
    allows=by(t.SUBMIT),
)
ANSWER = Deed(
    "case_answer_supplement",
    "Send the answers to the supplement notice",
    _hand_in(answer_supplement),
    takes=HandInBody,
    description="With the completed application, whose version is frozen.",
    example={"pledge": True},
    allows=by(t.ANSWER_SUPPLEMENT),
)
RESUBMIT = Deed(
    "case_resubmit",
    "Hand in the modified version",
    _hand_in(resubmit_case),
    takes=ResubmitBody,
    description="It goes to the chair or back to a meeting, as the kind of the decision says.",
    example={"pledge": True, "changes": "Requirement 1: see section 3."},
    allows=by(t.RESUBMIT),
)


# -- supplement notices -----------------------------------------------------------------------------------------------


class NoticesDoor(CaseThing):
    """The supplement notices of a case."""

    shape = NoticesSerializer
    readers = APPLYING | {Role.SECRETARY, Role.CHAIR, Role.MEMBER}

    def data(self, thing: Folder) -> Data:
        return dict(NoticesSerializer({"notices": [_notice(thing, notice) for notice in thing.notices]}).data)


def _notice(folder: Folder, notice: SupplementNotice) -> Data:
    own, labels = Role.TEAM in folder.roles, _labels(folder)
    names = ("number", "message", "issued_at", "answered_at")
    rows = sorted(notice.items.all(), key=lambda row: row.pk)
    return {name: getattr(notice, name) for name in names} | {
        "items": [
            {
                "item": row.item,
                "name": labels.get(row.item, row.item),
                "request": row.request,
                "answer": row.answer if own or notice.answered_at else "",
            }
            for row in rows
        ]
    }


def _labels(folder: Folder) -> dict[str, str]:
    return {item.code: item.label.in_(spoken()) for item in form_items(folder.rules.application)}


class AnswersDoor(NoticesDoor):
    """One item of the open notice; answers with all notices."""

    def open(self, **address: Any) -> Piece:
        folder = self.case(address["ref"])
        asked = {row.item for notice in folder.notices for row in notice.items.all()}
        if address["item"] not in asked:
            raise Http404
        return Piece(folder, address["item"])

    def data(self, thing: Piece) -> Data:  # type: ignore[override]  # the notices of its case
        return super().data(thing.folder)

    def refusal(self, error: Exception, thing: Piece) -> Stop | None:
        if isinstance(error, Overtaken):
            return Stop(Kind.OVERTAKEN, extra={"standing": error.items})
        return super().refusal(error, thing)


def _save_answer(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    case = thing.folder.case.pk
    return save_supplement_answer(case, thing.row, body["answer"], seen=body["seen"], actor=caller, now=now)


SAVE_ANSWER = Deed(
    "supplement_answer_save",
    "Save the answer to one item of the notice",
    _save_answer,
    takes=AnswerBody,
    description="Nothing is sent by it: the answers go out together.",
    example={"answer": "See page 4 of the plan.", "seen": ""},
    allows=by(t.SAVE),
)


# -- team -------------------------------------------------------------------------------------------------------------


class TeamDoor(CaseThing):
    """Who works on the application."""

    shape = TeamSerializer
    readers = APPLYING

    def data(self, thing: Folder) -> Data:
        return dict(TeamSerializer({"people": [named(user) for user in team_of(thing)]}).data)


def _add(thing: Folder, caller: User, now: datetime, body: Data) -> object:
    """One answer for an address nobody has and for a stranger's: nobody is told who has an account."""
    unknown = _("Nobody of your organisation has an account with this address. Ask your manager to invite them.")
    colleague = User.objects.filter(email=body["email"].lower(), is_active=True).first()
    if colleague is None:
        raise wrong("/email", unknown)
    try:
        return add_team_member(thing.case.pk, colleague, actor=caller, now=now)
    except Refused as refused:
        if refused.is_role:
            raise wrong("/email", unknown) from refused
        raise


ADD_COLLEAGUE = Deed(
    "team_add",
    "Let a colleague work on the application",
    _add,
    takes=TeamBody,
    description="A colleague of the applying organisation; whoever does has no part in the review.",
    example={"email": "colleague@example.org"},
    allows=by(t.SAVE),
)
