"""The pictures of the documentation, from the running app: `python -m tests.browser.screenshots`.

Every page in both sizes and themes goes to docs/screens/; docs/drag.gif shows a slider that moves.
"""

import argparse
import io
import tempfile
from pathlib import Path

from PIL import Image

from tests.browser.serve import PICTURES, ROOT, SCREENS, chromium, serving, settled

PAGES = {
    "explore": "",
    "steps": "?view=Step+by+step&step=2+Abduction",
    "rungs": "rungs",
    "story": "story?base=confounded",
    "checks": "checks",
    "models": "models?of=CausalVAE,+pendulum",
    "pendulum": "?system=CausalVAE,+pendulum",
    "faces": "?system=β-Intact-VAE,+faces",
    "styled": "?system=SCM-VAE,+styled+sprites",
    "treatment": "?system=CEVAE,+treatment&cevae_view=Effects",
    "training": "training",
    "lessons": "lessons",
    "about": "about",
    "presenter": "?present=true",
}


def main():
    """Writes all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    parser.add_argument("--only", nargs="*", default=list(PAGES), choices=list(PAGES))
    options = parser.parse_args()
    (options.out / "screens").mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "log.txt") as address,
        chromium() as browser,
    ):
        for name in options.only:
            for size, viewport in SCREENS.items():
                for theme in ("light", "dark"):
                    page = browser.new_page(viewport=viewport, color_scheme=theme)
                    page.goto(f"{address}/{PAGES[name]}")
                    settled(page)
                    page.wait_for_timeout(1_500)  # charts have drawn themselves
                    if name == "steps":
                        page.locator(".ce-pipe").scroll_into_view_if_needed()
                        page.mouse.move(*(side // 2 for side in viewport.values()))
                        page.mouse.wheel(0, 330)
                        page.wait_for_timeout(500)
                    _save(page.screenshot(), options.out / "screens" / f"{name}-{size}-{theme}.png")
                    page.close()
        _drag(browser, address, options.out / "drag.gif")


def _drag(browser, address, path):
    """A slider that moves, and the pictures that follow."""
    page = browser.new_page(viewport={"width": 1120, "height": 760})
    page.goto(f"{address}/?do=scale&do_scale=0&present=true")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    slider = page.locator(".st-key-do_scale input[type=range]")
    slider.focus()
    settled(page)
    page.wait_for_timeout(500)
    frames = [_frame(page)]
    for key in ["ArrowRight"] * 5 + ["ArrowLeft"] * 5:
        page.keyboard.press(key)
        page.wait_for_timeout(500)
        frames.append(_frame(page))
    page.close()
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=450, loop=0, optimize=True
    )


def _frame(page):
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        half = shot.convert("RGB").resize((shot.width * 3 // 4, shot.height * 3 // 4))
    return half.quantize(64)


def _save(shot, path):
    """256 colours are enough for flat surfaces, and a third of the bytes."""
    with Image.open(io.BytesIO(shot)) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)


if __name__ == "__main__":
    main()
