"""An authority's figures for programs."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from django.http import Http404
from django.utils import timezone

from ethicsreview.accounts.queries import offices_of
from ethicsreview.interface.api.doors import Data, ThingDoor
from ethicsreview.interface.domain.tokens import Half, Scope
from ethicsreview.interface.models import Token
from ethicsreview.portal.domain.figures import ON_CERTIFICATES, Board
from ethicsreview.portal.queries.figures import Counted, figures_for
from ethicsreview.portal.reporting.boards import Line, Panel, Shown
from ethicsreview.portal.reporting.naming import reach_name
from ethicsreview.portal.reporting.panels import panels_of
from ethicsreview.portal.serializers.figures import FiguresSerializer
from workflows.actions.oversight import record_search
from workflows.api.doors import named, spoken, today


class FiguresDoor(ThingDoor):
    """The figures of the caller's authority, of the one named in the address where there are several."""

    half = Half.CASES
    tag = "figures"
    shape = FiguresSerializer

    def open(self, **address: Any) -> Counted:
        offices = offices_of(self.caller, today(timezone.now()))
        wanted = address.get("authority")
        office = next((one for one in offices if wanted in (None, one.pk)), None)
        if office is None:
            raise Http404
        return figures_for(self.caller, office)

    def noticed(self, thing: Any) -> None:
        """That they were taken along, as of a workbook."""
        asked = {"authority": str(thing.office.pk), "form": "json"}
        record_search(about="figures", filters=asked, actor=self.caller, now=timezone.now())

    def data(self, thing: Any) -> Data:
        panels = panels_of(thing) if self._reads_maturity else tuple(map(_of_cases, panels_of(thing)))
        return dict(
            FiguresSerializer(
                {
                    "authority": named(thing.office),
                    "jurisdiction": reach_name(thing.office, spoken()),
                    "counted_at": thing.at,
                    "own_cases": thing.own,
                    "tables": [_table(panel) for panel in panels if panel.lines or panel.board is not Board.MATURITY],
                }
            ).data
        )

    @property
    def _reads_maturity(self) -> bool:
        """Whether the token covers the other half too."""
        token = self.request.auth
        return isinstance(token, Token) and Scope.MATURITY_READ.value in token.scopes


def _of_cases(panel: Panel) -> Panel:
    """Without what is about maturity."""
    if panel.board is Board.MATURITY:
        return replace(panel, lines=())
    lines = tuple(line for line in panel.lines if panel.board is not Board.OVERDUE or line.code not in ON_CERTIFICATES)
    return replace(panel, lines=lines)


def _table(panel: Panel) -> Data:
    return {
        "key": panel.key,
        "board": panel.board.value,
        "title": panel.title,
        "instrument": panel.about,
        "columns": list(panel.heads),
        "rows": [_row(line) for line in panel.lines],
        "notes": list(panel.notes),
        "left_out": list(panel.left_out),
    }


def _row(line: Line) -> Data:
    return {
        "code": str(line.code),
        "name": line.label,
        "article": line.note,
        "values": [_value(shown) for shown in line.values],
    }


def _value(shown: Shown) -> Data:
    mean = isinstance(shown.value, Fraction)
    return {
        "number": None if mean else shown.value,
        "mean": shown.text if mean else None,
        "list": shown.url,
    }
