"""ToyStreet as it is rendered for a profile: in the cache, whole, once."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import cv2

from lasegm_core.data import toystreet
from lasegm_core.data.settings import RENDERINGS, Rendering
from lasegm_core.data.toystreet.driving import Driving
from lasegm_core.data.toystreet.world import SPLITS
from lasegm_core.support.digests import digest, source_digest
from lasegm_core.support.errors import BadInput, known
from lasegm_core.support.files import locked

RENDERED = "toystreet"  # the data set that is rendered


def rendering_of(dataset_name: str, profile_name: str) -> Rendering | None:
    """Find ToyStreet's settings for a profile; None for a data set that is read from disk.

    Profiles such as `tuning_b8` that have no settings of their own share those of `tuning`.

    Raises:
        BadInput: ToyStreet has no such profile.
    """
    if dataset_name != RENDERED:
        return None
    own = profile_name if profile_name in RENDERINGS else profile_name.partition("_")[0]
    return RENDERINGS[known("profile", own, RENDERINGS)]


def rendering_root(rendering: Rendering, cache: Path) -> Path:
    """Name the folder of a rendering of ToyStreet."""
    parts = sorted(Path(toystreet.__file__).parent.glob("[!_]*.py"))  # not its command line
    code = source_digest(toystreet.__file__, *parts)
    key = digest({"rendering": asdict(rendering), "code": code})
    return cache / "toystreet-{}x{}-{}".format(*rendering.size, key)


def is_rendered(rendering: Rendering, cache: Path) -> bool:
    """Tell whether a rendering of ToyStreet is in the cache."""
    return (rendering_root(rendering, cache) / "manifest.json").is_file()


@lru_cache
def rendered(rendering: Rendering, cache: Path, checked: bool = True) -> Path:
    """Find a rendering of ToyStreet in the cache, or render it.

    Args:
        rendering: its settings.
        cache: the folder of all renderings.
        checked: a damaged one is made again; False takes it as it is, which is seconds faster.
    """
    if not checked and is_rendered(rendering, cache):
        return rendering_root(rendering, cache)
    root, size = rendering_root(rendering, cache), "{}x{}".format(*rendering.size)
    options = {"out": root, "size": size, "train": rendering.train, "val": rendering.val}
    with locked(root):
        _discard_changed(root)
        if not is_rendered(rendering, cache):
            arguments = [f"--{name}={value}" for name, value in options.items()]
            command = [sys.executable, "-m", toystreet.__name__, *arguments]
            command += [f"--seed={rendering.seed}", *driving_options(rendering.driving)]
            if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
                raise BadInput(f"ToyStreet could not be rendered to {root}: see the line above")
    return root


def driving_options(driving: Driving) -> list[str]:
    """Write how the clips drive as options of the renderer."""
    kept = {name.replace("_", "-"): value for name, value in asdict(driving).items()}
    cues = "--cues" if kept.pop("cues") else "--no-cues"
    return [cues, *(f"--{name}={value}" for name, value in kept.items())]


def _discard_changed(root: Path) -> None:
    """Remove a set whose frames do not fit the digest in its manifest."""
    fault = damage(root)
    if not fault:
        return
    print(f"{root} is damaged: {fault}; rendered again", file=sys.stderr)
    # Rename it first, so that a half-removed set never stands under the name of a whole one.
    away = root.with_name(f".{root.name}.{os.getpid()}.damaged")
    os.replace(root, away)
    shutil.rmtree(away)


def damage(root: Path) -> str:
    """Say how a rendering differs from the digest in its manifest; empty if it does not."""
    manifest = root / "manifest.json"
    if not manifest.is_file():
        return ""
    total, files = hashlib.sha256(), sorted(root.glob("*/*/*/[!.]*.png"))
    for path in files:
        total.update(path.read_bytes())
    try:
        about = json.loads(manifest.read_text())
        if about["sha256"] == total.hexdigest():
            return ""
        wanted = 2 * about["frames"] * sum(about["settings"][split] for split in SPLITS)
        fault = next((f"{path} does not decode" for path in files if not _decodes(path)), None)
        return fault or f"{len(files)} of {wanted} files are there, and some have other bytes"
    except (ValueError, KeyError, TypeError):
        return "its manifest cannot be read"


def _decodes(path: Path) -> bool:
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED) is not None
