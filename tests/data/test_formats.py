"""Frames and labels of every kind are read as those of the square, or refused in one line."""

import numpy as np
import pytest
from PIL import Image

from lasegm_core.data.clips import read_label
from lasegm_core.data.index import folder
from lasegm_core.data.pixels.images import open_image
from lasegm_core.support.errors import BadInput
from tests.helpers import formats
from tests.helpers.formats import BY_COLOR, COLORS, numpy, opencv, palette, pillow, with_alpha

FIRST, SECOND = formats.mask_of(3), formats.mask_of(9)


def white(kind, scale=1):
    """Make frames of a kind, white times a number."""
    return lambda mask: formats.white(mask).astype(kind) * kind(scale)


def bit(mask):
    return mask.astype(bool)


def colors(mask):
    return COLORS[mask]


def equal(mask):
    return np.dstack([mask] * 3)


def pages(path, mask):
    Image.fromarray(mask).save(path, save_all=True, append_images=[Image.fromarray(mask)])


BY_COLOR = {"classes": BY_COLOR}
LABELS = {
    "8 bits": ("png", opencv(), {}),
    "ids of 0 and 255": ("png", opencv(scale=255), {"classes": formats.ids(0, 255)}),
    "a palette": ("png", palette(), {}),
    "a palette of GIF": ("gif", palette(), {}),
    "a bit": ("png", pillow(bit), {}),
    "four bits": ("png", pillow(lambda mask: 17 * mask, bits=4), {}),
    "TIFF": ("tiff", opencv(), {}),
    "BMP": ("bmp", opencv(), {}),
    "PGM": ("pgm", opencv(), {}),
    "equal channels": ("png", opencv(make=equal), {}),
    "equal channels, opaque": ("png", pillow(lambda mask: with_alpha(equal(mask))), {}),
    "grey, opaque": ("png", pillow(with_alpha, "LA"), {}),
    "16 bits": ("png", opencv(np.uint16, 1000), {"classes": formats.ids(0, 1000)}),
    "16 bits of TIFF": ("tif", opencv(np.int16), {}),
    "32 bits of TIFF": ("tif", opencv(np.int32), {}),
    "int64": ("npy", numpy(lambda mask: mask.astype(int) - 1), {"classes": formats.ids(-1, 0)}),
    "bool": ("npy", numpy(lambda mask: bit(mask)[..., None]), {}),
    "colours": ("png", opencv(make=colors), BY_COLOR),
    "opaque colours": ("png", pillow(lambda mask: with_alpha(colors(mask))), BY_COLOR),
    "colours of a palette": ("png", palette(), BY_COLOR),
    "colours of an array": ("npy", numpy(colors), BY_COLOR),
    "green": ("png", opencv(channels=(9, 1, 7)), {"channel": "green"}),
    "red, opaque": (
        "png",
        pillow(lambda mask: with_alpha(np.dstack([mask, 9 * mask, 7 * mask]))),
        {"channel": "red"},
    ),
}


def half_transparent(mask):
    return with_alpha(colors(mask), 99)


