"""An uploaded file as the model sees it: found, centred, black and white, 64 × 64."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageOps
from scipy import ndimage

from causal_explorer.data.raster import SIZE

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MOST_BYTES = 20 * 2**20
_MOST_PIXELS = 50_000_000
_WORK = 768  # pixels of the long side on which the sprite is looked for
_PREVIEW = 256
_CONTRAST = 24  # grey levels between figure and ground, of 255
_AREA = 200.0  # pixels of a dSprites sprite of middle size
_LONGEST = 26.0  # pixels of the longest side of a sprite
_SPECK = 0.005  # of the largest shape's area: what is smaller is dirt
_NOTHING = "Nothing stands out in the image: it takes one shape on a plain ground."
_UNREADABLE = "The file is no whole PNG, JPEG, GIF or WebP image."


@dataclass(frozen=True)
class Upload:
    """What was found in a file.

    Attributes:
        picture: (64, 64) uint8 of 0 and 1, what the model sees.
        preview: (H, W) uint8 grey, at most 256 pixels wide and high.
        remarks: what was done to it, a sentence each.
    """

    picture: np.ndarray = field(repr=False)
    preview: np.ndarray = field(repr=False)
    remarks: tuple[str, ...]


def read_upload(data: bytes) -> Upload:
    """Reads a PNG, JPEG, GIF or WebP of any size, and finds the sprite in it.

    Raises:
        ValueError: not such a file, damaged, too large, or with nothing that stands out.
    """
    grey, remarks = _grey(data)
    preview = Image.fromarray(grey)
    preview.thumbnail((_PREVIEW, _PREVIEW), Image.Resampling.BOX)
    figure, found = _figure(grey)
    picture = _as_it_is(grey, figure)
    if picture is None:
        picture = _centred(figure)
        found += ("It was centred and brought to a middle size.",)
    if not 12 <= picture.sum() <= SIZE**2 // 3:
        raise ValueError("What stands out in the image is too thin or too large for a sprite.")
    return Upload(picture, np.asarray(preview), (*remarks, *found))


def _grey(data: bytes) -> tuple[np.ndarray, tuple[str, ...]]:
    """(H, W) uint8 grey of a file, its first frame, upright, on a plain ground."""
    if not isinstance(data, (bytes, bytearray)):
        raise ValueError(f"The file is of type {type(data).__name__}: it takes its bytes.")
    if not data:
        raise ValueError("The file is empty.")
    if len(data) > _MOST_BYTES:
        raise ValueError(f"The file has {len(data) / 2**20:.0f} MB: it takes 20 at most.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decoded(Image.open(io.BytesIO(data), formats=_FORMATS))
    except (_TooLargeError, Image.DecompressionBombError, MemoryError) as error:
        raise ValueError("The image has too many pixels: it takes 50 million at most.") from error
    except Exception as error:  # whatever a decoder raises about a damaged file
        raise ValueError(_UNREADABLE) from error


class _TooLargeError(Exception):
    """More pixels than are read."""


def _decoded(image: Image.Image) -> tuple[np.ndarray, tuple[str, ...]]:
    """The grey of an opened file, and a remark where it has several frames."""
    if image.width * image.height > _MOST_PIXELS:
        raise _TooLargeError
    animated = getattr(image, "n_frames", 1) > 1
    image.draft("RGB", (_WORK, _WORK))  # a JPEG is decoded small at once
    image.load()
    image = ImageOps.exif_transpose(image)
    if not _is_small_grid(image):
        image.thumbnail((_WORK, _WORK), Image.Resampling.BOX)
    remarks = ("It is animated: the first frame was taken.",) if animated else ()
    return _flattened(image), remarks


def _is_small_grid(image: Image.Image) -> bool:
    """Whether the image may be a 64 × 64 picture, magnified."""
    return image.width == image.height and image.width % SIZE == 0 and image.width <= 4096


def _flattened(image: Image.Image) -> np.ndarray:
    """(H, W) uint8 grey; what is transparent gets the colour that sets the rest off."""
    if image.mode in ("I;16", "I;16B", "I", "F"):
        levels = np.asarray(image).astype(np.float64)
        low, high = levels.min(), levels.max()
        return ((levels - low) / max(high - low, 1) * 255).round().astype(np.uint8)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        both = image.convert("RGBA")
        opaque = np.asarray(both.getchannel("A")) / 255.0
        light = np.asarray(both.convert("L")).astype(np.float64)
        mean = (light * opaque).sum() / max(opaque.sum(), 1e-9)
        ground = 255.0 if mean < 128 else 0.0
        return (light * opaque + ground * (1 - opaque)).round().astype(np.uint8)
    return np.asarray(image.convert("RGB").convert("L"))


def _figure(grey: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """(H, W) bool: the largest shape that differs from the border; and what was left out."""
    if min(grey.shape) < 8:
        raise ValueError("The image is too small: it takes 8 pixels in each direction at least.")
    bright = grey > _otsu(grey)
    remarks: tuple[str, ...] = ()
    shapes = bright if _border(bright).mean() <= 0.5 else ~bright
    label, sizes = _components(shapes)
    largest = label == 1 + sizes.argmax()
    inside = _filled(largest) & ~largest
    rows, columns = _box(largest)
    page = largest | inside
    filled = page[rows, columns].mean()
    if filled > 0.95 and page.mean() > 0.3 and inside.mean() > 0.002:
        # a frame, then a page, then the sprite on it: what fills the page's holes is the sprite
        label, sizes = _components(inside)
        largest = label == 1 + sizes.argmax()
        remarks = ("The frame around it was left out.",)
    elif shapes is not bright:
        remarks = ("It was darker than its ground, so it was inverted.",)
    if _is_noise(shapes):
        raise ValueError(_NOTHING)
    others = int((sizes > _SPECK * sizes.max()).sum()) - 1
    if others:
        remarks += (_several(others + 1),)
    return largest, remarks


def _several(shapes: int) -> str:
    return (
        "Two shapes were found; the larger is used."
        if shapes == 2
        else f"{shapes} shapes were found; the largest is used."
    )


def _is_noise(mask: np.ndarray) -> bool:
    """Whether it is a crowd of specks rather than a shape."""
    label = np.zeros(mask.shape, dtype=np.int32)
    count = ndimage.label(mask, output=label)  # corners do not connect here
    sizes = np.bincount(label.ravel())[1:]
    return int(np.asarray(count)) > 40 and sizes.max() < 0.5 * sizes.sum()


def _otsu(grey: np.ndarray) -> int:
    """The threshold that leaves the least variance on either side (Otsu 1979, equation 18)."""
    counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    levels = np.arange(256)
    below = counts.cumsum()
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        low = (counts * levels).cumsum() / below
        high = ((counts * levels).sum() - (counts * levels).cumsum()) / above
        between = np.nan_to_num(below * above * (low - high) ** 2)
    best = int(between.argmax())
    if between[best] == 0 or high[best] - low[best] < _CONTRAST:
        raise ValueError("Nothing stands out in the image: it is nearly of one colour.")
    return best


def _filled(mask: np.ndarray) -> np.ndarray:
    return np.asarray(ndimage.binary_fill_holes(mask))


def _border(mask: np.ndarray) -> np.ndarray:
    return np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])


def _components(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Connected shapes, numbered from 1, and their sizes in pixels."""
    label = np.zeros(mask.shape, dtype=np.int32)
    if not ndimage.label(mask, np.ones((3, 3)), output=label):
        raise ValueError(_NOTHING)
    return label, np.bincount(label.ravel())[1:]


