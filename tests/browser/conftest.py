"""A real Chromium against the real site, with a real worker behind it."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from ethicsreview.accounts.models import User
from tests.factories import PASSWORD
from tests.workers import celery_worker

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PATIENCE = 20_000  # milliseconds until a page that does not answer is a failure
WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the journeys of a file. Playwright's loop would make Django refuse the database in this thread.

    The loop ends with the file: pyHanko, in the tests that follow in this process, cannot run beside it.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


# what the page is made of: language and how often each tag with its classes stands on it
SHAPE = """() => {
  const counts = {};
  for (const one of document.querySelectorAll("body *")) {
    const key = one.tagName + "." + (one.getAttribute("class") || "");
    counts[key] = 1;
  }
  return document.documentElement.lang + " " + Object.keys(counts).sort().join(" ");
}"""


class Visitor:
    """A person at the browser: every page that is looked at is checked for errors and for accessibility."""

    sound: ClassVar[set[tuple[str, str]]] = set()

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.faults: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def _heard(self, message: Any) -> None:
        # a 409 or 422 is an answer the pages show on purpose; Chromium calls it an error of loading
        refused = "status of 409" in message.text or "status of 422" in message.text
        if message.type == "error" and not refused:
            self.faults.append(f"console: {message.text}")

    def go(self, path: str) -> Page:
        """Open an address of the site and look at it."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        self.look()
        return self.page

    def look(self) -> None:
        """The page as it is now: no console error, nothing axe-core objects to.

        A page of the same path, shape and language that was found sound is not searched again.
        """
        self.page.wait_for_load_state("load")
        address = urlsplit(self.page.url).path
        shape = (re.sub(r"[0-9]+", "#", address), self.page.evaluate(SHAPE))
        if shape in self.sound and not self.faults:
            return
        self.sound.add(shape)
        found = Axe().run(self.page).response["violations"]
        told = [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]
        assert (self.page.url, told, self.faults) == (self.page.url, [], [])

    def press(self, name: str) -> None:
        """Press the button with this name and look at what follows."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.look()

    def follow(self, name: str) -> None:
        """Follow the link with this name and look at what follows."""
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.look()

    def sign_in(self, user: User, language: str = "en") -> "Visitor":
        """Sign in as this person, whose language is set to ``language``."""
        User.objects.filter(pk=user.pk).update(language=language)
        self.page.goto(self.address + "/accounts/sign-in/")
        self.look()
        self.page.locator("input[name=username]").fill(user.email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").first.click()
        self.look()
        return self


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser of its own for each person; the caller may set the viewport, language and colours."""
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> Visitor:
        context = chromium.new_context(**{"viewport": WIDE, "locale": "en-GB", **options})
        contexts.append(context)
        return Visitor(context, live_server.url)

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def worker(live_server: LiveServer, broker: None, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker on the test's database, broker and keys."""
    with celery_worker(tmp_path, concurrency=2, PUBLIC_ADDRESS=live_server.url) as process:
        yield process
