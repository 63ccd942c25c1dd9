"""What ``script/setup`` does once it has found a Python; the standard library alone, for nothing else is there yet."""

import argparse
import ctypes
import hashlib
import importlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.txt"
STAMP = VENV / "installed-lock"
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "~/.local/share/fonts",
    "~/.fonts",
)


@dataclass(frozen=True)
class Need:
    """One thing the system must bring: how to see that it is there, and the package that brings it."""

    present: Callable[[], bool]
    debian: str
    fedora: str
    arch: str
    brew: str


def library(*names: str) -> Callable[[], bool]:
    """Whether one of the shared libraries can be loaded."""
    return lambda: any(_loads(name) for name in names)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def program(*names: str) -> Callable[[], bool]:
    """Whether one of the programs is on the PATH."""
    return lambda: any(shutil.which(name) for name in names)


def han_font() -> bool:
    """Whether the Han font is there, converted already or as the system's package brings it."""
    made = Path(os.environ.get("FONT_DIR") or ROOT / ".fonts")
    if any(made.glob("*.ttf")):
        return True
    given = os.environ.get("NOTO_CJK_DIR")
    folders = [Path(folder).expanduser() for folder in ((given,) if given else FONT_FOLDERS)]
    return any(next(folder.rglob("NotoSansCJK*"), None) for folder in folders if folder.is_dir())


def jaxb() -> bool:
    """Whether veraPDF can run; the tests leave it out where there is no Java, or no package is known to bring JAXB."""
    wanted = shutil.which("java") and shutil.which("apt-get")
    return not wanted or Path("/usr/share/java/jaxb-impl.jar").exists()


def embedded_redis() -> bool:
    """Whether a Redis comes with the lock (see its marker), is given, or stands on the system."""
    wheel = sys.version_info < (3, 13) and sys.platform == "linux" and platform.machine() == "x86_64"
    return wheel or bool(os.environ.get("REDIS_URL")) or program("redis-server", "valkey-server")()


def _venv_module() -> bool:
    importlib.invalidate_caches()
    return importlib.util.find_spec("ensurepip") is not None and importlib.util.find_spec("venv") is not None


PANGO = library("libpango-1.0.so.0", "libpango-1.0.0.dylib")
PANGO_FT = library("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib")
SUBSET = library("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib")
VENV_PACKAGE = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
TO_RUN = (
    Need(_venv_module, VENV_PACKAGE, "python3", "python", "python"),
    Need(PANGO, "libpango-1.0-0", "pango", "pango", "pango"),
    Need(PANGO_FT, "libpangoft2-1.0-0", "pango", "pango", "pango"),
    Need(SUBSET, "libharfbuzz-subset0", "harfbuzz", "harfbuzz", "harfbuzz"),
    Need(han_font, "fonts-noto-cjk", "google-noto-sans-cjk-fonts", "noto-fonts-cjk", "font-noto-sans-cjk"),
    Need(program("msgfmt"), "gettext", "gettext", "gettext", "gettext"),
    Need(embedded_redis, "redis-server", "redis", "redis", "redis"),
)
TO_TEST = (
    Need(program("chromium", "chromium-browser"), "chromium", "chromium", "chromium", "chromium"),
    Need(program("pdfsig"), "poppler-utils", "poppler-utils", "poppler", "poppler"),
    Need(program("qpdf"), "qpdf", "qpdf", "qpdf", "qpdf"),
    Need(jaxb, "libjaxb-java", "", "", ""),
)
FAMILIES = {"fedora": "dnf install", "arch": "pacman -S", "brew": "brew install"}


def step(text: str) -> None:
    """One line of progress."""
    print(f"setup: {text}", flush=True)


def stop(text: str) -> None:
    """Say why set-up cannot go on, and end."""
    print(f"setup: {text}", file=sys.stderr)
    sys.exit(1)


def system_packages(needs: tuple[Need, ...]) -> None:
    """Install what is missing on Debian and its kin; elsewhere name it and stop."""
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    if not shutil.which("apt-get"):
        _name_packages(missing)
    names = _unique(need.debian for need in missing)
    prefix = _as_root(names)
    step(f"installing {' '.join(names)}")
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    command = [*prefix, *environment, "apt-get", "install", "--yes", "--no-install-recommends", *names]
    if subprocess.run(command, capture_output=True).returncode:
        subprocess.run([*prefix, *environment, "apt-get", "update"], capture_output=True)
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            stop(f"apt-get could not install {' '.join(names)}:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    still = _unique(need.debian for need in missing if not need.present())
    if still:
        stop(f"apt-get installed {' '.join(still)}, yet what they should bring is not found")


def _as_root(names: list[str]) -> list[str]:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and (sys.stdin.isatty() or subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0):
        return [sudo]
    stop(f"not root and no sudo; have these installed first: apt-get install {' '.join(names)}")
    return []


def _name_packages(missing: list[Need]) -> None:
    family = _family()
    if family:
        names = _unique(getattr(need, family) for need in missing)
        stop(f"install these first: {FAMILIES[family]} {' '.join(names)}")
    stop(f"install what these Debian packages bring: {' '.join(_unique(need.debian for need in missing))}")


def _family() -> str:
    programs = {"dnf": "fedora", "pacman": "arch", "brew": "brew"}
    return next((family for name, family in programs.items() if shutil.which(name)), "")


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def packages() -> None:
    """Make ``.venv`` and install the lock, unless this very lock stands installed in this very folder."""
    python = VENV / "bin" / "python"
    wanted = f"{VENV}\n{hashlib.sha256(LOCK.read_bytes()).hexdigest()}\n"
    installed = STAMP.read_text() if STAMP.exists() else ""
    moved = installed != "" and installed.splitlines()[0] != str(VENV)
    if moved or not _runs(python):
        step(f"making .venv with Python {platform.python_version()}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    elif installed == wanted:
        return
    step("installing the locked packages, which takes about a minute")
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--requirement", str(LOCK)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        stop(f"pip could not install requirements.txt:\n{result.stdout[-4000:]}")
    STAMP.write_text(wanted)


def _runs(python: Path) -> bool:
    test = "import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)"
    return python.exists() and subprocess.run([str(python), "-I", "-c", test], capture_output=True).returncode == 0


def fonts() -> None:
    """Have ``script/fonts`` convert the Han font; it does nothing when that was done."""
    if subprocess.run([str(VENV / "bin" / "python"), str(ROOT / "script" / "fonts")]).returncode:
        stop("the fonts could not be made")


def translations() -> None:
    """Compile each catalogue that is newer than its compiled form."""
    for source in (ROOT / "ethicsreview" / "locale").glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        step(f"compiling {source.relative_to(ROOT)}")
        subprocess.run(["msgfmt", "--check-format", f"--output-file={compiled}", str(source)], check=True)


def main() -> None:
    """Everything in its order; what is done already costs nothing."""
    parser = argparse.ArgumentParser(prog="script/setup", description="Make this folder ready to run; safe to repeat.")
    parser.add_argument("--for-tests", action="store_true", help="also install what only the tests need")
    arguments = parser.parse_args()
    began = time.monotonic()
    system_packages(TO_RUN + TO_TEST if arguments.for_tests else TO_RUN)
    packages()
    fonts()
    translations()
    step(f"ready ({time.monotonic() - began:.1f} s)")


if __name__ == "__main__":
    main()
