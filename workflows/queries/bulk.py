"""All that a bulk import could touch, read in as many queries whether it has three rows or three thousand."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from ethicsreview.accounts.domain import ROLES_OF_KIND
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.documents.forms import refused
from workflows.domain.bulk import Rows, read_tables
from workflows.domain.bulk_import import plan_import
from workflows.domain.bulk_plan import Plan
from workflows.domain.bulk_rosters import Rosters
from workflows.domain.bulk_sheets import Table, Vocabulary
from workflows.domain.bulk_standing import (
    RulebookChoices,
    Standing,
    StandingCommittee,
    StandingOrganisation,
    StandingPerson,
    StandingRole,
    StandingSeat,
)
from workflows.domain.rulebook import Rulebook
from workflows.models import Committee, Seat
from workflows.queries.bulk_words import Choices, choices_of, columns_of, spellings_of
from workflows.queries.rosters import HOSTS, SEATABLE, instruments, newest_rulebooks


@dataclass(frozen=True)
class Planned:
    """What the tables come to against what stands now."""

    plan: Plan
    rosters: Rosters
    choices: Choices
    rulebooks: dict[str, Rulebook]


def plan_tables(tables: Iterable[Table], today: date) -> Planned:
    """Read the tables, and hold them against the database."""
    rulebooks = {rules.slug: rules for rules in newest_rulebooks()}
    choices = choices_of(rulebooks.values(), instruments())
    words = vocabulary(choices)
    rows = read_tables(tables, words)
    plan, rosters = plan_import(rows, standing_for(rows, rulebooks, today), words)
    return Planned(plan, rosters, choices, rulebooks)


def current_choices() -> Choices:
    """Every choice as of now."""
    return choices_of(newest_rulebooks(), instruments())


def vocabulary(choices: Choices) -> Vocabulary:
    """How everything may be spelt."""
    return Vocabulary(
        columns=columns_of(),
        choices=spellings_of(choices),
        roles_of_kind={kind.value: tuple(role.value for role in roles) for kind, roles in ROLES_OF_KIND.items()},
        hosts=HOSTS,
        seatable=frozenset(SEATABLE),
        is_mail=_is_mail,
        unprintable=refused,
    )


def _is_mail(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def standing_for(rows: Rows, rulebooks: dict[str, Rulebook], today: date) -> Standing:
    """What the rows name, as it stands."""
    mails = {row.mail for row in rows.people} | {row.mail for row in rows.seats}
    committees = _committees(rows)
    return Standing(
        today=today,
        organisations=_organisations(rows),
        people=_people(mails),
        roles=_roles(mails),
        committees=committees,
        seats=_seats([one.pk for one in committees]),
        rulebooks={slug: _choices(rules) for slug, rules in rulebooks.items()},
    )


def _choices(rules: Rulebook) -> RulebookChoices:
    found = rules.committee.categories
    return RulebookChoices(frozenset(one.code for one in found), frozenset(one.when for one in found if one.when))


def _organisations(rows: Rows) -> tuple[StandingOrganisation, ...]:
    named = {row.name for row in rows.organisations} | {row.organisation for row in rows.people if row.organisation}
    named |= {row.host for row in rows.committees} | {text for row in rows.organisations for text in row.covered}
    codes = {row.credit_code for row in rows.organisations if row.credit_code} | named
    found = Organisation.objects.filter(Q(name__in=named) | Q(name_zh__in=named) | Q(credit_code__in=codes))
    columns = ("pk", "kind", "name", "name_zh", "credit_code", "province", "sector", "reach")
    plain = list(found.order_by("pk").values(*columns))
    covered: dict[int, list[int]] = defaultdict(list)
    pairs = Organisation.covered.through.objects.filter(from_organisation__in=[one["pk"] for one in plain])
    for authority, body in pairs.order_by("pk").values_list("from_organisation", "to_organisation"):
        covered[authority].append(body)
    return tuple(StandingOrganisation(**one, covered=tuple(covered[one["pk"]])) for one in plain)


def _people(mails: set[str]) -> dict[str, StandingPerson]:
    found = User.objects.filter(email__in=mails).values_list(
        "pk", "email", "name", "name_zh", "is_active", "is_service"
    )
    return {
        mail: StandingPerson(pk, mail, name, name_zh, closed=not active, service=service)
        for pk, mail, name, name_zh, active, service in found
    }


def _roles(mails: set[str]) -> tuple[StandingRole, ...]:
    found = Membership.objects.filter(user__email__in=mails).order_by("pk")
    columns = found.values_list("pk", "user__email", "organisation", "role", "starts", "ends")
    return tuple(StandingRole(*one) for one in columns)


def _committees(rows: Rows) -> tuple[StandingCommittee, ...]:
    named = {row.committee for row in rows.seats} | {row.name for row in rows.committees}
    codes = {row.code for row in rows.committees if row.code} | {text.upper() for text in named}
    found = Committee.objects.filter(Q(name__in=named) | Q(name_zh__in=named) | Q(code__in=codes)).order_by("pk")
    return tuple(
        StandingCommittee(
            one.pk,
            one.host_id,
            one.code,
            one.name,
            one.name_zh,
            one.rulebook_slug,
            one.instrument_slug,
            tuple(one.circumstances),
        )
        for one in found
    )


def _seats(committees: list[int]) -> tuple[StandingSeat, ...]:
    found = Seat.objects.filter(committee__in=committees).select_related("user").order_by("pk")
    return tuple(
        StandingSeat(
            seat.pk,
            seat.committee_id,
            seat.user.email,
            seat.role,
            tuple(seat.categories),
            seat.sex,
            seat.external,
            seat.profession,
            seat.profession_zh,
            seat.starts,
            seat.ends,
        )
        for seat in found
    )
