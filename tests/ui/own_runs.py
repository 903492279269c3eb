"""A run's folder as `python -m train` leaves it, without training one."""

import json

LINES = [
    {"step": step, "images": 256 * step, "seconds": 0.15 * step, "train_loss": 2000 / step}
    | ({"validation_loss": 1900 / step} if step % 200 == 0 else {})
    for step in (100, 200, 300, 400, 500)
]


def make_run(folder, saved=0):
    """Writes its log, and a save at the step `saved`, if any; the folder."""
    folder.mkdir(parents=True)
    (folder / "metrics.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in LINES))
    if saved:
        save = folder / "scm-vae"
        save.mkdir()
        config = {"model": "scm-vae", "data": "dsprites", "network": {}, "train": {"steps": 500}}
        measured = {"loss": 12.5, "image_nats": 12.4, "kl_nats": 0.1, "exact": 0.375}
        split = "test" if saved == 500 else "validation"
        metrics = {split: measured, "device": "CPU, 1 threads", "processes": 1, "step": saved}
        (save / "config.json").write_text(json.dumps(config))
        (save / "metrics.json").write_text(json.dumps(metrics | {"commit": "0123456789ab"}))
        (save / "card.md").write_text(f"# scm-vae\n\nSaved at step {saved}.\n")
        (save / "SHA256SUMS").write_text("")
    return folder
