"""The schema's grammar: what every operation takes and answers beside its own, and how a token is shown."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import Direction, OpenApiParameter, OpenApiResponse

from ethicsreview.interface.api.doors import Door, FileDoor, ManyDoor, ThingDoor
from ethicsreview.interface.api.problems import MEDIA_TYPE
from ethicsreview.interface.domain.problems import STATUS, Kind
from ethicsreview.interface.serializers import ProblemSerializer
from ethicsreview.interface.wording import TITLES

ALWAYS = (Kind.NOT_FOUND, Kind.REFUSED, Kind.TOO_MANY, Kind.TOO_LARGE, Kind.BAD_INPUT, Kind.NO_SUCH_METHOD)
WITH_TOKEN = (Kind.NOT_SIGNED_IN, Kind.SCOPE_MISSING)
WRITING = (Kind.CHANGED_MEANWHILE, Kind.MEDIA_TYPE, Kind.KEY_REUSED)
HEADER: Final = "header"
IN_ADDRESSES = {
    "aim": "“fewest” or “cheapest”.",
    "archive": "Id of an archive.",
    "assessment": "Id of a self-assessment.",
    "authority": "Id of one of the caller's authorities.",
    "ballot": "Id of a ballot of the panel.",
    "certificate": "Id of a certificate.",
    "claim": "Id of a claim.",
    "code": "Code of a committee.",
    "committee": "Id of a committee.",
    "conflict": "Id of a conflict.",
    "criterion": "Key of a criterion, as 1.1.1.",
    "delivery": "Id of a message.",
    "entry": "Id of an entry of the visit.",
    "file": "Id of a document.",
    "finding": "Id of a finding.",
    "invitation": "Id of an invitation.",
    "item": "Key of an item of the instrument, or of the application.",
    "meeting": "Id of a meeting.",
    "membership": "Id of a term.",
    "motion": "Id of a motion.",
    "number": "Number of a version; of a certificate in the register its own.",
    "objection": "Id of an objection.",
    "organisation": "Id of an organisation.",
    "page": "Number of a page, from 1.",
    "person": "Id of a person.",
    "piece": "Id of a piece of evidence.",
    "ref": "Reference of a case; “draft-” and its id name it for life.",
    "reference": "Reference of a verification.",
    "renewal": "Id of a renewal.",
    "report": "Id of a signed document.",
    "seat": "Id of a seat.",
    "slug": "The name all its editions share.",
    "step": "Id of a step of the plan.",
    "tier": "Number of a tier.",
    "token": "Id of a token.",
    "verification": "Id of a verification.",
    "version": "Number of an edition.",
    "webhook": "Id of a webhook.",
}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself by being defined
    """How a token is shown."""

    target_class = "ethicsreview.interface.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "er_<id>_<secret>"}


class DoorSchema(AutoSchema):
    """Problem details, version marks and repeated calls for every operation of a door."""

    view: Any

    @property
    def writes(self) -> bool:
        return self.method not in {"GET", "HEAD"}

    def get_tags(self) -> list[str]:
        return [self.view.tag or self.view.half.value] if isinstance(self.view, Door) else ["schema"]

    def get_auth(self) -> list[dict[str, Any]]:
        return [] if getattr(self.view, "public", False) else super().get_auth()

    def get_override_parameters(self) -> list[Any]:
        found = [OpenApiParameter("Accept-Language", OpenApiTypes.STR, HEADER, description="en or zh-hans.")]
        if not isinstance(self.view, Door):
            return []
        if isinstance(self.view, ThingDoor | ManyDoor) and not isinstance(self.view, FileDoor):
            words = "Names of the fields wanted, separated by commas; all without it."
            found.append(OpenApiParameter("fields", OpenApiTypes.STR, description=words))
        if self.writes:
            words = "1 to 200 visible ASCII characters. A call repeated with its key is done once and answered alike."
            found.append(OpenApiParameter("Idempotency-Key", OpenApiTypes.STR, HEADER, description=words))
        if isinstance(self.view, ThingDoor) and not isinstance(self.view, FileDoor):
            name, words = (
                ("If-Match", "412 unless it still is at this version.")
                if self.writes
                else (
                    "If-None-Match",
                    "304 while it still is at this version.",
                )
            )
            found.append(OpenApiParameter(name, OpenApiTypes.STR, HEADER, description=words))
        return found

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if not isinstance(self.view, Door):
            return bodies
        if isinstance(self.view, ThingDoor) and not self.writes:
            bodies["304"] = {"description": "Not modified."}
        kinds = [*ALWAYS, *(() if self.view.public else WITH_TOKEN), *(WRITING if self.writes else ())]
        kinds += [Kind.FILE_LOST] if isinstance(self.view, FileDoor) else []
        for kind in kinds:
            told = OpenApiResponse(ProblemSerializer, description=_english(kind))
            bodies.setdefault(str(STATUS[kind]), self._told(told, STATUS[kind], direction))
        return dict(sorted(bodies.items()))

    def _told(self, told: OpenApiResponse, status: int, direction: Direction) -> Any:
        return self._get_response_for_code(told, str(status), [MEDIA_TYPE], direction)  # type: ignore[no-untyped-call]


def _english(kind: Kind) -> str:
    return f"{kind.value}: {TITLES[kind]}."


def shared(result: dict[str, Any], **_given: Any) -> dict[str, Any]:
    """The schema with problems and headers, which most operations have alike, told once and referred to."""
    parts = result["components"]
    for item in result["paths"].values():
        for operation in item.values():
            for code, response in operation["responses"].items():
                if MEDIA_TYPE in response.get("content", {}):
                    name = response["description"].partition(":")[0]
                    operation["responses"][code] = _kept(
                        parts.setdefault("responses", {}), "responses", name, response
                    )
            for one in operation.get("parameters", []):
                if one["in"] == "path" and one["name"] in IN_ADDRESSES:
                    one.setdefault("description", IN_ADDRESSES[one["name"]])
            operation["parameters"] = [
                _kept(parts.setdefault("parameters", {}), "parameters", one["name"], one)
                if one["in"] == "header"
                else one
                for one in operation.get("parameters", [])
            ]
    return result


def _kept(known: dict[str, Any], kind: str, name: str, part: Any) -> Any:
    """A reference to the part under its name; the part itself where another one has that name."""
    return {"$ref": f"#/components/{kind}/{name}"} if known.setdefault(name, part) == part else part
