"""Pages of tokens: a secret is shown once, to the right person alone."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.interface.actions import collect_events
from ethicsreview.interface.domain.webhooks import Failure
from ethicsreview.interface.models import Token
from ethicsreview.interface.wording import FAILURES
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def filled(**changes: object) -> dict[str, object]:
    last = timezone.localdate() + timedelta(days=30)
    return {"name": "Nightly export", "scopes": ["cases:read"], "last_day": last.isoformat()} | changes


def test_secret_is_shown_in_the_answer_and_never_again(member: User) -> None:
    client = signed_in(member)
    answer = client.post("/tokens/", filled())
    secret = answer.context["made"][1]
    assert (answer.status_code, answer["Cache-Control"]) == (201, "private, no-store")
    assert secret in answer.content.decode()
    assert client.get("/tokens/").status_code == 200
    assert secret not in client.get("/tokens/").content.decode()
    used = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert (used.status_code, used.json()["id"]) == (200, member.pk)


def test_second_click_makes_no_second_token(member: User) -> None:
    client = signed_in(member)
    codes = [client.post("/tokens/", filled()).status_code for _ in range(2)]
    assert (codes, Token.objects.count()) == ([201, 409], 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"last_day": "2026-02-30"}, "last_day"),
        ({"last_day": "2020-01-01"}, "last_day"),
        ({"last_day": "9999-12-31"}, "last_day"),
    ],
)
def test_wrong_form_keeps_what_was_typed(member: User, changes: dict[str, object], field: str) -> None:
    answer = signed_in(member).post("/tokens/", filled(**changes))
    assert (answer.status_code, list(answer.context["form"].errors), Token.objects.count()) == (422, [field], 0)
    assert answer.context["form"].data["last_day"] == filled(**changes)["last_day"]


def test_only_its_person_revokes_a_token(member: User, stranger: User) -> None:
    signed_in(member).post("/tokens/", filled())
    token = Token.objects.get()
    assert signed_in(stranger).post(f"/tokens/{token.pk}/revoke/").status_code == 404
    assert signed_in(member).get(f"/tokens/{token.pk}/revoke/").status_code == 405
    assert signed_in(member).post(f"/tokens/{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_manager_makes_tokens_of_the_organisation(host: Organisation, member: User) -> None:
    manager = make_person(role=MemberRole.MANAGER, organisation=host, name="Ma Manager")
    path = f"/tokens/organisation/{host.pk}/"
    assert signed_in(member).get(path).status_code == 404
    client = signed_in(manager)
    refused = client.post(path, filled(role="member"))
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["role"])
    answer = client.post(path, filled(role="applicant"))
    token = answer.context["made"][0]
    assert (answer.status_code, token.organisation, token.user.is_service) == (201, host, True)
    assert client.post(f"/tokens/{token.pk}/revoke/")["Location"] == path


def test_visitor_is_asked_to_sign_in() -> None:
    assert Client().get("/tokens/")["Location"].startswith("/accounts/sign-in/")


def test_manual_names_every_operation_problem_and_scope() -> None:
    answer = Client().get("/api/v1/docs/")
    text = answer.content.decode()
    assert answer.status_code == 200
    schema = Client().get("/api/v1/schema/").json()
    assert schema["openapi"].startswith("3.1")
    names = [told["operationId"] for item in schema["paths"].values() for told in item.values()]
    assert [name for name in names if f"/api/v1/docs/{name}/" not in text] == []
    one = Client().get("/api/v1/docs/invitation_send/")
    told = one.context["operation"]
    assert (one.status_code, told.method, [line.name for line in told.body]) == (
        200,
        "POST",
        ["email", "name", "role", "language"],
    )
    assert Client().get("/api/v1/docs/no_such_operation/").status_code == 404


def test_webhooks_are_made_told_and_ended_on_their_pages(host: Organisation, member: User) -> None:
    manager = make_person(role=MemberRole.MANAGER, organisation=host, name="Ma Manager")
    path, client = f"/webhooks/organisation/{host.pk}/", signed_in(manager)
    assert signed_in(member).get(path).status_code == 404
    wrong = client.post(path, {"address": "http://10.0.0.1/", "verbs": "case.accept\nvote.cast"})
    assert (wrong.status_code, sorted(wrong.context["form"].errors)) == (422, ["address", "verbs"])
    answer = client.post(path, {"address": "https://hooks.example.org/in", "verbs": "token.*"})
    webhook, secret = answer.context["made"]
    assert (answer.status_code, secret in answer.content.decode()) == (201, True)
    assert secret not in client.get(path).content.decode()
    client.post(f"/tokens/organisation/{host.pk}/", filled(role="applicant"))
    collect_events(webhook.pk, now=timezone.now())
    ledger = client.get(f"/webhooks/{webhook.pk}/")
    [(row, state, failure)] = ledger.context["lines"]
    assert (row.event.verb, state, failure) == ("token.made", "waiting", "")
    for reason in Failure:
        row.last_error = reason.value
        row.save()
        shown = unescape(client.get(f"/webhooks/{webhook.pk}/").content.decode())
        assert (reason.value in shown, str(FAILURES[reason]) in shown) == (False, True)
    assert signed_in(member).get(f"/webhooks/{webhook.pk}/").status_code == 404
    assert client.post(f"/webhooks/{webhook.pk}/{row.pk}/replay/").status_code == 302
    assert client.post(f"/webhooks/{webhook.pk}/{row.pk + 1}/replay/").status_code == 404
    assert client.post(f"/webhooks/{webhook.pk}/end/")["Location"] == path
    webhook.refresh_from_db()
    assert webhook.ended_at is not None
