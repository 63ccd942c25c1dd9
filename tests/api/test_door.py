"""The door for programs: who may come in, how it says no, and calls that are made twice."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from ethicsreview.accounts.domain import MemberRole, Problem, Refused
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.interface.actions import make_organisation_token, make_token, revoke_token
from ethicsreview.interface.domain.tokens import Scope
from ethicsreview.interface.models import Token
from ethicsreview.interface.queries import token_of
from tests.api.callers import Caller

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=366)


@pytest.fixture
def clock() -> datetime:
    """The moment of the call: tokens are measured against it."""
    return timezone.now()


def test_token_opens_the_door_and_says_whose_it_is(member: User, clock: datetime) -> None:
    answer = Caller(member, clock).get("me")
    told = answer.json()
    assert (answer.status_code, told["id"], told["name"], told["service"]) == (200, member.pk, member.name, False)
    assert told["token"]["scopes"] == sorted(Scope)
    assert answer["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("shown", ["Bearer er_1_short", "Basic abc", "Bearer", "Bearer er_999_" + "a" * 43])
def test_anything_else_is_nobody(member: User, clock: datetime, shown: str) -> None:
    caller = Caller(member, clock)
    caller.headers["Authorization"] = shown
    answer = caller.get("me")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == 'Bearer realm="ethicsreview"'
    assert answer.json() == {
        "type": "/api/v1/docs/#problem-not-signed-in",
        "title": "A valid token is needed",
        "status": 401,
        "detail": "Send “Authorization: Bearer” and a token that is neither revoked nor expired.",
        "instance": "/api/v1/me",
    }


def test_secret_is_kept_as_its_digest_alone(member: User, clock: datetime) -> None:
    token, spelt = make_token(
        name="Export", scopes=[Scope.CASES_READ], expires_at=clock + YEAR, actor=member, now=clock
    )
    secret = spelt.split("_", 2)[2]
    kept = Token.objects.values_list("sha256", "name", "scopes").get(pk=token.pk)
    assert secret not in str(kept)
    assert token_of(spelt, now=clock) == token
    event = AuditEvent.objects.get(subject=f"token:{token.pk}")
    assert (event.verb, event.chain, event.facts) == (
        "token.made",
        "operator",
        {"user": member.pk, "scopes": ["cases:read"], "expires_at": (clock + YEAR).isoformat()},
    )


@pytest.mark.parametrize("term", [timedelta(0), timedelta(days=-1), timedelta(days=367)])
def test_term_of_a_token_is_bounded(member: User, clock: datetime, term: timedelta) -> None:
    with pytest.raises(Refused) as refused:
        make_token(name="x", scopes=[], expires_at=clock + term, actor=member, now=clock)
    assert refused.value.problems == (Problem.TERM_WRONG,)


def test_revoked_and_expired_tokens_open_nothing(member: User, clock: datetime) -> None:
    caller = Caller(member, clock)
    revoke_token(caller.token.pk, actor=member, now=clock)
    assert revoke_token(caller.token.pk, actor=member, now=clock).revoked_at == clock
    assert caller.get("me").status_code == 401
    assert AuditEvent.objects.filter(verb="token.revoked").count() == 1
    other = Caller(member, clock)
    assert token_of(other.secret, now=clock + timedelta(days=30)) is None
    member.is_active = False
    member.save(update_fields=["is_active"])
    assert other.get("me").status_code == 401


def test_nobody_revokes_a_strangers_token(member: User, stranger: User, clock: datetime) -> None:
    caller = Caller(member, clock)
    with pytest.raises(Refused):
        revoke_token(caller.token.pk, actor=stranger, now=clock)


def test_organisation_has_tokens_of_its_own(host: Organisation, clock: datetime) -> None:
    manager = User.objects.create_user("manager@example.org", name="Manager")
    Membership.objects.create(user=manager, organisation=host, role="manager", starts=clock.date())
    given = {"scopes": [Scope.CASES_READ], "expires_at": clock + YEAR, "now": clock}
    with pytest.raises(Refused):
        make_organisation_token(host.pk, name="Bridge", role=MemberRole.MEMBER, actor=manager, **given)
    token, spelt = make_organisation_token(host.pk, name="Bridge", role=MemberRole.APPLICANT, actor=manager, **given)
    service = token.user
    assert (service.is_service, service.has_usable_password(), token.made_by) == (True, False, manager)
    assert list(service.memberships.values_list("organisation", "role")) == [(host.pk, "applicant")]
    with pytest.raises(Refused):
        make_token(name="x", scopes=[], expires_at=clock + YEAR, actor=service, now=clock)
    revoke_token(token.pk, actor=manager, now=clock)
    assert token_of(spelt, now=clock) is None
    assert not User.objects.get(pk=service.pk).is_active
    verbs = AuditEvent.objects.filter(chain=f"organisation:{host.pk}", subject=f"token:{token.pk}")
    assert list(verbs.order_by("number").values_list("verb", flat=True)) == ["token.made", "token.revoked"]


def test_last_use_is_kept_to_the_minute(member: User, clock: datetime) -> None:
    caller = Caller(member, clock)
    caller.get("me")
    first = Token.objects.get(pk=caller.token.pk).last_used_at
    caller.get("me")
    assert first is not None
    assert Token.objects.get(pk=caller.token.pk).last_used_at == first


def test_what_is_nowhere_answers_as_a_problem(clock: datetime) -> None:
    caller = Caller(None, clock, language="zh-hans")
    answer = caller.get("no/such/thing")
    assert (answer.status_code, answer["Content-Type"], answer.json()["status"]) == (
        404,
        "application/problem+json",
        404,
    )
    assert answer["Content-Language"] == "zh-hans"


@pytest.mark.parametrize("path", ["cases/%00", "cases?text=%00", "%00", "register/certificates/a%00b"])
def test_address_that_is_no_text_answers_as_a_problem(clock: datetime, path: str) -> None:
    answer = Caller(None, clock, language="zh-hans").get(path)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert (answer.json()["type"], answer["Content-Language"]) == ("/api/v1/docs/#problem-bad-request", "zh-hans")


def test_wrong_method_names_the_right_ones(member: User, clock: datetime) -> None:
    answer = Caller(member, clock).post("me", {})
    assert (answer.status_code, answer["Allow"], answer.json()["type"]) == (
        405,
        "GET, HEAD",
        "/api/v1/docs/#problem-no-such-method",
    )


def test_fields_are_chosen_and_a_version_is_read_once(member: User, clock: datetime) -> None:
    caller = Caller(member, clock)
    whole = caller.get("me")
    assert caller.get("me", {"fields": "id,name"}).json() == {"id": member.pk, "name": member.name}
    assert caller.get("me", if_none_match=whole["ETag"]).status_code == 304
    assert caller.get("me", {"fields": "id"}, if_none_match=whole["ETag"]).status_code == 200
    wrong = caller.get("me", {"fields": "id,salary"})
    assert (wrong.status_code, wrong.json()["faults"]) == (400, [{"pointer": "fields", "detail": "salary"}])
    odd = caller.get("me", {"colour": "red"})
    assert odd.json()["faults"] == [{"pointer": "colour", "detail": "There is no such parameter."}]


def test_calls_of_a_token_are_counted(member: User, clock: datetime, settings: object) -> None:
    settings.API_CALLS = "2/min"  # type: ignore[attr-defined]
    caller = Caller(member, clock)
    codes = [caller.get("me").status_code for _ in range(3)]
    last = caller.get("me")
    assert (codes, last.json()["type"]) == ([200, 200, 429], "/api/v1/docs/#problem-too-many-calls")
    assert 1 <= int(last["Retry-After"]) <= 61
    assert Caller(member, clock).get("me").status_code == 200
