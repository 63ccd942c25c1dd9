"""Addresses of the door for programs that belong to neither half, and of the pages about it."""

from django.urls import path

from ethicsreview.interface.api import own, people, webhooks
from ethicsreview.interface.api.addresses import Reading, address
from ethicsreview.interface.api.described import SchemaDoor
from ethicsreview.interface.api.history import ChainDoor, EventsDoor
from ethicsreview.interface.views import docs as docs_pages
from ethicsreview.interface.views import tokens as token_pages
from ethicsreview.interface.views import webhooks as webhook_pages

app_name = "interface"
ORGANISATION = "api/v1/organisations/<int:organisation>"
urlpatterns = [
    path("tokens/", token_pages.own_tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke/", token_pages.token_revoke, name="token-revoke"),
    path("tokens/organisation/<int:organisation_id>/", token_pages.organisation_tokens, name="organisation-tokens"),
    path("webhooks/organisation/<int:organisation_id>/", webhook_pages.webhooks, name="webhooks"),
    path("webhooks/<int:webhook_id>/", webhook_pages.ledger, name="webhook-ledger"),
    path("webhooks/<int:webhook_id>/end/", webhook_pages.webhook_end, name="webhook-end"),
    path("webhooks/<int:webhook_id>/<int:delivery_id>/replay/", webhook_pages.replay, name="webhook-replay"),
    path("api/v1/docs/", docs_pages.docs, name="docs"),
    path("api/v1/docs/<slug:name>/", docs_pages.operation, name="operation"),
    path("api/v1/schema/", SchemaDoor.as_view(), name="schema"),
    address("api/v1/me", own.OwnDoor, get=Reading("me", "Who calls: person, roles, token")),
    address("api/v1/tokens", own.TokensDoor, get=Reading("tokens", "The caller's own tokens")),
    address("api/v1/tokens/<int:token>", own.TokenDoor, get=Reading("token", "One token")),
    address("api/v1/tokens/<int:token>/revoke", own.TokenDoor, post=own.REVOKE),
    address(
        "api/v1/organisations",
        people.OrganisationsDoor,
        get=Reading("organisations", "Organisations the caller belongs to or supervises"),
    ),
    address(
        f"{ORGANISATION}", people.OrganisationDoor, get=Reading("organisation", "One organisation"), patch=people.EDIT
    ),
    address(
        f"{ORGANISATION}/memberships",
        people.MembershipsDoor,
        get=Reading("memberships", "People of an organisation and their roles"),
    ),
    address(
        f"{ORGANISATION}/memberships/<int:membership>", people.MembershipDoor, get=Reading("membership", "One term")
    ),
    address(f"{ORGANISATION}/memberships/<int:membership>/end", people.MembershipDoor, post=people.END),
    address(
        f"{ORGANISATION}/invitations",
        people.InvitationsDoor,
        get=Reading("invitations", "Open invitations"),
        post=people.INVITE,
    ),
    address(
        f"{ORGANISATION}/invitations/<int:invitation>",
        people.InvitationDoor,
        get=Reading("invitation", "One open invitation"),
    ),
    address(f"{ORGANISATION}/invitations/<int:invitation>/withdraw", people.InvitationDoor, post=people.WITHDRAW),
    address(f"{ORGANISATION}/events", EventsDoor, get=Reading("events", "The organisation's history")),
    address(f"{ORGANISATION}/chain", ChainDoor, get=Reading("chain", "Whether the organisation's history holds")),
    address(
        f"{ORGANISATION}/webhooks",
        webhooks.WebhooksDoor,
        get=Reading("webhooks", "Webhooks of an organisation"),
        post=webhooks.MAKE,
    ),
    address(f"{ORGANISATION}/webhooks/<int:webhook>", webhooks.WebhookDoor, get=Reading("webhook", "One webhook")),
    address(f"{ORGANISATION}/webhooks/<int:webhook>/end", webhooks.WebhookDoor, post=webhooks.END),
    address(
        f"{ORGANISATION}/webhooks/<int:webhook>/deliveries",
        webhooks.DeliveriesDoor,
        get=Reading("webhook_deliveries", "What a webhook was told"),
    ),
    address(
        f"{ORGANISATION}/webhooks/<int:webhook>/deliveries/<int:delivery>",
        webhooks.DeliveryDoor,
        get=Reading("webhook_delivery", "One message"),
    ),
    address(
        f"{ORGANISATION}/webhooks/<int:webhook>/deliveries/<int:delivery>/replay",
        webhooks.DeliveryDoor,
        post=webhooks.AGAIN,
    ),
]
