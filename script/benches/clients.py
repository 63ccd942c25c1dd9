"""People at their browsers: signed in by the form, one connection kept alive, CSRF as the pages have it."""

import http.client
import re
import time
from dataclasses import dataclass
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
IDLE = 1.0  # seconds; gunicorn closes what was idle for two


@dataclass(frozen=True)
class Answered:
    """One response."""

    status: int
    text: str
    location: str


class Browser:
    """One person behind the proxy that ends TLS."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.origin = f"https://127.0.0.1:{port}"
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.last = time.monotonic()

    def get(self, path: str) -> Answered:
        """Open a page; a token on it is used from then on."""
        found = self._ask("GET", path)
        if token := TOKEN.search(found.text):
            self.token = token[1]
        return found

    def post(self, path: str, fields: dict[str, str], *, htmx: bool = False) -> Answered:
        """Send a form; what it leads to is not followed."""
        if htmx:
            return self._ask("POST", path, urlencode(fields), {"HX-Request": "true", "X-CSRFToken": self.token})
        return self._ask("POST", path, urlencode(fields | {"csrfmiddlewaretoken": self.token}))

    def sign_in(self, email: str, password: str) -> None:
        """By the form of the site."""
        self.get("/accounts/sign-in/")
        answered = self.post("/accounts/sign-in/", {"username": email, "password": password, "next": ""})
        if answered.status != http.HTTPStatus.FOUND:
            raise RuntimeError(f"{email} cannot sign in: {answered.status}")
        self.get("/")  # with a token of the new session

    def _ask(self, method: str, path: str, body: str = "", more: dict[str, str] | None = None) -> Answered:
        headers = {
            "X-Forwarded-Proto": "https",
            "Origin": self.origin,
            "Referer": f"{self.origin}{path}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            **(more or {}),
        }
        if time.monotonic() - self.last > IDLE:
            self.line.close()  # opened again by the request
        self.line.request(method, path, body or None, headers)
        response = self.line.getresponse()
        text = response.read().decode()
        self.last = time.monotonic()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answered(response.status, text, response.headers.get("Location", ""))
