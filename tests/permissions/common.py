"""Everything that is neither of one case nor of one verification: people, committees, tokens, lists, the desk."""

from datetime import timedelta

from django.utils import timezone

from ethicsreview.accounts.actions import invite
from ethicsreview.accounts.domain import MemberRole, Reach
from ethicsreview.accounts.models import Invitation, Membership, Organisation
from ethicsreview.documents.models import SignedDocument
from ethicsreview.interface.actions import collect_events, make_organisation_token, make_token, make_webhook
from ethicsreview.interface.domain.tokens import Scope
from ethicsreview.interface.models import WebhookDelivery
from ethicsreview.notices.models import Notice
from ethicsreview.portal.models import SavedSearch
from tests.authorities import make_regulator
from tests.documents import sign
from tests.factories import make_person, make_user
from tests.permissions.worlds import Things, World, first, token_of
from tests.scenes import Scene
from workflows.actions.archives import request_dossier
from workflows.domain.states import State
from workflows.models import Case, CaseReport, Seat

STATES = ("today",)


def common_world(scene: Scene, _state: str) -> World:
    """A review body with a decided case, its tokens and webhooks, what its people keep, and those who oversee it."""
    case = scene.case_in(State.APPROVED)
    sign(CaseReport.objects.earliest("pk"), scene.host)
    elsewhere = Organisation.objects.create(kind="enterprise", name="Far Away Ltd")
    people = {
        "nobody": None,
        "stranger": make_person(role=MemberRole.APPLICANT, organisation=elsewhere),
        "applicant": scene.lead,
        "enterprise": make_person(role=MemberRole.ENTERPRISE, organisation=scene.company),
        "secretary": scene.secretary,
        "chair": scene.chair,
        "member": scene.members[0],
        "manager": scene.manager,
        "manager elsewhere": make_person(role=MemberRole.MANAGER, organisation=elsewhere),
        "assessor of the host": make_person(role=MemberRole.ASSESSOR, organisation=scene.host),
        "national regulator": make_regulator(Reach.NATIONAL),
        "regulator of another province": make_regulator(Reach.PROVINCE, province="110000"),
        "operator": make_user(is_staff=True, is_superuser=True),
        "service of the applicant's": None,
    }
    secrets = {"service of the applicant's": token_of(scene.company, MemberRole.APPLICANT, scene)}
    return World(people, _things(case, scene), frozenset(), secrets)


def _things(case: Case, scene: Scene) -> Things:
    seat = first(Seat.objects.filter(user=scene.members[0]))
    archive = request_dossier(case.pk, actor=scene.secretary, now=timezone.now())
    saved = SavedSearch.objects.create(owner=scene.lead, name="Mine", address="kind=cases", created_at=scene.now)
    found: Things = {
        ("accounts", "organisation_id"): scene.host.pk,
        ("accounts", "uidb64"): "MQ",
        ("accounts", "token"): "no-token",
        ("archives", "pk"): archive.pk,
        ("archives", "archive"): archive.pk,
        ("committees", "pk"): scene.committee.pk,
        ("committees", "committee"): scene.committee.pk,
        ("committees", "code"): scene.committee.code,
        ("docs", "name"): "cases",
        ("figures", "key"): "cases",
        ("instruments", "slug"): scene.instrument.slug,
        ("instruments", "version"): scene.instrument.version,
        ("notices", "notice_id"): first(Notice.objects.filter(user=scene.lead)),
        ("rulebooks", "slug"): scene.rulebook.slug,
        ("rulebooks", "version"): scene.rulebook.version,
        ("search", "pk"): saved.pk,
        ("seats", "pk"): seat,
        ("seats", "seat"): seat,
        ("verify", "code"): SignedDocument.objects.earliest("pk").code,
    }
    return found | _of_people(scene) | _of_programs(scene)


def _of_people(scene: Scene) -> Things:
    given = {"email": "new@example.test", "name": "Ne New", "role": MemberRole.MEMBER, "language": "en"}
    invite(organisation_id=scene.host.pk, **given, actor=scene.manager, now=timezone.now())
    membership = first(Membership.objects.filter(organisation=scene.host, user=scene.members[0]))
    invitation = first(Invitation.objects.all())
    return {
        ("accounts", "membership_id"): membership,
        ("accounts", "invitation_id"): invitation,
        ("organisations", "organisation"): scene.host.pk,
        ("organisations", "membership"): membership,
        ("organisations", "invitation"): invitation,
    }


def _of_programs(scene: Scene) -> Things:
    now = timezone.now()
    webhook, _secret = make_webhook(
        scene.host.pk, address="https://hooks.example.org/in", verbs=["token.made"], actor=scene.manager, now=now
    )
    terms = {"scopes": tuple(Scope), "expires_at": now + timedelta(days=30), "actor": scene.manager, "now": now}
    make_organisation_token(scene.host.pk, name="Robot", role=MemberRole.MANAGER, **terms)
    own, _told = make_token(name="Own", **terms | {"actor": scene.lead})
    collect_events(webhook.pk, now=now)
    delivery = WebhookDelivery.objects.earliest("pk").pk
    return {
        ("organisations", "webhook"): webhook.pk,
        ("organisations", "delivery"): delivery,
        ("tokens", "organisation_id"): scene.host.pk,
        ("tokens", "token_id"): own.pk,
        ("tokens", "token"): own.pk,
        ("webhooks", "organisation_id"): scene.host.pk,
        ("webhooks", "webhook_id"): webhook.pk,
        ("webhooks", "delivery_id"): delivery,
    }
