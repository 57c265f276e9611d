"""Which frame lies some intervals before another: by its row, or by its time where frames have one.

A frames table with a column `time_s` (seconds since the clip's first frame) may lack frames: the
frame n intervals earlier is then the nearest in time, if it lies within half an interval.
"""

import numpy as np
import pandas as pd

WITHIN = 0.5  # intervals


def earlier(frames: pd.DataFrame, number: int) -> pd.Series:
    """Find the image of the frame that lies `number` intervals before each frame.

    Returns:
        Paths; NaN where the clip has not begun yet, or has no frame at that time.

    >>> frames = pd.DataFrame({"clip": "a", "interval_s": 0.1, "time_s": [0, 0.09, 0.2, 0.4],
    ...                        "image": ["i0", "i1", "i2", "i4"]})
    >>> earlier(frames, 2).tolist()
    [nan, nan, 'i0', 'i2']
    >>> earlier(frames, 1).tolist()
    [nan, 'i0', 'i1', nan]
    """
    by_clip = frames.groupby("clip", sort=False)
    if "time_s" not in frames:
        return by_clip["image"].shift(number)
    return pd.concat([_nearest(rows, number) for _, rows in by_clip]).reindex(frames.index)


def _nearest(rows: pd.DataFrame, number: int) -> pd.Series:
    """Find the nearest images in time within a clip."""
    there = rows[rows["image"] != ""]
    times = there["time_s"].to_numpy(float)
    wanted = (rows["time_s"] - number * rows["interval_s"]).to_numpy(float)
    after = np.searchsorted(times, wanted).clip(1, max(len(times) - 1, 1))
    near = after - (wanted - times[after - 1] <= times[after % len(times)] - wanted)
    # Rounded, so that half an interval is that on every machine.
    away = np.abs(wanted - times[near]) / rows["interval_s"].to_numpy(float)
    images = there["image"].to_numpy(object)[near]
    return pd.Series(np.where(away.round(6) < WITHIN, images, np.nan), rows.index, object)


def begun(frames: pd.DataFrame, number: int) -> pd.Series:
    """Mark the frames whose clip began `number` intervals earlier, or before that.

    >>> begun(pd.DataFrame({"clip": "a", "image": ["i0", "i1", "i2"]}), 1).tolist()
    [False, True, True]
    """
    if "time_s" in frames:
        return intervals(frames) > number - WITHIN
    return frames.groupby("clip", sort=False)["image"].shift(number).notna()


def intervals(frames: pd.DataFrame) -> pd.Series:
    """Count the intervals since the first frame of each clip."""
    if "time_s" in frames:
        return (frames["time_s"] / frames["interval_s"]).round(6)
    return frames["frame"]


def last_label(frames: pd.DataFrame) -> int:
    """Count the whole intervals from the start of a clip to its last label; of the longest clip."""
    return int((intervals(frames)[frames["label"] != ""] + 1e-6).max())


def left_out(frames: pd.DataFrame) -> str:
    """Say which frames of a video are missing, if any are."""
    if "time_s" not in frames or not (absent := frames["image"] == "").any():
        return ""
    by_clip = absent.groupby(frames["clip"], sort=False).sum()
    clips = ", ".join(f"{clip}: {number}" for clip, number in by_clip.items() if number)
    return (
        f"{absent.sum()} of {len(frames)} frames are missing ({clips}): pairs of prediction and "
        "label that need them are left out"
    )
