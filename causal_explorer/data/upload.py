"""An uploaded file as the model sees it: found, centred, black and white, 64 × 64."""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageOps, ImageStat
from scipy import ndimage

from causal_explorer.data import dsprites
from causal_explorer.data.raster import SIZE
from causal_explorer.data.windows import open_windows

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MOST_BYTES = 20 * 2**20
_MOST_PIXELS = 50_000_000  # of a JPEG, which is decoded small
_MOST_WHOLE = 24_000_000  # of what is decoded as it is: 100 MB at 4 bytes a pixel
_WORK = 768  # pixels of the long side on which the sprite is looked for
_PREVIEW = 256
_CONTRAST = 24  # grey levels between the darkest and the brightest pixel, of 255: fewer are
_CLEAR = 4.0  # enough where figure and ground lie this many deviations apart; even shades 3.5
_AREA = 200.0  # pixels of a dSprites sprite of middle size
_LONGEST = 26.0  # pixels of the longest side of a sprite
_TURNS = np.linspace(-1, 1, 9) * np.pi / 39  # radians, up to half a step of orientation
_SPECK = 0.005  # of the largest shape's area: what is smaller is dirt
_NOTHING = "Nothing stands out in the image: it takes one shape on a plain ground."
_ONE_AT_A_TIME = threading.Lock()  # a decoder may need 100 MB
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
        picture = _registered(figure)
        found += ("It was centred, and brought to a size and turn that a sprite can have.",)
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
            with _ONE_AT_A_TIME:
                return _decoded(Image.open(io.BytesIO(data), formats=_FORMATS))
    except (_TooLargeError, Image.DecompressionBombError, MemoryError) as error:
        raise ValueError(
            f"The image has too many pixels: it takes {_MOST_WHOLE // 10**6} million at most, as "
            f"a JPEG {_MOST_PIXELS // 10**6} million."
        ) from error
    except _FlatError as error:
        raise ValueError("Nothing stands out in the image: it is nearly of one colour.") from error
    except Exception as error:  # whatever a decoder raises about a damaged file
        raise ValueError(_UNREADABLE) from error


class _TooLargeError(Exception):
    """More pixels than are read."""


class _FlatError(Exception):
    """One colour, or nearly."""


def _decoded(image: Image.Image) -> tuple[np.ndarray, tuple[str, ...]]:
    """The grey of an opened file, and a remark where it has several frames."""
    if image.width * image.height > _MOST_PIXELS:
        raise _TooLargeError
    animated = getattr(image, "is_animated", False)
    image.draft("RGB", (_WORK, _WORK))  # a JPEG is decoded small at once
    if image.width * image.height > _MOST_WHOLE:
        raise _TooLargeError
    image.load()
    grey = _reduced(_flattened(ImageOps.exif_transpose(image)))
    remarks = ("It is animated: the first frame was taken.",) if animated else ()
    return _stretched(grey), remarks


def _flattened(image: Image.Image) -> Image.Image:
    """Grey, of 8 bits or of floats; what is transparent gets the colour that sets the rest off."""
    if image.mode in ("I;16", "I;16B", "I", "F"):
        return image.convert("F")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        both = image.convert("LA")
        light, opaque = both.getchannel("L"), both.getchannel("A")
        share = ImageStat.Stat(opaque).mean[0] / 255
        dark = ImageStat.Stat(ImageChops.multiply(light, opaque)).mean[0] < 128 * share
        return Image.composite(light, Image.new("L", image.size, 255 if dark else 0), opaque)
    return image.convert("L")


def _reduced(grey: Image.Image) -> Image.Image:
    """With at most 768 pixels on the long side; whole blocks at a time where it is a grid.

    A 64 × 64 picture that was magnified is so still one.
    """
    if grey.width == grey.height and grey.width % SIZE == 0:
        times = grey.width // SIZE
        kept = max(k for k in range(1, _WORK // SIZE + 1) if times % k == 0)
        return grey.reduce(times // kept)
    grey.thumbnail((_WORK, _WORK), Image.Resampling.BOX)
    return grey


def _stretched(grey: Image.Image) -> np.ndarray:
    """(H, W) uint8: what lies between the darkest and the brightest pixel, over all levels.

    Raises:
        _FlatError: nothing stands out.
    """
    levels = np.asarray(grey).astype(np.float64)
    low, high = levels.min(), levels.max()
    if not high > low:  # or no number at all
        raise _FlatError
    whole = (levels - low) / (high - low) * 255
    scale = 65_535 if grey.mode == "F" else 255
    if high - low < _CONTRAST * scale / 255 and _apart(whole) < _CLEAR:
        raise _FlatError
    return whole.round().astype(np.uint8)


def _apart(levels: np.ndarray) -> float:
    """How many deviations within them lie between the means of figure and ground."""
    bright = levels > _otsu(levels.round().astype(np.uint8))
    above, below = levels[bright], levels[~bright]
    within = bright.mean() * above.var() + (1 - bright.mean()) * below.var()
    return float((above.mean() - below.mean()) / max(within, 1e-12) ** 0.5)


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
    return int(between.argmax())


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


def _registered(figure: np.ndarray) -> np.ndarray:
    """(64, 64) uint8: the shape without holes, at the size, place and turn of the likest sprite.

    A photo's are its own, and between those that sprites have; nobody asks about them. Of each
    shape the sprite that the shape looks most like at a middle size gives its area and its centre
    of mass, and the turn within half a step of orientation is tried.
    """
    solid = _filled(figure)
    rows, columns = _box(solid)
    longest = max(rows.stop - rows.start, columns.stop - columns.start)
    step = max((solid.sum() / _AREA) ** 0.5, longest / _LONGEST)  # of its pixels to one of ours
    soft = ndimage.gaussian_filter(solid.astype(np.float64), 0.4 * step)
    middle = _placed(soft, solid, step, np.full(2, (SIZE - 1) / 2), 0.0)
    distances = open_windows().distances(middle)
    tried = []
    for shape, near in enumerate(distances):
        sprite = np.array([shape, *np.unravel_index(near.argmin(), near.shape)])
        likest = dsprites.render(sprite[None])[0]
        size = (solid.sum() / likest.sum()) ** 0.5
        centre = np.array(ndimage.center_of_mass(likest))
        around = dsprites.render(_neighbours(sprite))
        for turn in sorted(_TURNS, key=abs):
            picture = _placed(soft, solid, size, centre, turn)
            tried.append(((picture != around).sum((1, 2)).min() / likest.sum(), picture))
    return min(tried, key=lambda one: one[0])[1]


def _placed(
    soft: np.ndarray, solid: np.ndarray, step: float, centre: np.ndarray, turn: float
) -> np.ndarray:
    """(64, 64) uint8: a shape, its centre of mass at (2,) row and column, turned by radians."""
    cos, sin = step * np.cos(turn), step * np.sin(turn)
    matrix = np.array([[cos, -sin], [sin, cos]])
    offset: Any = np.array(ndimage.center_of_mass(solid)) - matrix @ centre  # its stubs say float
    return (ndimage.affine_transform(soft, matrix, offset, (SIZE, SIZE), order=1) > 0.5).astype(
        np.uint8
    )


def _neighbours(sprite: np.ndarray) -> np.ndarray:
    """(27, 5) a sprite's classes, and those one step of orientation or place away."""
    moves = np.indices((3, 3, 3)).reshape(3, -1).T - 1
    near = np.tile(sprite, (len(moves), 1))
    near[:, 2:] += moves
    near[:, 2] %= dsprites.FACTORS[2].classes
    return near.clip(0, np.array(dsprites.DIMENSIONS) - 1)
