"""What a plan is made of: the setting and the frames, as they are or as they will be rendered."""

from dataclasses import dataclass

import pandas as pd

from lasegm_core.data.clips import open_pixels
from lasegm_core.data.index.cityscapes import CLIP_LENGTH, INTERVAL_S
from lasegm_core.data.sources import Place, is_rendered, rendering_of, split_frames
from lasegm_core.experiments.setting import Setting, find_setting
from lasegm_core.latency.cards import card
from lasegm_core.models.registry import checked
from lasegm_core.support.errors import BadInput
from lasegm_core.training.recipes import profile


@dataclass(frozen=True)
class PlanInput:
    """What a plan is made of.

    Attributes:
        setting: data set, profile and hardware.
        place: where runs and data are kept.
        there: whether the frames are; else they will be rendered, and nothing is done yet.
        val: frames table of the val split, as it is or will be.
        size: (H, W) of its frames.
    """

    setting: Setting
    place: Place
    there: bool
    val: pd.DataFrame
    size: tuple[int, int]


def find_plan_input(
    dataset_name: str,
    profile_name: str,
    hardware: str,
    place: Place,
    networks: tuple[str, ...] = (),
) -> PlanInput:
    """Find what a plan needs to know, without rendering anything.

    Raises:
        BadInput: an unknown name, the data is missing, or latencies cannot be timed without it.
    """
    profile(dataset_name, profile_name)
    rendering = rendering_of(dataset_name, profile_name)
    if rendering is None or is_rendered(rendering, place):
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
    """Make the frames table that ToyStreet will have, with names that are no files."""
    clip = [f"{number:06d}" for number in range(clips) for _ in range(CLIP_LENGTH)]
    frame = list(range(CLIP_LENGTH)) * clips
    name = [f"{of}/{number}" for of, number in zip(clip, frame, strict=True)]
    return pd.DataFrame(
        {"clip": clip, "block": clip, "frame": frame, "image": name, "label": name}
    ).assign(interval_s=INTERVAL_S)
