"""The schema itself, for programs."""

from rest_framework.request import Request
from rest_framework.response import Response

from ethicsreview.interface.api.doors import Door
from ethicsreview.interface.queries import described


class SchemaDoor(Door):
    """The schema of this interface."""

    public = True
    schema = None

    def get(self, request: Request) -> Response:
        return Response(described(), content_type="application/vnd.oai.openapi+json")