def _box(mask: np.ndarray) -> tuple[slice, slice]:
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _as_it_is(grey: np.ndarray, figure: np.ndarray) -> np.ndarray | None:
    """(64, 64) uint8, if the image is such a picture already, perhaps magnified; else None."""
    side = grey.shape[0]
    if grey.shape != (side, side) or side % SIZE:
        return None
    blocks = figure.reshape(SIZE, side // SIZE, SIZE, side // SIZE).astype(np.uint8)
    whole = blocks.min(axis=(1, 3))
    return whole if np.array_equal(whole, blocks.max(axis=(1, 3))) else None


def _centred(figure: np.ndarray) -> np.ndarray:
    """(64, 64) uint8: the shape without holes, its centre of mass in the middle."""
    solid = _filled(figure)
    rows, columns = _box(solid)
    longest = max(rows.stop - rows.start, columns.stop - columns.start)
    step = max((solid.sum() / _AREA) ** 0.5, longest / _LONGEST)  # of its pixels to one of ours
    soft = ndimage.gaussian_filter(solid.astype(np.float64), 0.4 * step)
    centre = np.array(ndimage.center_of_mass(solid))
    offset = centre - step * (SIZE - 1) / 2
    canvas = ndimage.affine_transform(soft, [step, step], offset, (SIZE, SIZE), order=1)
    return (canvas > 0.5).astype(np.uint8)
