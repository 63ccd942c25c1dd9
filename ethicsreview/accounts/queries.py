"""Reading who people are, where they belong and how far an authority sees."""

from collections import defaultdict
from datetime import date, datetime
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Problem, Reach, Refused, fingerprint
from ethicsreview.accounts.models import Invitation, Membership, Organisation, User

MAILS = 100  # invitations handed to the workers by one run
LONGEST_ADDRESS = 254  # characters of a mail address


class SignedInRequest(HttpRequest):
    """A request behind ``login_required``: its user is a person."""

    user: User


def sign_in_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name failed sign-ins are counted under: one person is one counter, however the address is spelt.

    axes asks with ``email``, the model's name for it, and Django tells of failures with ``username``.
    """
    given = credentials or request.POST
    name = given.get("username") or given.get("email") or ""
    return str(name).strip().lower()[:LONGEST_ADDRESS]  # lower case can be longer, and what is written is bounded


def client_address(request: HttpRequest) -> str | None:
    """Where a request comes from, for counting; None when the server was not told.

    Each of our own ``TRUSTED_PROXIES`` adds at the end of X-Forwarded-For whom it heard from; what stands before
    their entries was written by the sender and is not believed.
    """
    passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    count: int = settings.TRUSTED_PROXIES
    told = passed[-count] if 0 < count <= len(passed) else ""
    for candidate in (told, request.META.get("REMOTE_ADDR", "")):
        try:
            return str(ip_address(candidate.strip().partition("%")[0]))
        except ValueError:
            continue
    return None


def current_memberships(user: User, day: date) -> QuerySet[Membership]:
    """The person's roles on ``day``, with their organisations, in a steady order."""
    rows = user.memberships.current(day).select_related("organisation")
    ordered: QuerySet[Membership] = rows.order_by("organisation__name", "organisation_id", "role")
    return ordered


def roles_of(user: User, day: date) -> dict[int, frozenset[MemberRole]]:
    """Organisation id → the roles the person holds there on ``day``."""
    roles: dict[int, set[MemberRole]] = defaultdict(set)
    for organisation_id, role in Membership.objects.current(day).filter(user=user).values_list("organisation", "role"):
        roles[organisation_id].add(MemberRole(role))
    return {organisation_id: frozenset(held) for organisation_id, held in roles.items()}


def has_role(user: User, role: MemberRole, organisation_id: int, day: date) -> bool:
    """Whether the person holds ``role`` in that organisation on ``day``."""
    held = Membership.objects.current(day).filter(user=user, organisation=organisation_id, role=role.value)
    return held.exists()


def organisations_with_role(user: User, role: MemberRole, day: date) -> QuerySet[Organisation]:
    """The organisations in which the person holds ``role`` on ``day``."""
    held = Membership.objects.current(day).filter(user=user, role=role.value)
    return Organisation.objects.filter(pk__in=held.values("organisation")).order_by("name", "pk")


def may_manage(user: User, organisation_id: int, day: date) -> bool:
    """Whether the person keeps that organisation's page and people: its manager, or the operator."""
    return user.is_staff or has_role(user, MemberRole.MANAGER, organisation_id, day)


def organisations_kept_by(user: User, day: date) -> QuerySet[Organisation]:
    """The organisations whose page and people the person keeps on ``day``: those they manage; for the operator all."""
    return organisations_of(user, day) if user.is_staff else organisations_with_role(user, MemberRole.MANAGER, day)


def organisations_of(user: User, day: date) -> QuerySet[Organisation]:
    """The organisations whose page the person may open on ``day``: their own; for the operator all."""
    if user.is_staff:
        return Organisation.objects.order_by("name", "pk")
    held = Membership.objects.current(day).filter(user=user)
    return Organisation.objects.filter(pk__in=held.values("organisation")).order_by("name", "pk")


def jurisdiction(user: User | int, day: date, *, prefix: str = "") -> Q:
    """What the person's authorities cover on ``day``, as a condition on ``Organisation``; it costs no query.

    ``prefix`` leads from another model to the organisation, ``"committee__host__"`` for instance. Someone who is no
    regulator on that day, or whose authority has no jurisdiction, gets a condition that nothing meets. Nothing in it
    refers to the row it filters, so that the database works it out once for a statement, however many rows it reads.
    """
    return Q(**{f"{prefix}pk__in": Organisation.objects.filter(_covered(_terms(user, day))).values("pk")})


def jurisdiction_of(office_id: int, *, prefix: str = "") -> Q:
    """What one authority covers, whoever regulates for it: as ``jurisdiction``, for what is counted for all."""
    office = Organisation.objects.filter(pk=office_id, kind=OrganisationKind.AUTHORITY.value)
    return Q(**{f"{prefix}pk__in": Organisation.objects.filter(_covered(office, office="")).values("pk")})


def _terms(user: User | int | OuterRef, day: date) -> QuerySet[Membership]:
    """The person's terms as a regulator of an authority."""
    held: QuerySet[Membership] = Membership.objects.current(day).filter(user=user, role=MemberRole.REGULATOR.value)
    return held.filter(organisation__kind=OrganisationKind.AUTHORITY.value)


