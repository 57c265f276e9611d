"""Input of a plan: the setting and the frames, on disk or still to be rendered."""

from dataclasses import dataclass

import pandas as pd

from lasegm_core.data.index.camvid import is_fetched
from lasegm_core.data.index.cityscapes import CLIP_LENGTH, INTERVAL_S
from lasegm_core.data.pixels.images import open_pixels
from lasegm_core.data.rendered import is_rendered, rendering_of
from lasegm_core.data.sources import FETCHED, Place, fetched_root, split_frames
from lasegm_core.experiments.setting import Setting, find_setting
from lasegm_core.latency.cards import card
from lasegm_core.models.registry import checked
from lasegm_core.support.errors import BadInput
from lasegm_core.training.profiles import profile


@dataclass(frozen=True)
class PlanInput:
    """Input of a plan.

    Attributes:
        setting: data set, profile and hardware.
        place: where runs and data are kept.
        has_frames: the frames are on disk; otherwise ToyStreet will be rendered first.
        val: frames table of the val split, as it is or will be.
        size: (H, W) of its frames.
    """

    setting: Setting
    place: Place
    has_frames: bool
    val: pd.DataFrame
    size: tuple[int, int]


def find_plan_input(
    dataset_name: str,
    profile_name: str,
    hardware: str,
    place: Place,
    networks: tuple[str, ...] = (),
) -> PlanInput:
    """Find the input of a plan, without rendering anything.

    Raises:
        BadInput: an unknown name, missing data, or latencies that cannot be timed without frames.
    """
    profile(dataset_name, profile_name)
    rendering = rendering_of(dataset_name, profile_name)
    if dataset_name == FETCHED and not (place.data_root or is_fetched(fetched_root(place))):
        raise BadInput(
            "CamVid is not there, and a plan downloads nothing: fetch it by "
            "`python data_scripts/fetch_camvid.py`"
        )
    if rendering is None or is_rendered(rendering, place.cache):
        setting = find_setting(dataset_name, profile_name, hardware, place, networks)
        val = split_frames(dataset_name, profile_name, place, "val")
        size = open_pixels(val["label"].max()).shape[:2]
        return PlanInput(setting, place, True, val, size)
    if hardware == "local":
        raise BadInput("latencies are timed on frames, which are not rendered: name a --hardware")
    setting = Setting(
        dataset_name, profile_name, card(hardware), INTERVAL_S, tuple(map(checked, networks))
    )
    return PlanInput(setting, place, False, _frames_to_come(rendering.val), rendering.size)


def _frames_to_come(clips: int) -> pd.DataFrame:
    """Make the frames table that ToyStreet will have; its names are not files yet."""
    clip = [f"{number:06d}" for number in range(clips) for _ in range(CLIP_LENGTH)]
    frame = list(range(CLIP_LENGTH)) * clips
    name = [f"{of}/{number}" for of, number in zip(clip, frame, strict=True)]
    return pd.DataFrame(
        {"clip": clip, "block": clip, "frame": frame, "image": name, "label": name}
    ).assign(interval_s=INTERVAL_S)
