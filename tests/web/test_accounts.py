"""Doors and pages of people: happy path, wrong person, wrong method, and what must not leak."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from axes.helpers import get_client_ip_address
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from ethicsreview.accounts.actions import invite
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Invitation, Membership, Organisation, User
from ethicsreview.accounts.queries import client_address
from ethicsreview.accounts.reporting import invitation_token
from ethicsreview.audit.models import AuditEvent
from tests.factories import PASSWORD, make_person, make_user

SIGN_IN = "/accounts/sign-in/"
NEW_PASSWORD = "four slow tortoises"


def sign_in(client: Client, email: str, password: str, **extra: Any) -> Any:
    return client.post(SIGN_IN, {"username": email, "password": password, **extra})


def own_invitation(host: Organisation, manager: User, email: str = "new@example.test") -> tuple[Invitation, str]:
    invitation = invite(
        organisation_id=host.pk,
        email=email,
        name="Ning New",
        role=MemberRole.MEMBER,
        language="en",
        actor=manager,
        now=timezone.now(),
    )
    return invitation, reverse("accounts:accept-invitation", args=[invitation_token(invitation.nonce)])


@pytest.mark.django_db
def test_sign_in_takes_the_address_in_any_case_and_goes_home(client: Client) -> None:
    user = make_user(email="wei@example.test")
    response = sign_in(client, "Wei@Example.TEST ", PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.django_db
def test_sign_in_says_the_same_to_a_wrong_password_and_an_unknown_address(client: Client) -> None:
    make_user(email="wei@example.test")
    pages = [sign_in(client, address, "wrong") for address in ("wei@example.test", "xyz@example.test")]
    bodies = [re.sub(r'value="[^"]*"|X-CSRFToken[^}]*', "", page.content.decode()) for page in pages]
    assert bodies[0] == bodies[1]
    assert {page.status_code for page in pages} == {200}


@pytest.mark.django_db
def test_sign_in_of_a_closed_account_is_refused(client: Client) -> None:
    user = make_user(is_active=False)
    assert sign_in(client, user.email, PASSWORD).status_code == 200
    assert dict(client.session) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("there", "location"),
    [
        ("/accounts/profile/", "/accounts/profile/"),
        ("https://evil.test/", "/"),
        ("//evil.test/", "/"),
        ("/\\evil.test", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_sign_in_goes_on_to_this_site_alone(client: Client, there: str, location: str) -> None:
    user = make_user()
    assert sign_in(client, user.email, PASSWORD, next=there)["Location"] == location


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "heading"), [("en", "Signing in is paused"), ("zh-hans", None)], ids=["english", "chinese"]
)
def test_sign_in_pauses_after_eight_failures_however_the_address_is_spelt(
    client: Client, language: str, heading: str | None
) -> None:
    user = make_user(email="wei@example.test")
    client.cookies["django_language"] = language
    spellings = ["wei@example.test", "WEI@example.test", "wei@EXAMPLE.test", "Wei@example.test"]
    statuses = [sign_in(client, spellings[attempt % 4], "wrong").status_code for attempt in range(8)]
    assert statuses == [200] * 7 + [429]
    paused = sign_in(client, user.email, PASSWORD)
    assert paused.status_code == 429
    pages = [template.name for template in paused.templates if str(template.name).startswith("accounts/")]
    assert pages[-1] == "accounts/locked_out.html"
    if heading:
        assert re.findall(r"<h1[^>]*>(.*?)</h1>", paused.content.decode()) == [heading]
    assert dict(client.session) == {}


@pytest.mark.django_db
def test_sign_in_elsewhere_is_open_while_one_address_is_paused(client: Client) -> None:
    for _ in range(8):
        sign_in(client, "wei@example.test", "wrong")
    other = make_user()
    assert sign_in(client, other.email, PASSWORD).status_code == 302


@pytest.mark.django_db
def test_sign_in_shown_to_somebody_signed_in_goes_home(client: Client, member: User) -> None:
    client.force_login(member)
    assert client.get(SIGN_IN)["Location"] == "/"


@pytest.mark.django_db
def test_sign_out_is_by_post_alone(client: Client, member: User) -> None:
    client.force_login(member)
    assert client.get("/accounts/sign-out/").status_code == 405
    assert client.post("/accounts/sign-out/")["Location"] == SIGN_IN
    assert dict(client.session) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_password_is_reset_by_a_mailed_link_that_works_once(
    client: Client,
    language: str,
    empty_cache: None,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    user = make_user(language=language)
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post("/accounts/password/reset/", {"email": user.email})
    assert asked["Location"] == "/accounts/password/reset/sent/"
    (letter,) = mail.outbox
    (link,) = re.findall(r"http://127\.0\.0\.1:8000(/accounts/password/reset/[^/\s]+/[^/\s]+/)", letter.body)
    form = client.get(link)["Location"]
    assert form.endswith("/set-password/")
    chosen = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert client.post(form, chosen)["Location"] == SIGN_IN
    assert client.get(link).context["validlink"] is False
    assert sign_in(client, user.email, NEW_PASSWORD).status_code == 302


@pytest.mark.django_db
def test_password_reset_answers_alike_for_an_unknown_address(client: Client, empty_cache: None) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "nobody@example.test"})
    assert answer["Location"] == "/accounts/password/reset/sent/"
    assert client.get(answer["Location"]).status_code == 200
    assert mail.outbox == []


@pytest.mark.django_db
def test_password_reset_refuses_a_weak_password_and_a_wrong_link(client: Client) -> None:
    assert client.get("/accounts/password/reset/MQ/abc-def/").context["validlink"] is False


@pytest.mark.django_db
def test_password_change_keeps_this_session_and_ends_the_others(member: User) -> None:
    here, elsewhere = Client(), Client()
    for browser in (here, elsewhere):
        assert sign_in(browser, member.email, PASSWORD).status_code == 302
    chosen = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert here.post("/accounts/password/", {**chosen, "old_password": "wrong"}).status_code == 200
    assert here.post("/accounts/password/", chosen)["Location"] == "/accounts/profile/"
    assert here.get("/accounts/profile/").status_code == 200
    assert elsewhere.get("/accounts/profile/").status_code == 302


@pytest.mark.django_db
def test_invitation_makes_an_account_and_signs_in(client: Client, host: Organisation, manager: User) -> None:
    _invitation, page = own_invitation(host, manager)
    assert client.get(page).status_code == 200
    filled = {"name": "Ning New", "name_zh": "", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert client.post(page, filled | {"new_password2": "other"}).status_code == 200
    assert client.post(page, filled | {"new_password1": "12345", "new_password2": "12345"}).status_code == 200
    assert User.objects.filter(email="new@example.test").count() == 0
    assert client.post(page, filled)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(User.objects.get(email="new@example.test").pk)
    assert client.get(page).status_code == 409


@pytest.mark.django_db
def test_invitation_of_somebody_with_an_account_asks_to_sign_in_first(
    client: Client, host: Organisation, manager: User, stranger: User
) -> None:
    _invitation, page = own_invitation(host, manager, email=stranger.email)
    asked = client.get(page)
    assert (asked.status_code, asked.context["sign_in_first"]) == (200, True)
    client.force_login(stranger)
    assert client.get(page).status_code == 200
    assert client.post(page)["Location"] == "/"
    assert Membership.objects.filter(user=stranger, organisation=host, role="member").count() == 1


@pytest.mark.django_db
def test_invitation_refused_says_why(client: Client, host: Organisation, manager: User, stranger: User) -> None:
    invitation, page = own_invitation(host, manager)
    client.force_login(stranger)
    foreign = client.get(page)
    assert (foreign.status_code, foreign.context["foreign"]) == (409, True)
    client.logout()
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    expired = client.get(page)
    assert (expired.status_code, expired.context["sentences"]) == (
        409,
        ["This invitation has expired. Please ask for a new one."],
    )
    assert client.get(reverse("accounts:accept-invitation", args=["0" * 64])).status_code == 404


@pytest.mark.django_db
def test_preferences_of_a_visitor_are_cookies(client: Client) -> None:
    chosen = client.post("/accounts/preferences/", {"language": "zh-hans", "next": SIGN_IN})
    assert chosen["Location"] == SIGN_IN
    client.post("/accounts/preferences/", {"theme": "dark"})
    page = client.get(SIGN_IN)
    assert re.findall(r'<html lang="([\w-]+)" data-theme="(\w+)">', page.content.decode()) == [("zh-hans", "dark")]


@pytest.mark.django_db
def test_preferences_of_a_person_follow_to_another_browser(client: Client, member: User) -> None:
    client.force_login(member)
    client.post("/accounts/preferences/", {"language": "zh-hans", "theme": "light"})
    elsewhere = Client()
    elsewhere.force_login(member)
    page = elsewhere.get("/accounts/profile/").content.decode()
    assert re.findall(r'<html lang="([\w-]+)" data-theme="(\w+)">', page) == [("zh-hans", "light")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "there", ["https://evil.test/", "//evil.test", "javascript:alert(1)", "", "x", "\0", "http:[", "portal:search"]
)
def test_preferences_lead_to_a_path_of_this_site_or_home(client: Client, there: str) -> None:
    assert client.post("/accounts/preferences/", {"theme": "dark", "next": there})["Location"] == "/"


@pytest.mark.django_db
def test_preferences_refuse_what_is_not_offered(client: Client) -> None:
    assert client.post("/accounts/preferences/", {"theme": "pink"}).status_code == 400
    assert client.get("/accounts/preferences/").status_code == 405
    client.cookies["theme"] = '"><script>'
    assert re.findall(r'data-theme="([^"]*)"', client.get(SIGN_IN).content.decode()) == ["auto"]


@pytest.mark.django_db
def test_languages_are_named_in_themselves(client: Client, member: User) -> None:
    client.force_login(member)
    form = client.get("/accounts/profile/").context["preferences_form"]
    assert list(form.fields["language"].choices) == [("en", "English"), ("zh-hans", "简体中文")]


@pytest.mark.django_db
def test_profile_is_ones_own_and_saved(client: Client, member: User) -> None:
    assert client.get("/accounts/profile/")["Location"] == "/accounts/sign-in/?next=/accounts/profile/"
    client.force_login(member)
    assert client.post("/accounts/profile/", {"name": "", "name_zh": ""}).status_code == 200
    assert client.post("/accounts/profile/", {"name": " Mei \u3000 Two ", "name_zh": "梅"}).status_code == 302
    member.refresh_from_db()
    assert (member.name, member.name_zh) == ("Mei Two", "梅")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "page", "change"),
    [
        ("manager", 200, 302),
        ("operator", 200, 302),
        ("secretary", 200, 403),
        ("member", 200, 403),
        ("applicant", 404, 404),
        ("regulator", 404, 404),
        ("stranger", 404, 404),
    ],
)
def test_organisation_page_opens_to_its_people_and_changes_by_its_managers(
    client: Client, host: Organisation, who: str, page: int, change: int, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    filled = {"name": "Lakeside", "name_zh": "", "letterhead_en": "a\r\nb", "letterhead_zh": ""}
    guest = {"email": "g@example.test", "name": "Gao", "role": "member", "language": "en"}
    assert client.get(f"/accounts/organisation/{host.pk}/").status_code == page
    assert client.post(f"/accounts/organisation/{host.pk}/letterhead/", filled).status_code == change
    assert client.post(f"/accounts/organisation/{host.pk}/invite/", guest).status_code == change
    assert client.post(f"/accounts/organisation/{host.pk}/logo/", {"remove": "yes"}).status_code == change
    host.refresh_from_db()
    assert host.name == ("Lakeside" if change == 302 else "Lakeside Review Office")


@pytest.mark.django_db
def test_organisation_address_without_a_number_leads_to_the_only_one(
    client: Client, host: Organisation, member: User, operator: User
) -> None:
    client.force_login(member)
    assert client.get("/accounts/organisation/")["Location"] == f"/accounts/organisation/{host.pk}/"
    nobody = make_user()
    client.force_login(nobody)
    assert client.get("/accounts/organisation/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_organisation_page_needs_the_same_queries_for_few_and_many(
    client: Client, host: Organisation, manager: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        make_person(role=MemberRole.MEMBER, organisation=host)
        own_invitation(host, manager, email=f"guest{number}@example.test")
    client.force_login(manager)
    with django_assert_num_queries(7):
        client.get(f"/accounts/organisation/{host.pk}/")


@pytest.mark.django_db
def test_letterhead_of_seven_lines_is_refused(client: Client, host: Organisation, manager: User) -> None:
    client.force_login(manager)
    filled = {"name": "L", "name_zh": "", "letterhead_en": "\n".join("1234567"), "letterhead_zh": ""}
    refused = client.post(f"/accounts/organisation/{host.pk}/letterhead/", filled)
    assert (refused.status_code, refused.context["letterhead_form"].errors) == (
        422,
        {"letterhead_en": ["A letterhead has at most six lines."]},
    )


@pytest.mark.django_db
def test_invite_refused_is_shown_and_withdrawn_and_ended_by_the_manager(
    client: Client, host: Organisation, manager: User, member: User
) -> None:
    client.force_login(manager)
    guest = {"email": member.email, "name": "Mei", "role": "member", "language": "en"}
    refused = client.post(f"/accounts/organisation/{host.pk}/invite/", guest)
    assert (refused.status_code, refused.context["invite_form"].non_field_errors()) == (
        409,
        ["This person already holds this role here."],
    )
    assert client.post(f"/accounts/organisation/{host.pk}/invite/", guest | {"role": "regulator"}).status_code == 422
    invitation, _page = own_invitation(host, manager)
    withdraw = f"/accounts/invitations/{invitation.pk}/withdraw/"
    assert client.get(withdraw).status_code == 405
    assert client.post(withdraw).status_code == 302
    again = client.post(withdraw)
    assert (again.status_code, again.context["problems"]) == (
        409,
        ["This invitation was withdrawn or replaced by a newer one."],
    )
    end = f"/accounts/memberships/{member.memberships.get().pk}/end/"
    assert client.get(end).status_code == 200
    assert client.post(end, {"last_day": "2020-01-01"}).status_code == 409
    assert client.post(end, {"last_day": timezone.localdate().isoformat()}).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), [("member", 403), ("stranger", 404)])
def test_membership_and_invitation_of_others_are_closed(
    client: Client, host: Organisation, manager: User, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    invitation, _page = own_invitation(host, manager)
    client.force_login(request.getfixturevalue(who))
    assert client.post(f"/accounts/invitations/{invitation.pk}/withdraw/").status_code == status
    end = f"/accounts/memberships/{manager.memberships.get().pk}/end/"
    assert client.post(end, {"last_day": "2026-11-24"}).status_code == status


def picture(width: int = 900) -> io.BytesIO:
    drawn = io.BytesIO()
    Image.new("RGB", (width, 300), "teal").save(drawn, "JPEG")
    drawn.seek(0)
    drawn.name = "logo.jpg"
    return drawn


@pytest.mark.django_db
def test_logo_is_redrawn_shown_to_its_people_and_removed(
    client: Client, host: Organisation, manager: User, stranger: User
) -> None:
    client.force_login(manager)
    send, show = f"/accounts/organisation/{host.pk}/logo/", f"/accounts/organisation/{host.pk}/logo.png"
    assert client.get(show).status_code == 404
    assert client.post(send, {"logo": picture()}).status_code == 302
    shown = client.get(show)
    assert (shown["Content-Type"], Image.open(io.BytesIO(shown.content)).size) == ("image/png", (600, 200))
    client.force_login(stranger)
    assert client.get(show).status_code == 404
    client.force_login(manager)
    assert client.post(send, {"remove": "yes"}).status_code == 302
    assert client.get(show).status_code == 404


@pytest.mark.django_db
def test_logo_that_is_no_picture_is_refused(client: Client, host: Organisation, manager: User) -> None:
    client.force_login(manager)
    script = io.BytesIO(b"<svg onload='alert(1)'/>")
    script.name = "logo.png"
    refused = client.post(f"/accounts/organisation/{host.pk}/logo/", {"logo": script})
    assert (refused.status_code, refused.context["logo_form"].errors) == (
        422,
        {"logo": ["This is not a PNG, JPEG or WebP image."]},
    )
    host.refresh_from_db()
    assert bytes(host.logo) == b""


@pytest.mark.django_db
def test_script_in_a_name_is_shown_as_text(client: Client, host: Organisation, manager: User) -> None:
    make_person(role=MemberRole.MEMBER, organisation=host, name="<script>alert(1)</script>")
    client.force_login(manager)
    page = client.get(f"/accounts/organisation/{host.pk}/").content.decode()
    assert page.count("<script>alert") == 0
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2  # in the row, and in the words of its button


@pytest.mark.django_db
def test_admin_saves_people_and_organisations_by_the_actions(
    client: Client, operator: User, host: Organisation
) -> None:
    client.force_login(operator)
    person = {"email": "Fresh@x.test", "name": "Fei", "name_zh": "", "language": "en", "is_active": "on"}
    assert client.post("/admin/accounts/user/add/", person).status_code == 302
    user = User.objects.get(email="fresh@x.test")
    change = f"/admin/accounts/user/{user.pk}/change/"
    assert client.post(change, person | {"name": "Fei Two"}).status_code == 302
    own = {"email": operator.email, "name": operator.name, "language": "en", "is_active": "on"}
    refused = client.post(f"/admin/accounts/user/{operator.pk}/change/", own)
    assert refused.status_code == 200
    firm = {"kind": "authority", "name": "Office", "reach": "listed", "covered": [host.pk]}
    assert client.post("/admin/accounts/organisation/add/", firm).status_code == 302
    office = Organisation.objects.get(name="Office")
    assert list(office.covered.all()) == [host]
    assert verbs() == ["user.created", "user.changed", "organisation.created"]


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


@pytest.mark.django_db(transaction=True)
def test_admin_lets_the_action_open_its_own_transaction(client: Client, operator: User) -> None:
    client.force_login(operator)
    firm = {"kind": "enterprise", "name": "Firm", "reach": "none"}
    assert client.post("/admin/accounts/organisation/add/", firm).status_code == 302
    assert verbs() == ["organisation.created"]


@pytest.mark.django_db
@pytest.mark.parametrize("model", ["membership", "invitation"])
def test_admin_shows_memberships_and_invitations_and_takes_no_change(
    client: Client, operator: User, host: Organisation, manager: User, model: str
) -> None:
    own_invitation(host, manager)
    client.force_login(operator)
    row = (Membership if model == "membership" else Invitation).objects.first()
    assert row is not None
    base = f"/admin/accounts/{model}/"
    assert client.get(base).status_code == 200
    assert client.get(f"{base}{row.pk}/change/").status_code == 200
    refused = [
        client.post(f"{base}add/").status_code,
        client.post(f"{base}{row.pk}/change/", {"role": "manager"}).status_code,
        client.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code,
    ]
    assert refused == [403, 403, 403]


@pytest.mark.django_db
def test_admin_is_closed_to_a_manager_and_deletes_nobody(
    client: Client, manager: User, operator: User, stranger: User
) -> None:
    client.force_login(manager)
    assert client.get("/admin/accounts/user/").status_code == 302
    client.force_login(operator)
    assert client.post(f"/admin/accounts/user/{stranger.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.django_db
def test_sign_in_with_an_address_that_grows_in_lower_case_is_answered(client: Client) -> None:
    assert sign_in(client, "\u0130" * 200, "wrong").status_code == 200


@pytest.mark.parametrize(
    ("proxies", "passed", "remote", "address"),
    [
        (0, "203.0.113.9", "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1", "10.0.0.1"),
        (1, " fe80::1%eth0", "", "fe80::1"),
        (1, "", "", None),
    ],
)
def test_address_is_the_one_our_outermost_proxy_saw(
    rf: RequestFactory, settings: Settings, proxies: int, passed: str, remote: str, address: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", headers={"X-Forwarded-For": passed}, REMOTE_ADDR=remote)
    assert get_client_ip_address(request) == client_address(request) == address


@pytest.mark.django_db
def test_sign_in_pause_is_not_escaped_by_a_forged_address(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    forged = [f"192.0.2.{number}, 203.0.113.9" for number in range(8)]
    answers = [sign_in_from(client, passed) for passed in forged]
    assert answers == [200] * 7 + [429]
    assert sign_in_from(client, "192.0.2.0, 203.0.113.10") == 200


def sign_in_from(client: Client, passed: str) -> int:
    given = {"username": "wei@example.test", "password": "wrong"}
    return int(client.post(SIGN_IN, given, headers={"X-Forwarded-For": passed}).status_code)


@pytest.mark.django_db
def test_pages_of_a_signed_in_person_are_kept_nowhere(client: Client, host: Organisation, manager: User) -> None:
    client.force_login(manager)
    pages = ["/accounts/profile/", f"/accounts/organisation/{host.pk}/", f"/accounts/organisation/{host.pk}/logo.png"]
    assert [client.get(page)["Cache-Control"] for page in pages] == ["private, no-store"] * 3


@pytest.mark.django_db
def test_invite_to_an_address_that_grows_in_lower_case_is_explained(
    client: Client, host: Organisation, manager: User
) -> None:
    client.force_login(manager)
    given = {"email": "\u0130" * 200 + "@x.test", "name": "N", "role": "member", "language": "en"}
    response = client.post(f"/accounts/organisation/{host.pk}/invite/", given)
    assert (response.status_code, list(response.context["invite_form"].errors)) == (422, ["email"])


@pytest.mark.django_db
def test_names_that_signed_documents_cannot_print_are_refused(
    client: Client, host: Organisation, manager: User, operator: User
) -> None:
    client.force_login(manager)
    named = "\U0001f600 U+1F600"
    said = [f"These characters cannot be printed in the signed documents: {named}. Please write them otherwise."]
    response = client.post("/accounts/profile/", {"name": "Wei \U0001f600"})
    assert response.context["form"].errors["name"] == said
    letterhead = {"name": "Office", "letterhead_zh": "\U0001f600"}
    response = client.post(f"/accounts/organisation/{host.pk}/letterhead/", letterhead)
    assert response.context["letterhead_form"].errors == {"letterhead_zh": said}
    client.force_login(operator)
    firm = {"kind": "enterprise", "name": "Firm", "name_zh": "\U0001f600", "reach": "none"}
    response = client.post("/admin/accounts/organisation/add/", firm)
    assert response.context["adminform"].form.errors == {"name_zh": said}


@pytest.mark.django_db
def test_admin_has_no_groups_and_shows_its_registers_to_every_operator(client: Client) -> None:
    client.force_login(make_user(is_staff=True))
    assert client.get("/admin/auth/group/").status_code == 404
    pages = ["accounts/user", "audit/auditevent", "documents/signeddocument", "files/upload", "notices/delivery"]
    assert [client.get(f"/admin/{page}/").status_code for page in pages] == [200] * 5