def _covered(held: QuerySet[Membership] | QuerySet[Organisation], *, office: str = "organisation__") -> Q:
    """What the authorities of these rows cover: the only place that says what a reach means.

    ``office`` leads from a row to its authority: from a regulator's term, or nowhere from the authority itself.
    """

    def reaching(reach: Reach, column: str) -> QuerySet[Any, Any]:
        rows = held.filter(**{f"{office}reach": reach.value}).exclude(**{f"{office}{column}": ""})
        places: QuerySet[Any, Any] = rows.order_by().values(f"{office}{column}")
        return places

    offices = held.filter(**{f"{office}reach": Reach.LISTED.value}).order_by().values(f"{office}pk")
    listed = Organisation.covered.through.objects.filter(from_organisation__in=offices)
    return (
        Q(Exists(held.filter(**{f"{office}reach": Reach.NATIONAL.value})))
        | Q(province__in=reaching(Reach.PROVINCE, "province"))
        | Q(sector__in=reaching(Reach.SECTOR, "sector"))
        | Q(pk__in=listed.values("to_organisation"))
    )


def regulating(day: date, *, user: str = "pk") -> Exists:
    """Whether the person whose id stands in the column ``user`` of a row regulates for an authority on ``day``."""
    return Exists(_terms(OuterRef(user), day))


def signed_in_person(user_id: int, day: date) -> User | None:
    """The person with whether they regulate for an authority on ``day``; one query."""
    held = regulating(day)
    person = User.objects.annotate(supervises=held).filter(pk=user_id).first()
    if person is not None:
        person.regulates = person.supervises
    return person


def organisations_in_reach(user: User, day: date) -> QuerySet[Organisation]:
    """The organisations the person supervises on ``day``; empty for anyone but a regulator."""
    return Organisation.objects.filter(jurisdiction(user, day)).order_by("name", "pk")


def offices_of(user: User, day: date) -> list[Organisation]:
    """The authorities the person is a regulator of on ``day``, in a steady order; one query."""
    held = _terms(user, day).values("organisation")
    return list(Organisation.objects.filter(pk__in=held).defer("logo").order_by("pk"))


def office_over(user: User, organisation_id: int, day: date) -> Organisation | None:
    """The authority through which the person supervises that organisation on ``day``; one query and one for each."""
    terms, read = _terms(user, day), Organisation.objects.filter(pk=organisation_id)
    offices = offices_of(user, day)
    return next((one for one in offices if read.filter(_covered(terms.filter(organisation=one))).exists()), None)


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Every term ever held there, the running ones first, with its person."""
    rows = Membership.objects.filter(organisation=organisation).select_related("user")
    return rows.order_by("user__name", "user_id", "role", "-starts")


def offered(token: str, *, actor: User | None, now: datetime) -> tuple[Invitation, User | None]:
    """What a mailed ``token`` offers, and the account that may accept it; None stands for one to be made.

    Raises ``Refused`` for the reasons accepting would be refused.
    """
    rows = Invitation.objects.select_related("organisation", "invited_by")
    invitation = usable(rows.filter(token_sha256=fingerprint(token)).first(), now=now)
    return invitation, account_for(invitation, actor=actor)


def usable(invitation: Invitation | None, *, now: datetime) -> Invitation:
    """The invitation itself if it can be accepted now, else ``Refused`` with the reason."""
    if invitation is None:
        raise Refused(Problem.INVITATION_UNKNOWN)
    if invitation.accepted_at is not None:
        raise Refused(Problem.INVITATION_USED)
    if invitation.withdrawn_at is not None:
        raise Refused(Problem.INVITATION_WITHDRAWN)
    if invitation.expires_at <= now:
        raise Refused(Problem.INVITATION_EXPIRED)
    return invitation


def account_for(invitation: Invitation, *, actor: User | None) -> User | None:
    """The account that accepts, or None when one is to be made; ``Refused`` when somebody else is at the keyboard."""
    if actor is not None and actor.email != invitation.email:
        raise Refused(Problem.INVITATION_FOREIGN)
    if actor is not None:
        return actor
    known = User.objects.filter(email=invitation.email).first()
    if known is None:
        return None
    raise Refused(Problem.SIGN_IN_FIRST if known.is_active else Problem.ACCOUNT_CLOSED)


def open_invitations(organisation: Organisation, moment: datetime) -> QuerySet[Invitation]:
    """Those that can still be accepted, newest first, with who sent them."""
    rows = Invitation.objects.open(moment).filter(organisation=organisation)
    return rows.select_related("invited_by").order_by("-created_at", "-pk")


def unmailed_invitations(moment: datetime) -> list[int]:
    """Ids of open invitations whose mail has not left and is due again."""
    rows = Invitation.objects.open(moment).filter(mailed_at__isnull=True, next_mail_at__lte=moment)
    return list(rows.order_by("next_mail_at").values_list("pk", flat=True)[:MAILS])
