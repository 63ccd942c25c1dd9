"""What the demo's files say, and when each thing of it happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from ethicsreview.strictyaml import load

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "demo"


class BrokenScript(Exception):
    """The demo's files do not say what the procedure allows; the message names the step."""


@dataclass(frozen=True)
class Step:
    """One deed of the story: what, about which case or meeting, and what else is given."""

    at: datetime
    do: str
    about: str
    given: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.about}, {self.at:%Y-%m-%d %H:%M}, {self.do}"


class Script:
    """The files of one folder; each is read when first asked for."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder

    def _read(self, name: str) -> Any:
        return load((self.folder / name).read_text(encoding="utf-8"))

    @cached_property
    def cast(self) -> dict[str, Any]:
        """Organisations, people, committees, accounts."""
        return dict(self._read("cast.yaml"))

    @cached_property
    def papers(self) -> dict[str, Any]:
        """The documents an application hands in, by item."""
        return dict(self._read("papers.yaml"))

    @cached_property
    def remarks(self) -> dict[str, Any]:
        """What reviewers write beside a rating, by indicator."""
        return dict(self._read("remarks.yaml"))

    @cached_property
    def common(self) -> dict[str, Any]:
        """Answers many applications share, by language; an application's own stand over them."""
        return dict(self._read("answers.yaml"))

    @cached_property
    def meetings(self) -> dict[str, Any]:
        """Meetings by key, each with its story."""
        return dict(self._read("meetings.yaml"))

    @cached_property
    def maturity(self) -> dict[str, Any]:
        """Assessments of maturity by key, and what they share."""
        return dict(self._read("maturity.yaml"))

    @cached_property
    def cases(self) -> dict[str, Any]:
        """Cases by key, the name of their file."""
        return {file.stem: self._read(f"cases/{file.name}") for file in sorted((self.folder / "cases").glob("*.yaml"))}

    def steps(self, now: datetime) -> list[Step]:
        """Every step of every story in the order of time, so that each audit chain runs forward."""
        stories = (self.cases, self.meetings, self.maturity["assessments"])
        found = [step for told in stories for step in _steps(told, now)]
        return sorted(found, key=lambda step: step.at)


def _steps(stories: Mapping[str, Any], now: datetime) -> Iterator[Step]:
    for key, content in stories.items():
        for row in content["story"]:
            given = {name: value for name, value in row.items() if name not in {"at", "do"}}
            yield Step(moment(row["at"], now), row["do"], key, given)


def moment(text: str, now: datetime) -> datetime:
    """``-12 14:30`` is twelve days ago at half past two here, ``now -25`` twenty-five minutes ago."""
    day, clock = text.split()
    if day == "now":
        return now + timedelta(minutes=int(clock))
    hour, minute = clock.split(":")
    then = timezone.localtime(now) + timedelta(days=int(day))
    return then.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
