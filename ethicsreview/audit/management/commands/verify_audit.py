"""Checks the audit chains and names the first link that does not hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ethicsreview.audit.domain import Fault, Head, Verification
from ethicsreview.audit.queries import chains, verify_chain

WORDS = {
    Fault.MISSING_NUMBER: "is missing",
    Fault.WRONG_PREVIOUS: "does not continue from the event before it",
    Fault.WRONG_DIGEST: "is not what was written: its digest differs",
    Fault.HEAD_NOT_FOUND: "was printed as the head and is not in the chain any more",
}


class Command(BaseCommand):
    """``manage.py verify_audit [--chain C [--head NUMBER:DIGEST]]``; exit code 1 when a link is broken."""

    help = "Checks every link of the audit chains and names the first broken one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--chain", help="one chain alone, such as organisation:7 or operator")
        parser.add_argument("--head", help="NUMBER:DIGEST as printed on a report: must be in that chain")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["head"] and not options["chain"]:
            raise CommandError("--head needs --chain", returncode=2)
        printed = _head(options["head"]) if options["head"] else None
        names = [options["chain"]] if options["chain"] else chains()
        results = {name: verify_chain(name, printed=printed) for name in names}
        for name, result in results.items():
            self.stdout.write(_line(name, result))
        broken = sum(not result.ok for result in results.values())
        if broken:
            raise CommandError(f"{broken} of {len(results)} chains broken", returncode=1)
        self.stdout.write(f"{len(results)} chains hold")


def _head(text: str) -> Head:
    number, _, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise CommandError(f"{text!r} is not NUMBER:DIGEST", returncode=2)
    return Head(int(number), digest)


def _line(chain: str, result: Verification) -> str:
    if result.first_broken is None:
        return f"{chain}: {result.count} events, head {result.head.number}:{result.head.digest}"
    return f"{chain}: BROKEN, event {result.first_broken.number} {WORDS[result.first_broken.fault]}"
