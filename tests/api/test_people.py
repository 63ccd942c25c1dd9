"""Organisations, people, history, tokens and webhooks for programs."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Invitation, Organisation, User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.interface.actions import collect_events
from ethicsreview.interface.domain.tokens import Scope
from ethicsreview.interface.models import Call, Token, Webhook, WebhookDelivery
from tests.api.callers import Caller
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> datetime:
    return timezone.now()


@pytest.fixture
def manager(host: Organisation) -> User:
    return make_person(role=MemberRole.MANAGER, organisation=host, name="Ma Manager")


@pytest.fixture
def caller(manager: User, clock: datetime) -> Caller:
    return Caller(manager, clock)


def test_organisations_one_belongs_to_or_supervises(
    host: Organisation, company: Organisation, member: User, regulator: User, clock: datetime
) -> None:
    make_organisation(name="Elsewhere")
    own = Caller(member, clock).get("organisations").json()["results"]
    assert [row["id"] for row in own] == [host.pk]
    covered = Caller(regulator, clock).get("organisations", {"kind": "review_body"}).json()["results"]
    assert [row["id"] for row in covered] == [host.pk]


def test_letterhead_is_changed_by_the_manager_alone(
    host: Organisation, caller: Caller, member: User, stranger: User, clock: datetime
) -> None:
    body = {"name": "Lakeside", "name_zh": "湖畔", "letterhead_en": "1 Quay Road"}
    answer = caller.call("PATCH", f"organisations/{host.pk}", body)
    assert (answer.status_code, answer.json()["letterhead_en"], answer.json()["managed"]) == (200, "1 Quay Road", True)
    assert Caller(member, clock).call("PATCH", f"organisations/{host.pk}", body).status_code == 403
    assert Caller(stranger, clock).get(f"organisations/{host.pk}").status_code == 404
    assert Caller(stranger, clock).call("PATCH", f"organisations/{host.pk}", body).status_code == 404


def test_inviting_withdrawing_and_ending(host: Organisation, caller: Caller, member: User, clock: datetime) -> None:
    path = f"organisations/{host.pk}/invitations"
    body = {"email": "New@Example.org", "name": "Nia New", "role": "member"}
    answer = caller.post(path, body)
    told = answer.json()
    assert (answer.status_code, told["email"], told["language"]) == (201, "new@example.org", "en")
    assert [row["id"] for row in caller.get(path).json()["results"]] == [told["id"]]
    assert caller.post(path, body | {"role": "enterprise"}).json()["missing"][0]["code"] == "role_not_for_kind"
    assert caller.post(path, body | {"role": "emperor"}).json()["faults"][0]["pointer"] == "/role"
    assert Caller(member, clock).get(path).status_code == 404
    assert caller.post(f"{path}/{told['id']}/withdraw").status_code == 204
    assert Invitation.objects.get(pk=told["id"]).withdrawn_at is not None
    assert caller.post(f"{path}/{told['id']}/withdraw").status_code == 404
    term = member.memberships.get()
    rows = caller.get(f"organisations/{host.pk}/memberships").json()["results"]
    assert {row["user"] for row in rows} == {member.pk, caller.token.user_id}
    last = (timezone.localdate() + timedelta(days=3)).isoformat()
    ended = caller.post(f"organisations/{host.pk}/memberships/{term.pk}/end", {"last_day": last})
    assert (ended.status_code, ended.json()["ends"]) == (200, last)
    early = caller.post(f"organisations/{host.pk}/memberships/{term.pk}/end", {"last_day": "2020-01-01"})
    assert early.status_code == 409


def test_history_has_its_digests_and_holds(host: Organisation, caller: Caller, member: User, clock: datetime) -> None:
    caller.post(f"organisations/{host.pk}/invitations", {"email": "n@example.org", "name": "N", "role": "member"})
    event = AuditEvent.objects.get(verb="invitation.sent")
    [row] = caller.get(f"organisations/{host.pk}/events", {"verb": "invitation.sent"}).json()["results"]
    assert (row["digest"], row["previous"], row["facts"]["via"]) == (
        event.digest,
        event.previous,
        {"token": caller.token.pk, "person": caller.token.made_by_id},
    )
    told = caller.get(f"organisations/{host.pk}/chain").json()
    assert (told["holds"], told["head_digest"]) == (True, event.digest)
    assert Caller(member, clock).get(f"organisations/{host.pk}/events").status_code == 404


def test_own_tokens_are_listed_and_revoked(caller: Caller, member: User, clock: datetime) -> None:
    other = Caller(member, clock)
    assert [row["id"] for row in caller.get("tokens").json()["results"]] == [caller.token.pk]
    assert caller.get(f"tokens/{other.token.pk}").status_code == 404
    answer = caller.post(f"tokens/{caller.token.pk}/revoke")
    assert (answer.status_code, answer.json()["revoked_at"] is not None) == (200, True)
    assert caller.get("me").status_code == 401
    assert Token.objects.get(pk=other.token.pk).revoked_at is None


def test_webhook_is_made_told_replayed_and_ended(
    host: Organisation, caller: Caller, member: User, clock: datetime
) -> None:
    path = f"organisations/{host.pk}/webhooks"
    made = caller.post(path, {"address": "https://hooks.example.org/in", "verbs": ["invitation.*"]})
    webhook = made.json()
    assert (made.status_code, webhook["secret"][:6], webhook["organisation"]) == (201, "whsec_", host.pk)
    assert "secret" not in caller.get(f"{path}/{webhook['id']}").json()
    caller.post(f"organisations/{host.pk}/invitations", {"email": "n@example.org", "name": "N", "role": "member"})
    collect_events(webhook["id"], now=clock + timedelta(minutes=1))
    [row] = caller.get(f"{path}/{webhook['id']}/deliveries", {"state": "queued"}).json()["results"]
    assert (row["verb"], row["state"]) == ("invitation.sent", "queued")
    WebhookDelivery.objects.update(state="failed", attempts=10)
    again = caller.post(f"{path}/{webhook['id']}/deliveries/{row['id']}/replay")
    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (200, "queued", 0)
    assert Caller(member, clock).get(path).status_code == 404
    ended = caller.post(f"{path}/{webhook['id']}/end")
    assert (ended.status_code, ended.json()["ended_at"] is not None) == (200, True)


def test_secret_of_a_webhook_is_kept_nowhere_and_told_once(host: Organisation, caller: Caller) -> None:
    path, body = f"organisations/{host.pk}/webhooks", {"address": "https://hooks.example.org/in"}
    made = caller.post(path, body, idempotency_key="hook")
    again = caller.post(path, body, idempotency_key="hook")
    assert (made.status_code, again.status_code) == (201, 409)
    assert again.json()["type"] == "/api/v1/docs/#problem-already-done"
    assert (Webhook.objects.count(), Call.objects.get().body) == (1, "")


def test_webhook_faults_are_named_one_by_one(host: Organisation, caller: Caller) -> None:
    body = {"address": "https://127.0.0.1/", "verbs": ["case.accept", "vote.cast", "no.such"]}
    answer = caller.post(f"organisations/{host.pk}/webhooks", body)
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["faults"]] == ["/address", "/verbs/1", "/verbs/2"]


def test_scopes_are_asked(host: Organisation, manager: User, clock: datetime) -> None:
    reader = Caller(manager, clock, scopes=(Scope.PEOPLE_READ,))
    assert reader.get(f"organisations/{host.pk}").status_code == 200
    answer = reader.call("PATCH", f"organisations/{host.pk}", {"name": "X"})
    assert (answer.status_code, answer.json()["scope"]) == (403, "people:write")
    assert reader.get("cases").json()["scope"] == "cases:read"


@pytest.mark.parametrize(
    ("path", "queries"),
    [("organisations", 2), ("memberships", 3), ("invitations", 3), ("events", 3), ("webhooks", 3), ("tokens", 2)],
)
def test_lists_ask_as_often_for_three_rows_as_for_one(
    host: Organisation,
    caller: Caller,
    path: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    whole = path if path in {"organisations", "tokens"} else f"organisations/{host.pk}/{path}"
    caller.get("me")  # notes the token's use, once a minute
    for number in range(3):
        body = {"email": f"n{number}@example.org", "name": "N", "role": "member"}
        caller.post(f"organisations/{host.pk}/invitations", body)
        caller.post(f"organisations/{host.pk}/webhooks", {"address": "https://hooks.example.org/in"})
        Caller(caller.token.user, timezone.now())
        with django_assert_num_queries(queries):
            assert caller.get(whole).status_code == 200
