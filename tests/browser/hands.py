"""The same acts by mouse and by keyboard alone, so that one journey is walked either way."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor

MOST_TABS = 400  # a page on which a control is farther away than this is no page for a keyboard
SETTLED = 2_000  # milliseconds htmx takes at most from swapping to settling
NAMED = re.compile(r"\S")

# whether the focus is on this control, or on another radio button of its group
IS_THERE = """one => {
  const here = document.activeElement;
  const together = one.type === "radio" && here.type === "radio" && here.name === one.name && here.form === one.form;
  return here === one || together;
}"""
IS_AT_TOP = "() => document.activeElement === document.body"


class Hand(ABC):
    """A visitor who does things in one way; every control must have a name that a screen reader can say."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def path(self) -> str:
        """The address of the page without host, question and fragment; the skip link leaves a fragment."""
        return urlsplit(self.page.url).path

    def go(self, path: str) -> Page:
        """Open an address of the site and look at it."""
        return self.visitor.go(path)

    def look(self) -> None:
        """The page as it is now has no fault."""
        self.visitor.look()

    def follow(self, control: Locator) -> Page:
        """Use a link or a button that leads to another page, and look at it."""
        self.reach(control)  # the skip link is a navigation of its own
        with self.page.expect_navigation(wait_until="load"):
            self.press(control)
        self.look()
        return self.page

    def stands(self) -> bool:
        """Whether a control has the focus once part of the page was drawn anew and htmx has settled."""
        for _look in range(SETTLED // 50):
            if not self.page.evaluate(IS_AT_TOP):
                return True
            self.page.wait_for_timeout(50)
        return False

    @abstractmethod
    def reach(self, control: Locator) -> None:
        """Go to a control."""

    @abstractmethod
    def press(self, control: Locator) -> None:
        """Use a link, a button or a summary."""

    @abstractmethod
    def choose(self, control: Locator) -> None:
        """Tick a box or choose a radio button."""

    @abstractmethod
    def write(self, field: Locator, text: str) -> None:
        """Replace what stands in a field."""

    @abstractmethod
    def date(self, field: Locator, day: date) -> None:
        """Give a day; the browser of the tests asks for month, day and year in this order."""

    @abstractmethod
    def pick(self, field: Locator, value: str) -> None:
        """Pick an entry of a list."""

    @abstractmethod
    def send(self, field: Locator, file: Path) -> None:
        """Choose a file."""


class Mouse(Hand):
    """Clicks on what it wants."""

    def reach(self, control: Locator) -> None:
        expect(control).to_have_accessible_name(NAMED)

    def press(self, control: Locator) -> None:
        control.click()

    def choose(self, control: Locator) -> None:
        control.check()

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def date(self, field: Locator, day: date) -> None:
        field.fill(day.isoformat())

    def pick(self, field: Locator, value: str) -> None:
        field.select_option(value)

    def send(self, field: Locator, file: Path) -> None:
        field.set_input_files(file)


class Keyboard(Hand):
    """Tab, arrows, Space, Enter and letters; never a click."""

    def reach(self, control: Locator) -> None:
        """Tab until the focus is on the control; on a page just opened, past the navigation by the skip link."""
        expect(control).to_have_accessible_name(NAMED)
        wanted, keys = control.element_handle(), self.page.keyboard
        if self.page.evaluate(IS_AT_TOP):
            keys.press("Tab")
            if self.page.locator("a.skip:focus").count():
                keys.press("Enter")
        for _ in range(MOST_TABS):
            if self.page.evaluate(IS_THERE, wanted):
                return
            keys.press("Tab")
        raise AssertionError(f"{MOST_TABS} tabs do not reach {control}")

    def press(self, control: Locator) -> None:
        self.reach(control)
        self.page.keyboard.press("Enter")

    def choose(self, control: Locator) -> None:
        self.reach(control)
        if control.get_attribute("type") == "radio":
            self._turn(control)
        elif not control.is_checked():
            self.page.keyboard.press("Space")
        expect(control).to_be_checked()

    def _turn(self, control: Locator) -> None:
        """Arrow keys until the radio button is chosen; they go round."""
        focused, keys = control.element_handle(), self.page.keyboard
        if self.page.evaluate("one => document.activeElement === one", focused):
            keys.press("Space")
        group = control.get_attribute("name")
        for _ in range(self.page.locator(f"input[type=radio][name='{group}']").count()):
            if control.is_checked():
                return
            keys.press("ArrowDown")

    def write(self, field: Locator, text: str) -> None:
        self.reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        expect(field).to_have_value(text)

    def date(self, field: Locator, day: date) -> None:
        self.reach(field)
        self.page.keyboard.type(f"{day:%m%d%Y}")
        expect(field).to_have_value(day.isoformat())

    def pick(self, field: Locator, value: str) -> None:
        self.reach(field)
        values: list[str] = field.evaluate("one => [...one.options].map((option) => option.value)")
        self.page.keyboard.press("Home")
        for _ in range(values.index(value)):
            self.page.keyboard.press("ArrowDown")
        expect(field).to_have_value(value)

    def send(self, field: Locator, file: Path) -> None:
        self.reach(field)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(file)


HANDS: dict[str, Callable[[Visitor], Hand]] = {"mouse": Mouse, "keyboard": Keyboard}
