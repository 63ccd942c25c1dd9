"""The process apart in which strangers' files are opened: ``python -m ethicsreview.files.domain.child TASK …``.

The file comes in on standard input, the answer goes out on standard output; see ``apart``.
"""

import json
import resource
import sys
from typing import BinaryIO

from ethicsreview.files.domain.inspection import inspect
from ethicsreview.files.domain.kinds import BY_CONTENT_TYPE, BadFile
from ethicsreview.files.domain.pictures import picture

MOST_MEMORY = 1536 << 20  # bytes of address space
MOST_SECONDS = 20  # of processor time


def answer(arguments: list[str], stream: BinaryIO) -> bytes:
    """``inspect NAME`` gives JSON, ``picture CONTENT_TYPE PAGE`` gives a PNG."""
    match arguments:
        case ["inspect", name]:
            return json.dumps(_verdict(name, stream)).encode()
        case ["picture", content_type, page]:
            return picture(stream, BY_CONTENT_TYPE[content_type], int(page))
    raise ValueError(arguments)


def _verdict(name: str, stream: BinaryIO) -> dict[str, object]:
    try:
        found = inspect(name, stream)
    except BadFile as bad:
        return {"fault": bad.code.value, "facts": bad.facts}
    return {"content_type": found.kind.content_type, "pages": found.pages}


def confine() -> None:
    """Let a file cost no more than this, whatever its decoder is made to do."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    confine()
    sys.stdout.buffer.write(answer(sys.argv[1:], sys.stdin.buffer))
