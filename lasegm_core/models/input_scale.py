"""Names of networks with a smaller input: "swiftnet_r18@0.5" sees frames at half their size."""

import re

from lasegm_core.models.networks import space
from lasegm_core.support.errors import BadInput

LEAST = 0.05
_NAMED = re.compile(r"(?P<name>.+)@(?P<scale>\d*\.?\d+)")


def split(name: str) -> tuple[str, float]:
    """Split the name of a network and the scale of its input, 1 if it names none.

    Raises:
        BadInput: the scale is out of range, or written in a longer way than it needs.

    >>> split("swiftnet_r18@0.5"), split("espnet_v2@cityscapes")
    (('swiftnet_r18', 0.5), ('espnet_v2@cityscapes', 1.0))
    """
    found = _NAMED.fullmatch(name)
    if not found:
        return name, 1.0
    scale = float(found["scale"])
    if not LEAST <= scale < 1 or found["scale"] != f"{scale:g}":
        raise BadInput(
            f"input scale {found['scale']} of {name} must be {LEAST} or more and below 1, as in "
            f"{found['name']}@0.5"
        )
    return found["name"], scale


def with_scale(name: str, scale: float) -> str:
    """Name a network whose input is scaled; 1 leaves its name as it is.

    Raises:
        BadInput: as `split`, or the name has a scale already.

    >>> with_scale("swiftnet_r18", 0.5), with_scale("swiftnet_r18", 1)
    ('swiftnet_r18@0.5', 'swiftnet_r18')
    """
    if scale == 1:
        return name
    if split(name)[1] != 1:
        raise BadInput(f"{name} names its input scale: leave out the other, {scale:g}")
    found = f"{name}@{scale:g}"
    split(found)  # refuses a scale out of range
    return found


def short_name(name: str) -> str:
    """Name a network in titles and folders: a file of the user's by its stem.

    >>> short_name("../my nets/found.yaml@0.5"), short_name("hmseg")
    ('found@0.5', 'hmseg')
    """
    plain, scale = split(name)
    return with_scale(space.short_name(plain), scale)
