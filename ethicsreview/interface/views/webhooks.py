"""An organisation's webhooks, and the ledger of what they were told."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ethicsreview.accounts.queries import SignedInRequest, organisations_kept_by
from ethicsreview.interface.actions import end_webhook, make_webhook, send_again
from ethicsreview.interface.domain.webhooks import DeliveryState, Failure
from ethicsreview.interface.forms import WebhookForm
from ethicsreview.interface.models import Webhook, WebhookDelivery
from ethicsreview.interface.queries import ledger_of, ledger_page, webhooks_of
from ethicsreview.interface.reporting import allowed_networks
from ethicsreview.interface.views.doors import kept_organisation, told
from ethicsreview.interface.wording import DELIVERY_STATES, FAILURES


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def webhooks(request: SignedInRequest, organisation_id: int) -> HttpResponse:
    """The list with the form; a new one's secret is shown in the answer to its making and never again."""
    organisation = kept_organisation(request, organisation_id)
    form = WebhookForm(request.POST or None, networks=allowed_networks())
    made, code = None, 200
    if request.method == "POST" and form.is_valid():
        made = make_webhook(organisation_id, **form.cleaned_data, actor=request.user, now=timezone.now())
        form, code = WebhookForm(networks=allowed_networks()), 201
    elif request.method == "POST":
        code = 422
    page = {**told(request, organisation), "rows": webhooks_of(organisation), "form": form, "made": made}
    response = render(request, "interface/webhooks.html", page, status=code)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@login_required
def ledger(request: SignedInRequest, webhook_id: int) -> HttpResponse:
    """What one webhook was told, newest first."""
    webhook = _webhook(request, webhook_id)
    rows, older = ledger_page(ledger_of(webhook), request.GET.get("before", ""))
    lines = [(row, DELIVERY_STATES[DeliveryState(row.state)], _failure(row)) for row in rows]
    page = {**told(request, webhook.organisation), "webhook": webhook, "lines": lines, "older": older}
    return render(request, "interface/webhook_ledger.html", page)


@require_POST
@login_required
def webhook_end(request: SignedInRequest, webhook_id: int) -> HttpResponse:
    """Tells this address nothing more."""
    webhook = _webhook(request, webhook_id)
    end_webhook(webhook.pk, actor=request.user, now=timezone.now())
    messages.success(request, _("The address is told nothing more."))
    return redirect("interface:webhooks", webhook.organisation_id)


@require_POST
@login_required
def replay(request: SignedInRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    """Sends one message again."""
    webhook = _webhook(request, webhook_id)
    delivery = get_object_or_404(ledger_of(webhook), pk=delivery_id)
    send_again(delivery.pk, actor=request.user, now=timezone.now())
    messages.success(request, _("The message is being sent again."))
    return redirect("interface:webhook-ledger", webhook.pk)


def _failure(row: WebhookDelivery) -> str | Promise:
    return FAILURES[Failure(row.last_error)] if row.last_error else ""


def _webhook(request: SignedInRequest, webhook_id: int) -> Webhook:
    kept = organisations_kept_by(request.user, timezone.localdate())
    return get_object_or_404(
        Webhook.objects.select_related("organisation").filter(organisation__in=kept.values("pk")), pk=webhook_id
    )
