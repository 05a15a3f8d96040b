"""Open every dashboard of a Superset in Chromium, in the environment that `trial.py` makes, and take its picture.

Called by `trial.py`: pictures.py ADDRESS FOLDER CHROMIUM NAME... It prints, as JSON, the rows that Superset's chart-data API gave each
chart, by the chart's id, and exits 1 with a line for whatever went wrong in the browser.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, Page, Response, sync_playwright

FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
WIDTH, HEIGHT = 1280, 800
PREFIX: Final = "feedback-kpis-"
"""Of the address of a dashboard, from the name that `kpis superset` gives unless told another."""
PATIENCE: Final = 120_000
"""Milliseconds."""


def main(address: str, folder: Path, chromium: str, slugs: list[str]) -> int:
    """Sign in, look at each dashboard, and say what went wrong."""
    rows: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        faults = [fault for slug in slugs for fault in _looked_at(browser, address, slug, folder / f"superset-{slug}.png", rows)]
        browser.close()
    print(json.dumps(rows))
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


def _looked_at(browser: Browser, address: str, slug: str, picture: Path, rows: dict[str, Any]) -> list[str]:
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.set_default_timeout(PATIENCE)
    faults: list[str] = []
    page.on("console", lambda said: faults.append(f"{slug}: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"{slug}: {error}"))
    page.on("response", lambda answer: faults.append(f"{slug}: {answer.status} of {answer.url}") if answer.status >= 400 else None)  # noqa: PLR2004  # an HTTP error
    page.on("response", lambda answer: rows.update(_rows(answer)))
    # Superset's pages ask its makers' host for a picture that counts visits; no try of ours reaches for another host.
    page.route(lambda url: not url.startswith((address, "data:", "blob:")), lambda route: route.fulfill(status=204))
    _sign_in(page, address)
    page.goto(f"{address}/superset/dashboard/{PREFIX}{slug}/")
    page.wait_for_selector('[data-test="grid-content"]')
    page.wait_for_load_state("networkidle")
    page.wait_for_function("document.querySelectorAll('[data-test=\"loading-indicator\"], .loading').length === 0")
    # The grid scrolls within the page, which therefore must be as high as it.
    height = page.evaluate("document.querySelector('[data-test=\"grid-content\"]').getBoundingClientRect().bottom")
    page.set_viewport_size({"width": WIDTH, "height": int(height) + 20})
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(3000)  # charts are drawn with an animation
    page.screenshot(path=picture)
    with Image.open(picture) as taken:
        taken.convert("RGB").quantize(128).save(picture, optimize=True)
    page.close()
    return faults


def _rows(answer: Response) -> dict[str, Any]:
    """The rows of a chart by its id, where the answer has any."""
    if "/api/v1/chart/data" not in answer.url or not answer.ok:
        return {}
    asked = json.loads(answer.request.post_data or "{}")["form_data"]
    return {str(asked["slice_id"]): answer.json()["result"][0]["data"]} if "slice_id" in asked else {}


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/login/")
    page.fill("#username", os.environ["SUPERSET_TRY_USER"])
    page.fill("#password", os.environ["SUPERSET_TRY_PASSWORD"])
    page.click('[data-test="login-button"]')
    page.wait_for_url(lambda url: "/login" not in url)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4:]))
