"""How people, memberships and organisations change: done, refused, wrong person, twice, and the exact events."""

import re
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from ethicsreview.accounts import actions
from ethicsreview.accounts.actions.organisations import OrganisationData
from ethicsreview.accounts.actions.people import UserData
from ethicsreview.accounts.domain import (
    MemberRole,
    OrganisationKind,
    Problem,
    Reach,
    Refused,
    Theme,
    fingerprint,
)
from ethicsreview.accounts.models import Invitation, Membership, Organisation, User
from ethicsreview.accounts.periodic import requeue_invitations
from ethicsreview.accounts.reporting import invitation_token, mail_invitation
from ethicsreview.audit.models import AuditEvent
from ethicsreview.notices.models import Notice
from tests.factories import PASSWORD, make_membership, make_organisation, make_person, make_user

DAY = timedelta(days=1)


def events(chain: str = "") -> list[tuple[str, int | None, dict[str, Any]]]:
    found = AuditEvent.objects.filter(chain=chain) if chain else AuditEvent.objects.all()
    return list(found.order_by("id").values_list("verb", "actor", "facts"))


def refusal(call: Callable[[], object]) -> tuple[Problem, ...]:
    before = AuditEvent.objects.count()
    with pytest.raises(Refused) as refused:
        call()
    assert AuditEvent.objects.count() == before
    return refused.value.problems


def offer(host: Organisation, manager: User, now: datetime, **changes: Any) -> Invitation:
    given: dict[str, Any] = {
        "organisation_id": host.pk,
        "email": "New@Example.test",
        "name": "Ning New",
        "role": MemberRole.MEMBER,
        "language": "en",
        "actor": manager,
        "now": now,
    }
    return actions.invite(**(given | changes))


def token_of(invitation: Invitation) -> str:
    return invitation_token(invitation.nonce)


