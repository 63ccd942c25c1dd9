"""Organisations, people with their roles, committees with their seats."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ethicsreview.accounts.actions.invitations import accept_invitation, invite
from ethicsreview.accounts.actions.organisations import OrganisationData, edit_letterhead, save_organisation, set_logo
from ethicsreview.accounts.actions.people import UserData, save_user
from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.reporting import invitation_token
from workflows.actions.committees import SeatTerms, create_committee, seat_member
from workflows.domain.clock import add_months
from workflows.domain.rooms import SeatRole, Sex
from workflows.management.demo.papers import draw_logo
from workflows.management.demo.stage import Stage

BEGAN = timedelta(days=150)  # when the organisations came here
TERM_MONTHS = 48


def enter(stage: Stage) -> None:
    """Everybody takes their place."""
    minutes = _minutes(stage.now - BEGAN)
    cast = stage.script.cast
    text = cast["operator"]
    operator = User.objects.create_superuser(
        text["email"], cast["password"], name=text["name"], name_zh=text["name_zh"]
    )
    stage.people["operator"] = operator
    for key, row in cast["organisations"].items():
        stage.organisations[key] = _found(row, operator, minutes)
        for name, person in row["people"].items():
            stage.people[name] = _join(stage.organisations[key], person, operator, minutes)
    # one hash for all: Argon2 takes its time on purpose, and the password is printed anyway
    User.objects.exclude(pk=operator.pk).update(password=operator.password)
    for code, row in cast["committees"].items():
        _seat(stage, code, row, minutes)


def _minutes(moment: datetime) -> Iterator[datetime]:
    while True:
        moment += timedelta(minutes=1)
        yield moment


def _found(row: Mapping[str, Any], operator: User, minutes: Iterator[datetime]) -> Organisation:
    data = OrganisationData(
        kind=OrganisationKind(row["kind"]),
        name=row["name"],
        name_zh=row["name_zh"],
        province=row.get("province", ""),
        sector=row.get("sector", ""),
        reach=Reach(row.get("reach", Reach.NONE.value)),
    )
    organisation = save_organisation(None, data=data, actor=operator, now=next(minutes))
    if "letterhead" in row:
        edit_letterhead(
            organisation.pk,
            name=row["name"],
            name_zh=row["name_zh"],
            letterhead_en=row["letterhead"]["en"],
            letterhead_zh=row["letterhead"]["zh"],
            actor=operator,
            now=next(minutes),
        )
    if "logo" in row:
        set_logo(organisation.pk, png=draw_logo(**row["logo"]), actor=operator, now=next(minutes))
    return organisation


def _join(organisation: Organisation, row: Mapping[str, Any], operator: User, minutes: Iterator[datetime]) -> User:
    """An account, then an invitation for each role, accepted."""
    data = UserData(email=row["email"], name=row["name"], name_zh=row["name_zh"], language=row["language"])
    person = save_user(None, data=data, actor=operator, now=next(minutes))
    for role in row["roles"]:
        invitation = invite(
            organisation_id=organisation.pk,
            email=row["email"],
            name=row["name"],
            role=MemberRole(role),
            language=row["language"],
            actor=operator,
            now=next(minutes),
        )
        accept_invitation(invitation_token(invitation.nonce), actor=person, now=next(minutes))
    return person


def _seat(stage: Stage, code: str, row: Mapping[str, Any], minutes: Iterator[datetime]) -> None:
    manager = stage.people[row["kept_by"]]
    committee = create_committee(
        stage.organisations[row["host"]],
        code=code,
        name=row["name"],
        name_zh=row["name_zh"],
        rulebook_slug=row["rulebook"],
        instrument_slug=row["instrument"],
        actor=manager,
        now=next(minutes),
    )
    stage.committees[code] = committee
    begins = (stage.now - BEGAN).date()
    for name, seat in row["seats"].items():
        terms = SeatTerms(
            role=SeatRole(seat["role"]),
            categories=tuple(seat.get("categories", ())),
            sex=Sex(seat["sex"]),
            external=seat.get("external", False),
            starts=begins,
            ends=add_months(begins, TERM_MONTHS),
            profession=seat["profession"]["en"],
            profession_zh=seat["profession"]["zh"],
        )
        stage.seats[code, name] = seat_member(committee, stage.people[name], terms, actor=manager, now=next(minutes))
