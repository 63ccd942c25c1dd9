"""Who works on an assessment, for programs: naming, ending, handing over the lead."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from assessments.actions.contributors import change_lead, name_contributor, remove_contributor
from assessments.api.doors import AssessmentThing, Piece, named, wrong
from assessments.queries.maturity import MaturityFolder, day_of
from assessments.queries.people import colleagues_of
from assessments.serializers.plans import ColleaguesSerializer, DimensionsBody, LeadBody
from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed


class ColleaguesDoor(AssessmentThing):
    """Who leads an assessment and who contributes to what."""

    shape = ColleaguesSerializer

    def data(self, thing: Any) -> Data:
        folder = self.folder_of(thing).afresh()
        told = {
            "lead": named(folder.row.lead),
            "contributors": [{**named(row.user), "dimensions": row.dimensions} for row in folder.contributors],
            "colleagues": [named(user) for user in everybody(folder)],
        }
        return dict(ColleaguesSerializer(told).data)


def everybody(folder: MaturityFolder) -> list[User]:
    """People with the enterprise role there today."""
    return colleagues_of(folder.row.organisation_id, day_of(folder.now))


class ColleagueDoor(ColleaguesDoor):
    """One colleague, whether named or not yet; answers with all."""

    def open(self, **address: Any) -> Piece:
        folder = self.assessment(address["assessment"])
        named_ones = [row.user for row in folder.contributors]
        user = next((one for one in (*everybody(folder), *named_ones) if one.pk == address["person"]), None)
        if user is None:
            raise Http404
        return Piece(folder, user)

    def told(self, deed: Deed, result: Any, **address: Any) -> Any:
        """Somebody whose part is ended may have left the enterprise: who is left is told."""
        return self.answer(self.assessment(address["assessment"]))


def _name(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return name_contributor(thing.folder.row.pk, thing.row, body["dimensions"], actor=caller, now=now)


def _remove(thing: Piece, caller: User, now: datetime, body: Data) -> None:
    remove_contributor(thing.folder.row.pk, thing.row, actor=caller, now=now)


def _hand_over(thing: MaturityFolder, caller: User, now: datetime, body: Data) -> object:
    user = next((one for one in everybody(thing) if one.pk == body["person"]), None)
    if user is None:
        raise wrong("/person", _("Nobody with the enterprise role has this number."))
    return change_lead(thing.row.pk, user, actor=caller, now=now)


NAME = Deed(
    "contributor_name",
    "Let a colleague answer dimensions",
    _name,
    takes=DimensionsBody,
    description="These from now on and no others; the colleague is told.",
    example={"dimensions": ["1", "2"]},
)
REMOVE = Deed("contributor_remove", "End a colleague's part", _remove, description="What he or she answered stays.")
LEAD = Deed(
    "assessment_hand_over",
    "Hand the lead over",
    _hand_over,
    takes=LeadBody,
    description="Who leads does so, or anybody of the enterprise once the lead has left it.",
    example={"person": 7},
)
