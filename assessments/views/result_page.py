"""What the result page shows: the tier with its gates in words, what blocks the next one, charts with their tables."""

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessments.domain.dimensions import dimension_values
from assessments.domain.scorefile import cut
from assessments.domain.scoring import Gate, Standing, Verdict
from assessments.domain.staged import Criterion, Dimension, StagedItem
from assessments.queries.maturity import MaturityFolder
from assessments.views.pieces import tier_name, tongue
from assessments.wording import GATES
from ethicsreview.charts.domain import Axis, Cell, Chart
from ethicsreview.charts.heatmap import heatmap
from ethicsreview.charts.radar import radar

SHORT = 3  # characters of a step's key that fit into a field of the heat map
NAMED = 3  # items named in the sentence of a gate; all of them stand in the list of what blocks


def result_context(folder: MaturityFolder) -> dict[str, Any]:
    """The whole page for one assessment, complete or with bounds."""
    page = ResultPage(folder, tongue())
    return {
        "standing": page.standing(),
        "gates": page.gates(),
        "binding": page.binding(),
        "blocking": page.blocking(),
        "following": page.following,
        "thresholds": page.thresholds(),
        "items": page.items(),
        "radar": page.radar(),
        "heat": page.heat(),
        "highest": folder.instrument.highest,
        "notice": folder.instrument.notice.in_(page.language),
    }


