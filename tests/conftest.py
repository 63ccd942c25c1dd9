"""The cast, the moment, and what keeps one test from another."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker

from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.celery import app
from tests.driven import STANDING, driven_once
from tests.factories import NOW, make_organisation, make_person, make_user

LEFT_OPEN = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def is_transactional(item: pytest.Item) -> bool:
    """Whether the database is emptied by TRUNCATE after this test instead of being rolled back."""
    marker = item.get_closest_marker("django_db")
    fixtures = getattr(item, "fixturenames", [])
    return bool(marker and marker.kwargs.get("transaction")) or bool({"transactional_db", "live_server"} & {*fixtures})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts ``emptied`` before the database's own fixture, so that it ends after it; and the files that take longest
    first, so that side by side no worker is left alone with one of them.
    """
    for item in items:
        if is_transactional(item):
            item.fixturenames.insert(0, "emptied")  # type: ignore[attr-defined]
    marked = {(mark, item.path) for item in items for mark in ("browser", "slow") if item.get_closest_marker(mark)}
    items.sort(key=lambda item: (*((mark, item.path) not in marked for mark in ("browser", "slow")), quick(item)))


def quick(item: pytest.Item) -> bool:
    """Whether it is one of the many that need no database."""
    return item.path.parent.name == "domain"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Ends sessions that a live server's or a browser's thread left open, so that the database can be dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(LEFT_OPEN)


@pytest.fixture
def emptied(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Empties the tables a transactional test has filled, in place of Django, which would TRUNCATE every table and
    write its content types and permissions anew. The guards against removal stay up until the test is over.
    """
    # on the class: once a browser's loop runs in this thread, Django asks through another connection
    monkeypatch.setattr(type(connection.ops), "sql_flush", lambda *arguments, **options: [])
    yield
    with django_db_blocker.unblock():
        empty(connection.introspection.django_table_names(only_existing=True, include_views=False))
        connection.close()


def empty(tables: list[str]) -> None:
    """Removes every row of these tables but Django's own; rows may be kept by triggers and named by other rows."""
    asked = " UNION ALL ".join(f"""SELECT '{table}' WHERE EXISTS (SELECT FROM "{table}")""" for table in tables)  # noqa: S608  ours
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(asked)
        filled = [table for (table,) in cursor.fetchall() if table not in STANDING]
        removals = [f'ALTER TABLE "{table}" DISABLE TRIGGER USER; DELETE FROM "{table}"' for table in filled]  # noqa: S608  ours
        guards = [f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in filled]
        cursor.execute("; ".join([*removals, "SET CONSTRAINTS ALL IMMEDIATE", *guards]))


@pytest.fixture(autouse=True)
def quiet_surroundings(request: pytest.FixtureRequest) -> Iterator[None]:
    """English unless a test says otherwise, and tasks run where they are started unless it asks for ``broker``."""
    app.conf.task_always_eager = "broker" not in request.fixturenames
    app.conf.task_eager_propagates = True
    with translation.override("en"):
        yield


@pytest.fixture
def broker() -> Iterator[None]:
    """Tasks go to the real Redis, to be fetched by a real worker; the queue is empty before and after."""
    app.control.purge()
    yield
    app.control.purge()


@pytest.fixture
def empty_cache() -> Iterator[None]:
    """A cache with nothing in it, before and after."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def now() -> datetime:
    """24 November 2026, ten in the morning, Shanghai."""
    return NOW


@pytest.fixture
def host(db: None) -> Organisation:
    """A review body that hosts committees, in Shanghai (province 310000), health sector."""
    return make_organisation(
        kind=OrganisationKind.REVIEW_BODY,
        name="Lakeside Review Office",
        name_zh="湖畔审查办公室",
        province="310000",
        sector="health",
    )


@pytest.fixture
def company(db: None) -> Organisation:
    """An enterprise that applies for review and assesses its maturity."""
    return make_organisation(name="Heron Robotics", name_zh="苍鹭机器人", province="310000", sector="manufacturing")


@pytest.fixture
def authority(db: None) -> Organisation:
    """An authority whose jurisdiction is the whole country."""
    return make_organisation(
        kind=OrganisationKind.AUTHORITY, name="National Office", name_zh="国家办公室", reach=Reach.NATIONAL
    )


@pytest.fixture
def applicant(company: Organisation) -> User:
    """Applies for review, for ``company``."""
    return make_person(role=MemberRole.APPLICANT, organisation=company, name="Ai Applicant")


@pytest.fixture
def enterprise(company: Organisation) -> User:
    """Fills maturity assessments, for ``company``."""
    return make_person(role=MemberRole.ENTERPRISE, organisation=company, name="En Enterprise")


@pytest.fixture
def secretary(host: Organisation) -> User:
    """Secretary at ``host``."""
    return make_person(role=MemberRole.SECRETARY, organisation=host, name="Si Secretary")


@pytest.fixture
def member(host: Organisation) -> User:
    """May be seated on a committee of ``host``; the seat itself is made where committees are tested."""
    return make_person(role=MemberRole.MEMBER, organisation=host, name="Mei Member")


@pytest.fixture
def chair(host: Organisation) -> User:
    """A member at ``host`` who takes the chair's seat where committees are tested."""
    return make_person(role=MemberRole.MEMBER, organisation=host, name="Chen Chair")


@pytest.fixture
def manager(host: Organisation) -> User:
    """Invites people to ``host`` and keeps its letterhead."""
    return make_person(role=MemberRole.MANAGER, organisation=host, name="Ma Manager")


@pytest.fixture
def assessor(host: Organisation) -> User:
    """Verifies maturity assessments, for ``host``."""
    return make_person(role=MemberRole.ASSESSOR, organisation=host, name="An Assessor")


@pytest.fixture
def regulator(authority: Organisation) -> User:
    """Reads within the jurisdiction of ``authority``."""
    return make_person(role=MemberRole.REGULATOR, organisation=authority, name="Re Regulator")


@pytest.fixture
def stranger(db: None) -> User:
    """An applicant of a company that has nothing to do with anyone else in the cast."""
    return far_away_applicant()


@pytest.fixture
def operator(db: None) -> User:
    """Runs the installation: staff and superuser, member of no organisation."""
    return plain_operator()


# These two come before the scene in many tests; as steps of the way to it they do not keep it from being repeated.


@driven_once
def far_away_applicant() -> User:
    return make_person(
        role=MemberRole.APPLICANT, organisation=make_organisation(name="Far Away Ltd"), name="Su Stranger"
    )


@driven_once
def plain_operator() -> User:
    return make_user(name="Op Operator", is_staff=True, is_superuser=True)