BAD_LABELS = {
    "JPEG": ("jpg", opencv(), {}, r"3\.jpg is JPEG, which may change ids"),
    "JPEG by another name": ("png", pillow(format="JPEG"), {}, r"3\.png is JPEG, which may"),
    "JPEG in TIFF": ("tif", pillow(compression="jpeg"), {}, r"is TIFF \(jpeg\), which may"),
    "WebP": ("webp", pillow(), {}, "is WEBP, which may change ids"),
    "pages": ("tif", pages, {}, "holds 2 pictures"),
    "fractions": ("npy", numpy(lambda mask: mask / 2), {}, "must hold whole numbers"),
    "a channel a class": ("npy", numpy(lambda mask: np.dstack([1 - mask, mask])), {}, "opaque"),
    "channels first": ("npy", numpy(lambda mask: mask[None]), {}, "must have one channel of ids"),
    "transparent": ("png", pillow(half_transparent), BY_COLOR, "alpha channel that is not opaque"),
    "colours for ids": ("png", opencv(make=colors), {}, "leave out id; .* say channel: red"),
    "ids for colours": ("png", opencv(), BY_COLOR, "must be 8-bit RGB"),
    "a bit, larger ids": ("png", pillow(bit), {"classes": formats.ids(0, 2)}, "than 8 bits"),
    "a bit upside down": ("pbm", pillow(bit), {}, "fewer than 8 bits"),
    "huge ids": (
        "npy",
        numpy(lambda mask: mask * np.int64(10**9)),
        {},
        "id 1000000000, which is not in -1",
    ),
    "unknown ids": ("png", opencv(scale=7, make=lambda mask: mask + 1), {}, "ids 7, 14, which are"),
    "a turn": ("tif", pillow(tiffinfo={274: 3}), {}, "has an EXIF orientation"),
}
FRAMES = {
    "grey": ("png", opencv(scale=255)),
    "RGBA": ("png", pillow(lambda mask: with_alpha(formats.white(mask)))),
    "16 bits": ("png", opencv(np.uint16, make=white(np.uint16, 257))),
    "a palette": ("png", palette(COLORS[:, [0, 0, 0]])),
    "16 bits of TIFF": ("tif", opencv(np.uint16, make=white(np.uint16, 257))),
    "floats of TIFF": ("tif", opencv(np.float32, make=white(np.float32, 1 / 255))),
    "an array": ("npy", numpy(formats.white)),
    "an array of 16 bits": ("npy", numpy(white(np.uint16, 257))),
    "an array of floats": ("npy", numpy(lambda mask: formats.white(mask) / 255)),
    "on its side": ("jpg", formats.turned(6)),
    "PNG on its side": ("png", formats.turned(6)),
}
BAD_FRAMES = {
    "12 bits in 16": (
        "png",
        opencv(np.uint16, make=white(np.uint16, 16)),
        r"holds uint16 of 0\.\.4080, so what is white cannot be known",
    ),
    "14 bits in 16": ("npy", numpy(white(np.uint16, 64)), r"holds uint16 of 0\.\.16320"),
    "floats up to 255": ("npy", numpy(white(np.float32)), r"holds float32 of 0\.\.255"),
    "NaN": ("npy", numpy(white(np.float64, np.nan)), r"float64 of nan\.\.nan"),
    "int64": ("npy", numpy(white(np.int64)), r"holds int64 of 0\.\.255"),
    "channels first": (
        "npy",
        numpy(lambda mask: formats.white(mask).transpose(2, 0, 1)),
        r"must be RGB of shape \(H, W, 3\), not \(3, 32, 64\)",
    ),
    "upside down": ("jpg", formats.turned(3), "has EXIF orientation 3, and whether its label is"),
}


def saved(root, suffix, save):
    """Save two masks; return the paths."""
    paths = [str(root / f"{number}.{suffix}") for number in (3, 9)]
    for path, mask in zip(paths, (FIRST, SECOND), strict=True):
        save(path, mask)
    return paths


def described(root, said):
    return folder.classes(
        formats.describe(root, frames="{clip}/{frame}", labels="{clip}/{frame}", **said)
    )


@pytest.mark.parametrize("name", LABELS)
def test_labels_of_every_kind_are_the_mask(name, tmp_path):
    suffix, save, said = LABELS[name]
    classes = described(tmp_path, said)
    for path, mask in zip(saved(tmp_path, suffix, save), (FIRST, SECOND), strict=True):
        label = read_label(path, classes)
        assert label.dtype == np.uint8 and np.array_equal(label, mask)


@pytest.mark.parametrize("name", BAD_LABELS)
def test_labels_that_cannot_be_known_are_refused(name, tmp_path):
    suffix, save, said, words = BAD_LABELS[name]
    classes = described(tmp_path, said)
    with pytest.raises(BadInput, match=words) as refused:
        read_label(saved(tmp_path, suffix, save)[0], classes)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", FRAMES)
def test_frames_of_every_kind_are_the_white_square(name, tmp_path):
    for path, mask in zip(saved(tmp_path, *FRAMES[name]), (FIRST, SECOND), strict=True):
        frame = open_image(path)
        assert frame.dtype == np.uint8 and np.abs(formats.white(mask) - 1.0 * frame).max() <= 2


@pytest.mark.parametrize("name", BAD_FRAMES)
def test_frames_that_cannot_be_known_are_refused(name, tmp_path):
    suffix, save, words = BAD_FRAMES[name]
    with pytest.raises(BadInput, match=words) as refused:
        open_image(saved(tmp_path, suffix, save)[0])
    assert "\n" not in str(refused.value)


def test_a_square_frame_on_its_side_is_refused(tmp_path):
    path = str(tmp_path / "a.jpg")
    formats.turned(6)(path, FIRST[:, :32])
    with pytest.raises(BadInput, match="has EXIF orientation 6"):
        open_image(path)


def test_the_tag_of_a_png_is_found_behind_its_pixels(tmp_path):
    path = tmp_path / "a.png"
    formats.turned(3)(str(path), FIRST)
    content = path.read_bytes()
    start, end = content.index(b"eXIf") - 4, content.index(b"IDAT") - 4
    behind = content[:start] + content[end:-12] + content[start:end] + content[-12:]
    path.write_bytes(behind)
    with pytest.raises(BadInput, match="has EXIF orientation 3"):
        open_image(str(path))
