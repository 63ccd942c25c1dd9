"""The door of an organisation's tokens and webhooks: for whoever does not keep it there are none."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from ethicsreview.accounts.models import Organisation
from ethicsreview.accounts.queries import SignedInRequest, organisations_kept_by


def kept_organisation(request: SignedInRequest, organisation_id: int) -> Organisation:
    """The organisation whose page the person keeps; raises ``Http404``."""
    return get_object_or_404(organisations_kept_by(request.user, timezone.localdate()), pk=organisation_id)


def told(request: SignedInRequest, organisation: Organisation) -> dict[str, Any]:
    """What the pages about it name it by."""
    return {"organisation": organisation, "organisation_name": organisation.name_in(request.LANGUAGE_CODE)}
