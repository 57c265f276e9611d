"""The user's own video: frames and labels wherever they are, described by a small YAML file::

    frames: video/{clip}/{frame}.jpg     # {clip} names a video, {frame} is the number in it
    labels: masks/{clip}/{frame}.png     # of as many frames as are labelled
    fps: 30
    splits:
      train: [monday, tuesday_*]         # names of clips; * stands for anything
      val: [wednesday]
    classes:                             # or the name of a known table: cityscapes, camvid, ...
      - {name: road, color: [128, 64, 128], id: 0}
      - {name: car, color: [0, 0, 142], id: 1}
    ignore: [255]                        # ids that are not scored; may be left out

Paths are relative to the YAML file, or begin with ~, the home folder; a `*` in them stands for
anything within one name. Without `id`, the labels are colour pictures with the colours of the
classes, and `ignore` lists colours. Labels may also be polygons, the JSON files of labelme (see
`data.pixels.polygons`). Without `labels`, the frames can be shown, but not scored. A class may say
`from: [car, truck, bus]`: the classes of a larger table that are merged into it.

One clip needs no {clip}, and without `splits` everything is val. `frames: {clip}.mp4` names video
files (.mp4, .m4v, .mov, .mkv, .webm, .avi), read where they lie; their frames are numbered from 0,
or from `first: 1`, and their rate is known, so that `fps` may be left out. Labels of video files
may be named by seconds since the first frame, {time} with `times: s`; so may images, by any clock,
together with their labels: `times` is the unit, s, ms, us or ns.

Frames are numbered in steps of 1, or of n where only every n-th was kept; `fps` is the rate of the
frames on disk. Frames may be missing: n frames earlier is then the nearest frame in time, and where
none lies within half an interval, the pair of prediction and label is left out.

`channel: red` reads the ids from one channel of colour pictures. `ignored: 0.9` allows that share
of the labelled pixels to be ignored, instead of half. What files may hold is said in `data.pixels`.
"""

from fnmatch import fnmatchcase
from glob import escape, iglob
from pathlib import Path

import pandas as pd

from lasegm_core.data.index.common import join
from lasegm_core.data.index.description import SPLITS, Description, describe
from lasegm_core.data.index.patterns import PLACES, parts_of, regex, stamp
from lasegm_core.data.index.shots import File, Shots, numbered, of_video, rows_of, stamped
from lasegm_core.data.index.videos import is_video
from lasegm_core.data.labels import Classes, Ignored
from lasegm_core.support.errors import BadInput, known

Files = dict[str, list[File]]  # by clip
SAME_RATE = 1.01  # largest ratio of two clips' intervals


def frames(root: Path, split: str, labelled: bool = True) -> pd.DataFrame:
    """Read the frames table; labels may be sparse, and frames may be missing.

    Args:
        root: the YAML file.
        split: "train" or "val".
        labelled: every clip must have a label.

    Returns:
        The frames table with a column `time_s`, seconds since the first frame of the clip. Missing
        frames have an empty `image`.

    Raises:
        BadInput: the file is invalid, or what it names does not exist.
    """
    known("split", split, SPLITS)
    about = describe(root)
    clip = _only_clip(root, about)
    images, labels = _found(about, about.frames, clip), _found(about, about.labels, clip)
    if not images:
        raise BadInput(f"{root}: no file matches frames {about.frames!r} in {about.place}")
    splits = about.splits or {"val": ("*",)}
    if split not in splits:
        raise BadInput(
            f"{root} has no {split} split: name clips to train on under splits; only a network "
            "that is trained already needs none"
        )
    clips = {name: _chosen(root, name, wanted, sorted(images)) for name, wanted in splits.items()}
    if both := set(clips.get("train", ())) & set(clips["val"]):
        raise BadInput(f"{root}: clip {min(both)!r} is in train and in val: choose one")
    if bare := [clip for clip in clips[split] if labelled and clip not in labels]:
        raise BadInput(_without_labels(root, bare[0], about, bool(labels)))
    shots = {clip: _shots(clip, images[clip], about) for clip in clips[split]}
    table = join(rows_of(clip, of, labels.get(clip, [])) for clip, of in shots.items())
    _check_rates(root, table)
    return table


def has_labels(root: Path) -> bool:
    """Tell whether any file matches the pattern of the labels.

    Raises:
        BadInput: the file is invalid.
    """
    about = describe(root)
    return bool(_found(about, about.labels, _only_clip(root, about)))


def classes(root: Path) -> Classes:
    """Read the class table.

    Raises:
        BadInput: the file is invalid.
    """
    return describe(root).classes


def ignored(root: Path) -> Ignored:
    """Read what the file says of pixels that are not scored.

    Raises:
        BadInput: the file is invalid.
    """
    return describe(root).ignored


def _without_labels(root: Path, clip: str, about: Description, others: bool) -> str:
    """Say that a clip has no labels, and what there is to do."""
    missing = f"clip {clip!r} has no labels {about.place / about.labels}"
    if others:
        return f"{missing}: leave it out"
    return (
        f"{f'{missing}: check the pattern' if about.labels else f'{root} names no labels'}; "
        "without any, 'lasegm latency --data' says how old predictions are, 'lasegm movie' and "
        "'lasegm live' show them, and 'lasegm score --pseudo-label' compares with a better network"
    )


def _only_clip(root: Path, about: Description) -> str:
    """Name the clip of patterns without `{clip}`: as val names it, or as the YAML file."""
    wanted = about.splits.get("val", ())
    return wanted[0] if len(wanted) == 1 and escape(wanted[0]) == wanted[0] else Path(root).stem


def _found(about: Description, pattern: str, only: str) -> Files:
    """Find the files of a pattern, by clip; none of an empty one."""
    if not pattern:
        return {}
    wild = "".join("*" if part in PLACES else escape(part) for part in parts_of(pattern))
    named, found = regex(pattern), {}
    for name in iglob(wild, root_dir=about.place):
        if match := named.fullmatch(name):
            clip = match.groupdict().get("clip", only)
            found.setdefault(clip, []).append((stamp(match, about.unit), about.place / name))
    return found


def _chosen(root: Path, split: str, wanted: tuple[str, ...], clips: list[str]) -> list[str]:
    """List the clips that a split names, in order, each once."""
    for name in wanted:
        if not any(fnmatchcase(clip, name) for clip in clips):
            known(f"clip in {split} of {root}", name, clips)
    return [clip for clip in clips if any(fnmatchcase(clip, name) for name in wanted)]


def _shots(clip: str, images: list[File], about: Description) -> Shots:
    """Order the frames of a clip."""
    if not is_video(about.frames):
        return (stamped if about.unit else numbered)(images, about.interval)
    paths = sorted(path for _, path in images)
    if len(paths) > 1:
        raise BadInput(f"{paths[0]} and {paths[1]} are both clip {clip!r}: put {{clip}} in frames")
    return of_video(paths[0], about.interval, about.first, about.unit is not None)


def _check_rates(root: Path, table: pd.DataFrame) -> None:
    """Refuse clips of different rates: k counts frames of one rate."""
    by_clip = table.groupby("clip", sort=False)["interval_s"].first()
    if by_clip.max() > SAME_RATE * by_clip.min():
        rates = (1 / by_clip[[by_clip.idxmax(), by_clip.idxmin()]]).items()
        words = " and ".join(f"{clip} has {fps:.6g} fps" for clip, fps in rates)
        raise BadInput(f"{root}: {words}: describe clips of one rate in one file")
