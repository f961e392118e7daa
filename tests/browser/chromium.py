"""The browser for the end-to-end tests. `python -m tests.browser.chromium` succeeds where there is one."""

import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """The path of a Chromium: the system's, or else the one that Playwright has downloaded; None without either."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return None
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def missing() -> str | None:
    """Why no browser test can run, as one sentence; None where they can."""
    try:
        import playwright  # noqa: F401
    except ModuleNotFoundError:
        return "Playwright is not installed: `pip install -r requirements-dev.txt`."
    return None if find() else "No Chromium was found: install the system's package `chromium`."


if __name__ == "__main__":
    sys.exit(find() is None)