class ResultPage:
    """One result in one language; every number is cut, never rounded."""

    def __init__(self, folder: MaturityFolder, language: str) -> None:
        self.folder = folder
        self.instrument = folder.instrument
        self.language = language
        self.found = folder.result
        self.lower: Verdict = folder.result.lower
        self.upper: Verdict = folder.result.upper
        self.top = folder.row.target

    def tier(self, number: int) -> str:
        return tier_name(self.instrument, number)

    def item(self, key: str) -> str:
        return f"{key} {self.instrument.items[key].title.in_(self.language)}"

    def standing(self) -> dict[str, Any]:
        """The tier and index, or what they lie between, and how many answers are missing."""
        low, high = self.lower, self.upper
        return {
            "complete": self.found.complete,
            "provisional": self.folder.proof is not None and self.folder.proof.provisional,
            "graded": low.tier > 0,
            "tier": self.tier(low.tier),
            "highest": self.tier(high.tier),
            "spans": low.tier != high.tier,
            "meaning": self._meaning(low.tier) if low.tier == high.tier else "",
            "index": span(low.index, high.index),
            "target": self.tier(self.top),
            "reached": low.tier >= self.top,
            "missing": len(self.found.unanswered),
            "capped": len(self.folder.counted.lacking),
        }

    def _meaning(self, number: int) -> str:
        tier = self.instrument.tier(number)
        return tier.meaning.in_(self.language) if tier else ""

    def gates(self) -> list[dict[str, Any]]:
        """Each gate with the highest tier it allows and why no higher one."""
        return [
            {
                "name": GATES[gate],
                "tier": self.tier(allowed),
                "binding": gate in self.lower.binding,
                "why": self._why(gate, allowed),
            }
            for gate, allowed in self.lower.gates.items()
        ]

    def binding(self) -> list[str]:
        """The sentence for each gate that holds the tier down; none where the target is reached."""
        if self.lower.tier >= self.top:
            return []
        reached = self.tier(self.lower.tier)
        sentence = pgettext("maturity", "%(tier)s, because %(reason)s")
        return [
            sentence % {"tier": reached, "reason": self._reason(gate, self.lower.gates[gate])}
            for gate in self.lower.binding
        ]

    def _why(self, gate: Gate, allowed: int) -> str:
        if allowed >= self.top:
            return _("It does not hold the result back.")
        reason = self._reason(gate, allowed)
        return f"{reason[:1].upper()}{reason[1:]}"

    def _reason(self, gate: Gate, allowed: int) -> str:
        """Why the tier after ``allowed`` is out of reach, as the end of a sentence."""
        following = allowed + 1
        if gate is Gate.DCMM:
            return self._dcmm(following)
        if gate is Gate.SCORE:
            words = {
                "level": following,
                "score": cut(self.lower.capped[following]),
                "least": cut(following - self.instrument.score_margin),
            }
            return _("the score up to level %(level)s is %(score)s and tier %(level)s asks for %(least)s.") % words
        return self._floor(following)

    def _dcmm(self, following: int) -> str:
        gate = self.instrument.dcmm
        level = self.folder.proof.level if self.folder.proof else 0
        words = {"level": level, "tier": following, "least": gate.least[following] if gate else 0}
        if level == 0:
            return _("no DCMM level is proved and tier %(tier)s asks for level %(least)s.") % words
        return _("data management is at DCMM level %(level)s and tier %(tier)s asks for level %(least)s.") % words

    def _floor(self, following: int) -> str:
        below = [key for key in self.instrument.items if self._is_below(key, following)]
        named = [
            pgettext("maturity", "%(item)s is at level %(level)s")
            % {"item": self.item(key), "level": self.lower.levels[key]}
            for key in below[:NAMED]
        ]
        rest = len(below) - len(named)
        if rest > 0:
            named.append(
                ngettext("%(count)s more item is too low", "%(count)s more items are too low", rest) % {"count": rest}
            )
        listed = pgettext("list of reasons", "; ").join(named)
        return _("%(items)s, which is not enough for tier %(tier)s.") % {"items": listed, "tier": following}

    def _is_below(self, key: str, tier: int) -> bool:
        level = self.lower.levels[key]
        return level is not None and level < self._floor_of(self.instrument.items[key], tier)

    def _floor_of(self, item: StagedItem, tier: int) -> int:
        return item.floor(tier, strict=self.instrument.strict_floor)

    def blocking(self) -> list[dict[str, Any]]:
        """The items that keep the next tier away, with what each lacks."""
        following = self.lower.tier + 1
        if self.lower.tier >= self.top:
            return []
        return [
            {
                "key": key,
                "title": self.instrument.items[key].title.in_(self.language),
                "dimension": self.instrument.dimension_of[key].key,
                "level": self.lower.levels[key],
                "score": cut(self.lower.scores[key] or Fraction(0)),
                "needs": self._floor_of(self.instrument.items[key], following),
                "below": self._is_below(key, following),
            }
            for key in self.lower.blocking
        ]

    @property
    def following(self) -> str:
        """The tier that is kept away."""
        return self.tier(min(self.lower.tier + 1, self.top))

    def thresholds(self) -> list[dict[str, Any]]:
        """For each tier the score up to its level and what it asks for."""
        return [
            {
                "tier": self.tier(tier),
                "score": span(self.lower.capped[tier], self.upper.capped[tier]),
                "least": cut(tier - self.instrument.score_margin),
                "reached": self.lower.capped[tier] >= tier - self.instrument.score_margin,
                "asked": tier <= self.top,
            }
            for tier in range(1, self.instrument.highest + 1)
        ]

    def items(self) -> list[dict[str, Any]]:
        """Dimension by dimension: level, score and weight of each item."""
        return [
            {
                "key": dimension.key,
                "title": dimension.title.in_(self.language),
                "weight": dimension.weight,
                "items": [self._item_row(item) for item in dimension.items],
            }
            for dimension in self.instrument.dimensions
        ]

    def _item_row(self, item: StagedItem) -> dict[str, Any]:
        low, high = self.lower.levels[item.key], self.upper.levels[item.key]
        below, above = self.lower.scores[item.key], self.upper.scores[item.key]
        return {
            "key": item.key,
            "title": item.title.in_(self.language),
            "aside": low is None,
            "level": f"{low}" if low == high else f"{low}–{high}",
            "score": span(below, above) if below is not None and above is not None else "",
            "weight": _weight(self.found.weights.get(item.key, Fraction(0))),
            "core": item.core_from == 1,
            "core_from": item.core_from if item.core_from and item.core_from > 1 else None,
            "blocking": item.key in self.lower.blocking and self.lower.tier < self.top,
        }

    def radar(self) -> Chart | None:
        """A value for each dimension, from its lowest to its highest item; two dimensions make no radar."""
        if len(self.instrument.dimensions) < 3:
            return None
        means = dimension_values(self.instrument, self.found, self.lower)
        axes = [self._axis(dimension, means[dimension.key]) for dimension in self.instrument.dimensions]
        title = _("Maturity by dimension")
        told = _("The weighted mean of the items' scores of each dimension, from 0 to %(most)s.")
        return radar(
            axes,
            maximum=self.instrument.highest,
            title=title,
            description=told % {"most": self.instrument.highest},
            language=self.language,
        )

    def _axis(self, dimension: Dimension, mean: Fraction) -> Axis:
        scores = [score for item in dimension.items if (score := self.lower.scores[item.key]) is not None]
        return Axis(dimension.key, dimension.title.in_(self.language), mean, min(scores), max(scores))

    def heat(self) -> Chart:
        """Items against levels: what each cell is rated, and where an item that blocks comes to a stop."""
        levels = range(1, self.instrument.highest + 1)
        return heatmap(
            [self.item(key) for key in self.instrument.items],
            [pgettext("heat map", "Level %(number)s") % {"number": level} for level in levels],
            [[self._cell(item, level) for level in levels] for item in self.instrument.items.values()],
            maximum=1,
            title=_("Items by level"),
            description=_("What each item is rated at each level; the deeper the colour, the more of it is met."),
            language=self.language,
        )

    def _cell(self, item: StagedItem, level: int) -> Cell:
        cell = item.cells[level - 1]
        states = {self.folder.standings[one.key] for one in cell}
        stopped = self.lower.levels[item.key]
        marked = self.lower.tier < self.top and item.key in self.lower.blocking and level - 1 == stopped
        if Standing.NOT_APPLICABLE in states:
            return Cell(text=pgettext("heat map", "n/a"))
        if Standing.NOT_REACHED in states:
            return Cell(text="–")
        if Standing.UNANSWERED in states:
            return Cell(text="?", marked=marked)
        return Cell(self._mean(cell), self._sign(cell), marked)

    def _mean(self, cell: tuple[Criterion, ...]) -> Fraction:
        steps = self.folder.ratings.steps
        return sum((self.instrument.steps[steps[one.key]].value for one in cell), Fraction(0)) / len(cell)

    def _sign(self, cell: tuple[Criterion, ...]) -> str:
        """The step's key where there is one criterion with a short one; else the number stands there."""
        key = self.folder.ratings.steps[cell[0].key]
        return key if len(cell) == 1 and len(key) < SHORT else ""


def span(low: Fraction, high: Fraction) -> str:
    """One number, or the two it lies between."""
    return cut(low) if low == high else f"{cut(low)}–{cut(high)}"


def _weight(weight: Fraction) -> str:
    return str(weight.numerator) if weight.denominator == 1 else cut(weight)
