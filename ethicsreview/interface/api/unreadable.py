"""What is answered below the door to an address that nothing can look for."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from ethicsreview.interface.api.doors import Door
from ethicsreview.interface.domain.problems import Kind, Stop


class UnreadableDoor(Door):
    """An address with a character in it that no text is made of."""

    public = True
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Stop(Kind.BAD_REQUEST, _("The address holds a character that no text is made of."))
