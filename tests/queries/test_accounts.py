"""Who holds which role on which day, and how far an authority sees; with the exact number of queries."""

from datetime import date, timedelta

import pytest
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.accounts.queries import (
    current_memberships,
    has_role,
    jurisdiction,
    may_manage,
    office_over,
    offices_of,
    organisations_in_reach,
    organisations_of,
    organisations_with_role,
    roles_of,
    sign_in_name,
    signed_in_person,
)
from tests.authorities import COVERING, regulators_around
from tests.factories import TODAY, make_membership, make_organisation, make_person, make_user

AUTHORITY = OrganisationKind.AUTHORITY


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "current"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 5, 31), True),
        (date(2026, 6, 1), False),
    ],
)
def test_membership_counts_both_ends_of_its_term(day: date, current: bool) -> None:
    membership = make_membership(role=MemberRole.MEMBER, starts=date(2026, 3, 1), ends=date(2026, 5, 31))
    assert has_role(membership.user, MemberRole.MEMBER, membership.organisation_id, day) is current
    assert list(current_memberships(membership.user, day)) == ([membership] if current else [])


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_roles_of_a_person_are_one_query(rows: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = make_user()
    hosts = [make_organisation(kind=OrganisationKind.REVIEW_BODY) for _ in range(rows)]
    for host in hosts:
        make_membership(role=MemberRole.MEMBER, user=user, organisation=host)
        make_membership(role=MemberRole.SECRETARY, user=user, organisation=host)
    with django_assert_num_queries(1):
        roles = roles_of(user, TODAY)
    assert roles == {host.pk: frozenset({MemberRole.MEMBER, MemberRole.SECRETARY}) for host in hosts}


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_current_memberships_bring_their_organisation(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_user()
    for _ in range(rows):
        make_membership(role=MemberRole.MEMBER, user=user)
    with django_assert_num_queries(1):
        names = [held.organisation.name for held in current_memberships(user, TODAY)]
    assert len(names) == rows


@pytest.mark.django_db
def test_organisations_of_are_ones_own_and_for_the_operator_all(
    host: Organisation, company: Organisation, manager: User, operator: User, stranger: User
) -> None:
    assert list(organisations_of(manager, TODAY)) == [host]
    assert host not in organisations_of(stranger, TODAY)
    assert organisations_of(operator, TODAY).count() == Organisation.objects.count()
    assert list(organisations_with_role(manager, MemberRole.SECRETARY, TODAY)) == []


@pytest.mark.django_db
def test_may_manage_is_the_manager_and_the_operator(host: Organisation, operator: User) -> None:
    answers = {
        role: may_manage(make_person(role=role, organisation=host), host.pk, TODAY)
        for role in (MemberRole.MANAGER, MemberRole.SECRETARY, MemberRole.MEMBER)
    }
    assert answers == {MemberRole.MANAGER: True, MemberRole.SECRETARY: False, MemberRole.MEMBER: False}
    assert may_manage(operator, host.pk, TODAY) is True


def regulator_of(*offices: Organisation) -> User:
    user = make_user()
    for office in offices:
        make_membership(role=MemberRole.REGULATOR, user=user, organisation=office)
    return user


@pytest.mark.django_db
def test_reach_of_each_kind_covers_what_it_says() -> None:
    shanghai = make_organisation(name="A", province="310000", sector="health")
    beijing = make_organisation(name="B", province="110000", sector="health")
    bank = make_organisation(name="C", province="110000", sector="finance")
    offices = {
        Reach.NATIONAL: make_organisation(kind=AUTHORITY, name="X1", reach=Reach.NATIONAL),
        Reach.PROVINCE: make_organisation(kind=AUTHORITY, name="X2", reach=Reach.PROVINCE, province="110000"),
        Reach.SECTOR: make_organisation(kind=AUTHORITY, name="X3", reach=Reach.SECTOR, sector="health"),
        Reach.LISTED: make_organisation(kind=AUTHORITY, name="X4", reach=Reach.LISTED, covered=(shanghai, bank)),
        Reach.NONE: make_organisation(kind=AUTHORITY, name="X5"),
    }
    firms = Organisation.objects.filter(kind="enterprise")
    seen = {
        reach: [firm.name for firm in firms.filter(jurisdiction(regulator_of(office), TODAY)).order_by("name")]
        for reach, office in offices.items()
    }
    assert seen == {
        Reach.NATIONAL: ["A", "B", "C"],
        Reach.PROVINCE: ["B", "C"],
        Reach.SECTOR: ["A", "B"],
        Reach.LISTED: ["A", "C"],
        Reach.NONE: [],
    }
    both = regulator_of(offices[Reach.LISTED], offices[Reach.SECTOR])
    assert list(firms & organisations_in_reach(both, TODAY)) == [shanghai, beijing, bank]


@pytest.mark.django_db
def test_jurisdiction_costs_no_query_of_its_own(
    host: Organisation, regulator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        covered = jurisdiction(regulator, TODAY)
    with django_assert_num_queries(1):
        assert list(Organisation.objects.filter(covered, pk=host.pk)) == [host]


@pytest.mark.django_db
def test_office_over_an_organisation_is_one_that_covers_it(host: Organisation, company: Organisation) -> None:
    people = regulators_around(host)
    offices = {name: office_over(user, host.pk, TODAY) for name, user in people.items()}
    assert {name for name, office in offices.items() if office} == COVERING
    assert {name: list(offices_of(user, TODAY)) for name, user in people.items() if offices[name]} == {
        name: [office] for name, office in offices.items() if office
    }
    listed, national = (make_organisation(kind=AUTHORITY, reach=r) for r in (Reach.LISTED, Reach.NATIONAL))
    both = regulator_of(national, listed)
    listed.covered.set([host])
    assert [office_over(both, read.pk, TODAY) for read in (host, company)] == [listed, national]
    assert office_over(both, host.pk, date(2025, 12, 31)) is None


@pytest.mark.django_db
def test_person_of_a_request_comes_with_whether_they_regulate(
    regulator: User, manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        people = [signed_in_person(user.pk, TODAY) for user in (regulator, manager)]
    assert [person.regulates for person in people if person] == [True, False]
    assert signed_in_person(regulator.pk + 1000, TODAY) is None
    late = signed_in_person(regulator.pk, date(2025, 12, 31))
    assert late is not None
    assert late.regulates is False


@pytest.mark.django_db
def test_reach_without_its_province_or_sector_covers_nothing() -> None:
    make_organisation()
    for reach in (Reach.PROVINCE, Reach.SECTOR):
        user = regulator_of(make_organisation(kind=AUTHORITY, reach=reach))
        assert list(organisations_in_reach(user, TODAY)) == []


@pytest.mark.django_db
def test_reach_is_the_regulators_alone_and_ends_with_the_term(
    authority: Organisation, regulator: User, host: Organisation
) -> None:
    assert host in organisations_in_reach(regulator, TODAY)
    manager = make_person(role=MemberRole.MANAGER, organisation=authority)
    assert list(organisations_in_reach(manager, TODAY)) == []
    impostor = make_person(
        role=MemberRole.REGULATOR, organisation=make_organisation(name="Firm", reach=Reach.NATIONAL)
    )
    assert list(organisations_in_reach(impostor, TODAY)) == []
    Membership.objects.filter(user=regulator).update(ends=TODAY - timedelta(days=1))
    assert list(organisations_in_reach(regulator, TODAY)) == []


@pytest.mark.django_db
def test_jurisdiction_leads_from_another_model_without_doubling_rows(
    host: Organisation, member: User, secretary: User
) -> None:
    offices = [make_organisation(kind=AUTHORITY, reach=Reach.LISTED, covered=(host,)) for _ in range(2)]
    covered = jurisdiction(regulator_of(*offices), TODAY, prefix="organisation__")
    held = Membership.objects.filter(covered).order_by("pk")
    assert [row.user for row in held] == [member, secretary]


@pytest.mark.parametrize(
    ("credentials", "name"),
    [
        ({"username": " Wei@X.test "}, "wei@x.test"),
        ({"email": "WEI@x.test"}, "wei@x.test"),
        ({"username": None}, ""),
        (None, "posted@x.test"),
    ],
)
def test_sign_in_name_is_one_however_it_is_spelt(
    credentials: dict[str, str] | None, name: str, rf: RequestFactory
) -> None:
    assert sign_in_name(rf.post("/", {"username": "Posted@x.test"}), credentials) == name