@pytest.mark.django_db
def test_invite_mails_the_link_once_and_stores_its_digest_alone(
    host: Organisation,
    manager: User,
    now: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invitation = offer(host, manager, datetime.now(tz=now.tzinfo))
    mail_invitation(invitation.pk, now=now)

    (letter,) = mail.outbox
    assert letter.to == ["new@example.test"]
    (token,) = re.findall(r"/accounts/invitation/([0-9a-f]{64})/", letter.body)
    stored = Invitation.objects.get()
    assert stored.token_sha256 == fingerprint(token)
    assert token not in {stored.nonce, stored.token_sha256}
    assert stored.mailed_at is not None
    facts = {"role": "member"}
    assert events(f"organisation:{host.pk}") == [("invitation.sent", manager.pk, facts)]


@pytest.mark.django_db
def test_invite_again_makes_the_earlier_link_worthless(host: Organisation, manager: User, now: datetime) -> None:
    first = offer(host, manager, now)
    second = offer(host, manager, now)
    assert refusal(lambda: actions.accept_invitation(token_of(first), actor=None, now=now)) == (
        Problem.INVITATION_WITHDRAWN,
    )
    actions.accept_invitation(token_of(second), actor=None, now=now, name="Ning New", password=PASSWORD)
    assert [verb for verb, _actor, _facts in events(f"organisation:{host.pk}")] == [
        "invitation.sent",
        "invitation.withdrawn",
        "invitation.sent",
        "membership.started",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["member", "secretary", "applicant", "regulator", "stranger"])
def test_invite_by_anybody_but_a_manager_is_refused(
    who: str, host: Organisation, now: datetime, request: pytest.FixtureRequest
) -> None:
    actor = request.getfixturevalue(who)
    assert refusal(lambda: offer(host, actor, now)) == (Problem.NOT_ALLOWED,)


@pytest.mark.django_db
def test_invite_by_the_manager_of_another_organisation_is_refused(manager: User, now: datetime) -> None:
    other = make_organisation(kind=OrganisationKind.REVIEW_BODY)
    assert refusal(lambda: offer(other, manager, now)) == (Problem.NOT_ALLOWED,)


@pytest.mark.django_db
def test_invite_by_a_manager_whose_term_is_over_is_refused(host: Organisation, now: datetime) -> None:
    late = make_membership(role=MemberRole.MANAGER, organisation=host, ends=now.date() - DAY).user
    assert refusal(lambda: offer(host, late, now)) == (Problem.NOT_ALLOWED,)


@pytest.mark.django_db
def test_invite_for_a_role_of_another_kind_is_refused(host: Organisation, manager: User, now: datetime) -> None:
    assert refusal(lambda: offer(host, manager, now, role=MemberRole.REGULATOR)) == (Problem.ROLE_NOT_FOR_KIND,)


@pytest.mark.django_db
def test_invite_of_a_current_holder_or_a_closed_account_is_refused(
    host: Organisation, manager: User, member: User, now: datetime
) -> None:
    assert refusal(lambda: offer(host, manager, now, email=member.email.upper())) == (Problem.ALREADY_MEMBER,)
    closed = make_user(is_active=False)
    assert refusal(lambda: offer(host, manager, now, email=closed.email)) == (Problem.ACCOUNT_CLOSED,)


@pytest.mark.django_db
def test_invitation_mail_waits_out_an_outage_and_leaves_once(
    host: Organisation, manager: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = offer(host, manager, now)

    def refuse(*_args: object, **_values: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as outage:
        outage.setattr("django.core.mail.message.EmailMessage.send", refuse)
        mail_invitation(invitation.pk, now=now)
    invitation.refresh_from_db()
    assert (invitation.mail_attempts, invitation.mailed_at, invitation.next_mail_at) == (
        1,
        None,
        now + timedelta(minutes=1),
    )
    Invitation.objects.update(expires_at=datetime.now(tz=now.tzinfo) + DAY, next_mail_at=now - 9 * 365 * DAY)
    requeue_invitations()
    requeue_invitations()
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_accept_makes_the_account_the_role_and_tells_the_inviter(
    host: Organisation, manager: User, now: datetime
) -> None:
    invitation = offer(host, manager, now, language="zh-hans")
    membership = actions.accept_invitation(
        token_of(invitation), actor=None, now=now, name="Ning New", name_zh="宁新", password=PASSWORD
    )
    person = membership.user
    assert (person.email, person.name, person.name_zh, person.language) == (
        "new@example.test",
        "Ning New",
        "宁新",
        "zh-hans",
    )
    assert person.check_password(PASSWORD)
    assert (membership.organisation, membership.role, membership.starts, membership.ends) == (
        host,
        "member",
        date(2026, 11, 24),
        None,
    )
    assert events("operator") == [("user.created", person.pk, {"invitation": invitation.pk})]
    assert events(f"organisation:{host.pk}")[-1] == (
        "membership.started",
        person.pk,
        {"user": person.pk, "role": "member", "starts": "2026-11-24", "invitation": invitation.pk},
    )
    assert list(Notice.objects.values_list("user", "verb")) == [(manager.pk, "invitation_accepted")]


@pytest.mark.django_db
def test_accept_twice_is_refused(host: Organisation, manager: User, now: datetime) -> None:
    token = token_of(offer(host, manager, now))
    person = actions.accept_invitation(token, actor=None, now=now, name="N", password=PASSWORD).user
    assert refusal(lambda: actions.accept_invitation(token, actor=person, now=now)) == (Problem.INVITATION_USED,)
    assert Membership.objects.filter(user=person).count() == 1


@pytest.mark.django_db
def test_accept_on_the_last_moment_is_done_and_at_expiry_refused(
    host: Organisation, manager: User, now: datetime
) -> None:
    invitation = offer(host, manager, now)
    assert refusal(lambda: actions.accept_invitation(token_of(invitation), actor=None, now=invitation.expires_at)) == (
        Problem.INVITATION_EXPIRED,
    )
    last = invitation.expires_at - timedelta(microseconds=1)
    actions.accept_invitation(token_of(invitation), actor=None, now=last, name="N", password=PASSWORD)
    assert invitation.expires_at == now + timedelta(days=14)


@pytest.mark.django_db
def test_accept_with_an_unknown_token_is_refused(now: datetime) -> None:
    assert refusal(lambda: actions.accept_invitation("0" * 64, actor=None, now=now)) == (Problem.INVITATION_UNKNOWN,)


@pytest.mark.django_db
def test_accept_with_somebody_elses_account_is_refused(
    host: Organisation, manager: User, stranger: User, now: datetime
) -> None:
    token = token_of(offer(host, manager, now))
    assert refusal(lambda: actions.accept_invitation(token, actor=stranger, now=now)) == (Problem.INVITATION_FOREIGN,)


@pytest.mark.django_db
def test_accept_with_an_account_needs_its_owner_signed_in(
    host: Organisation, manager: User, stranger: User, now: datetime
) -> None:
    token = token_of(offer(host, manager, now, email=stranger.email))
    assert refusal(
        lambda: actions.accept_invitation(token, actor=None, now=now, name="Thief", password="another password 1")
    ) == (Problem.SIGN_IN_FIRST,)
    assert actions.accept_invitation(token, actor=stranger, now=now).user == stranger
    stranger.refresh_from_db()
    assert stranger.check_password(PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_accept_by_two_at_once_gives_one_membership(host: Organisation, manager: User, now: datetime) -> None:
    token = token_of(offer(host, manager, now))
    outcomes: list[str] = []

    def accept() -> None:
        try:
            actions.accept_invitation(token, actor=None, now=now, name="N", password=PASSWORD)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.problems[0].value)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "invitation_used", "invitation_used", "invitation_used"]
    assert Membership.objects.filter(user__email="new@example.test").count() == 1


@pytest.mark.django_db
def test_withdraw_invitation_done_twice_and_by_the_wrong_person(
    host: Organisation, manager: User, member: User, now: datetime
) -> None:
    invitation = offer(host, manager, now)
    assert refusal(lambda: actions.withdraw_invitation(invitation.pk, actor=member, now=now)) == (Problem.NOT_ALLOWED,)
    actions.withdraw_invitation(invitation.pk, actor=manager, now=now)
    assert events(f"organisation:{host.pk}")[-1] == ("invitation.withdrawn", manager.pk, {"role": "member"})
    assert refusal(lambda: actions.withdraw_invitation(invitation.pk, actor=manager, now=now)) == (
        Problem.INVITATION_WITHDRAWN,
    )


@pytest.mark.django_db
def test_end_membership_counts_the_last_day_and_tells_the_person(
    host: Organisation, manager: User, member: User, now: datetime
) -> None:
    membership = member.memberships.get()
    actions.end_membership(membership.pk, last_day=now.date(), actor=manager, now=now)
    assert list(Membership.objects.current(now.date()).filter(user=member)) == [membership]
    assert list(Membership.objects.current(now.date() + DAY).filter(user=member)) == []
    assert events() == [
        ("membership.ended", manager.pk, {"user": member.pk, "role": "member", "ends": "2026-11-24"}),
    ]
    assert list(Notice.objects.values_list("user", "verb")) == [(member.pk, "membership_ended")]


@pytest.mark.django_db
def test_end_membership_is_refused_too_early_twice_and_to_others(
    host: Organisation, manager: User, member: User, stranger: User, now: datetime
) -> None:
    pk = member.memberships.get().pk
    today = now.date()

    def end(last_day: date, actor: User) -> Callable[[], object]:
        return lambda: actions.end_membership(pk, last_day=last_day, actor=actor, now=now)

    assert refusal(end(today, stranger)) == (Problem.NOT_ALLOWED,)
    assert refusal(end(today, member)) == (Problem.NOT_ALLOWED,)
    assert refusal(end(today - 2 * DAY, manager)) == (Problem.LAST_DAY_TOO_EARLY,)
    end(today - DAY, manager)()
    assert refusal(end(today, manager)) == (Problem.NOT_CURRENT,)


@pytest.mark.django_db
def test_end_membership_of_the_last_manager_is_for_the_operator(
    host: Organisation, manager: User, operator: User, now: datetime
) -> None:
    pk = manager.memberships.get().pk
    assert refusal(lambda: actions.end_membership(pk, last_day=now.date(), actor=manager, now=now)) == (
        Problem.LAST_MANAGER,
    )
    never = refusal(lambda: actions.end_membership(pk, last_day=date.max, actor=manager, now=now))
    assert never == (Problem.LAST_MANAGER,)
    second = make_person(role=MemberRole.MANAGER, organisation=host)
    actions.end_membership(pk, last_day=now.date(), actor=manager, now=now)
    last = second.memberships.get().pk
    actions.end_membership(last, last_day=now.date(), actor=operator, now=now)
    assert Membership.objects.get(pk=last).ends == now.date()


@pytest.mark.django_db
def test_role_that_ended_can_be_offered_again_the_next_day(host: Organisation, manager: User, now: datetime) -> None:
    first = actions.accept_invitation(
        token_of(offer(host, manager, now)), actor=None, now=now, name="N", password=PASSWORD
    )
    actions.end_membership(first.pk, last_day=now.date(), actor=manager, now=now)
    tomorrow = now + DAY
    again = actions.accept_invitation(token_of(offer(host, manager, tomorrow)), actor=first.user, now=tomorrow)
    assert (again.starts, again.ends) == (tomorrow.date(), None)


@pytest.mark.django_db
def test_edit_letterhead_records_which_columns_changed_and_nothing_the_second_time(
    host: Organisation, manager: User, stranger: User, now: datetime
) -> None:
    given: dict[str, Any] = {
        "name": host.name,
        "name_zh": host.name_zh,
        "letterhead_en": "1 Lake Road",
        "letterhead_zh": "湖路1号",
        "now": now,
    }
    assert refusal(lambda: actions.edit_letterhead(host.pk, **given, actor=stranger)) == (Problem.NOT_ALLOWED,)
    actions.edit_letterhead(host.pk, **given, actor=manager)
    actions.edit_letterhead(host.pk, **given, actor=manager)
    assert events() == [("organisation.changed", manager.pk, {"changed": ["letterhead_en", "letterhead_zh"]})]


@pytest.mark.django_db
def test_set_logo_keeps_and_removes_and_records_its_digest(
    host: Organisation, manager: User, member: User, now: datetime
) -> None:
    assert refusal(lambda: actions.set_logo(host.pk, png=b"png", actor=member, now=now)) == (Problem.NOT_ALLOWED,)
    actions.set_logo(host.pk, png=b"png", actor=manager, now=now)
    actions.set_logo(host.pk, png=b"png", actor=manager, now=now)
    actions.set_logo(host.pk, png=b"", actor=manager, now=now)
    assert [facts["logo_sha256"] for _verb, _actor, facts in events()] == [fingerprint("png"), ""]
    host.refresh_from_db()
    assert bytes(host.logo) == b""


@pytest.mark.django_db
def test_save_organisation_records_jurisdiction_as_it_was_and_became(
    host: Organisation, operator: User, manager: User, now: datetime
) -> None:
    data = OrganisationData(kind=OrganisationKind.AUTHORITY, name="Office", reach=Reach.LISTED, covered=[host.pk])
    assert refusal(lambda: actions.save_organisation(None, data=data, actor=manager, now=now)) == (
        Problem.NOT_ALLOWED,
    )
    office = actions.save_organisation(None, data=data, actor=operator, now=now)
    assert list(office.covered.all()) == [host]
    actions.save_organisation(office.pk, data=data, actor=operator, now=now)
    wider = OrganisationData(kind=OrganisationKind.AUTHORITY, name="Office", reach=Reach.PROVINCE, province="310000")
    actions.save_organisation(office.pk, data=wider, actor=operator, now=now)
    listed = {"kind": "authority", "reach": "listed", "province": "", "sector": ""}
    provincial = {"kind": "authority", "reach": "province", "province": "310000", "sector": ""}
    assert events(f"organisation:{office.pk}") == [
        ("organisation.created", operator.pk, {"became": listed, "covered": [host.pk]}),
        (
            "organisation.changed",
            operator.pk,
            {"changed": ["province", "reach", "covered"], "was": listed, "became": provincial, "covered": []},
        ),
    ]


@pytest.mark.django_db
def test_save_user_makes_an_account_and_mails_a_link(
    operator: User, stranger: User, now: datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    data = UserData(email="Fresh@Example.test", name="Fei Fresh", language="zh-hans")
    assert refusal(lambda: actions.save_user(None, data=data, actor=stranger, now=now)) == (Problem.NOT_ALLOWED,)
    with django_capture_on_commit_callbacks(execute=True):
        user = actions.save_user(None, data=data, actor=operator, now=now)
    assert (user.email, user.has_usable_password()) == ("fresh@example.test", False)
    assert events() == [("user.created", operator.pk, {"is_active": True, "is_staff": False})]
    assert [letter.to for letter in mail.outbox] == [["fresh@example.test"]]
    assert refusal(lambda: actions.save_user(None, data=data, actor=operator, now=now)) == (Problem.ADDRESS_TAKEN,)


@pytest.mark.django_db
def test_save_user_closes_an_account_but_never_the_one_in_use(operator: User, stranger: User, now: datetime) -> None:
    closed = UserData(email=stranger.email, name=stranger.name, is_active=False)
    actions.save_user(stranger.pk, data=closed, actor=operator, now=now)
    actions.save_user(stranger.pk, data=closed, actor=operator, now=now)
    assert events() == [
        ("user.changed", operator.pk, {"changed": ["is_active"], "is_active": False, "is_staff": False}),
    ]
    own = UserData(email=operator.email, name=operator.name, is_staff=False)
    assert refusal(lambda: actions.save_user(operator.pk, data=own, actor=operator, now=now)) == (Problem.OWN_RIGHTS,)
    taken = UserData(email=operator.email, name="X")
    assert refusal(lambda: actions.save_user(stranger.pk, data=taken, actor=operator, now=now)) == (
        Problem.ADDRESS_TAKEN,
    )


@pytest.mark.django_db
def test_edit_profile_records_that_the_name_changed_and_not_the_name(member: User, now: datetime) -> None:
    actions.edit_profile(name="Mei  ", name_zh="梅", actor=member, now=now)
    actions.edit_profile(name="Mei", name_zh="梅", actor=member, now=now)
    assert events() == [("user.changed", member.pk, {"changed": ["name", "name_zh"]})]


@pytest.mark.django_db
def test_set_preferences_keeps_what_is_not_given(member: User, now: datetime) -> None:
    actions.set_preferences(language="zh-hans", theme=None, actor=member, now=now)
    actions.set_preferences(language=None, theme=Theme.DARK, actor=member, now=now)
    member.refresh_from_db()
    assert (member.language, member.theme) == ("zh-hans", "dark")


@pytest.mark.django_db
def test_change_password_is_ones_own_recorded_and_told(member: User, stranger: User, now: datetime) -> None:
    assert refusal(
        lambda: actions.change_password(member.pk, password="new password 77", actor=stranger, now=now)
    ) == (Problem.NOT_ALLOWED,)
    actions.change_password(member.pk, password="new password 77", actor=member, now=now)
    member.refresh_from_db()
    assert member.check_password("new password 77")
    assert events() == [("user.password_changed", member.pk, {})]
    assert list(Notice.objects.values_list("user", "verb")) == [(member.pk, "password_changed")]


@pytest.mark.django_db
def test_password_link_is_mailed_once_in_two_minutes_and_never_to_nobody(
    member: User,
    now: datetime,
    empty_cache: None,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    closed = make_user(is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        for address in (member.email.upper(), member.email, closed.email, "nobody@example.test"):
            actions.request_password_link(address, now=now)
    assert [letter.to for letter in mail.outbox] == [[member.email]]
