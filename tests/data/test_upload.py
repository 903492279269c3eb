import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from causal_explorer.data import dsprites
from causal_explorer.data.upload import read_upload

SPRITES = dsprites.render(
    dsprites.classes_of(np.random.default_rng(0).integers(0, dsprites.COUNT, 60))
)


def encoded(image, form="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def heart(size, ground=230, ink=40, mode="L"):
    """A printed heart in the middle of a page."""
    image = Image.new(mode, size, ground)
    t, s = np.linspace(0, 2 * np.pi, 300), min(size) / 3.2
    x = size[0] / 2 + s * np.sin(t) ** 3
    wave = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    ImageDraw.Draw(image).polygon(
        list(zip(x, size[1] / 2 - s * wave / 14.5, strict=True)), fill=ink
    )
    return image


def photo():
    """Turned, blurred, unevenly lit, noisy."""
    page = heart((900, 700)).rotate(17, fillcolor=230).filter(ImageFilter.GaussianBlur(2))
    lit = np.asarray(page) * np.linspace(0.75, 1, 900)
    noisy = lit + np.random.default_rng(0).normal(0, 8, lit.shape)
    return encoded(Image.fromarray(noisy.clip(0, 255).astype(np.uint8)), "JPEG", quality=70)


def framed():
    screen = Image.new("L", (800, 600), 30)
    screen.paste(heart((700, 500)), (50, 50))
    return encoded(screen)


GOOD = {
    "photo": photo(),
    "framed": framed(),
    "inverted": encoded(heart((300, 300), 20, 220)),
    "large": encoded(heart((4000, 3000)), "JPEG"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_heart_is_found_and_named(explorer, name):
    found = read_upload(GOOD[name])
    assert found.picture.shape == (64, 64)
    assert set(np.unique(found.picture)) == {0, 1}
    assert max(found.preview.shape) <= 256
    posterior = explorer.explain(found.picture)
    assert posterior.best["shape"] == 2
    assert posterior.overlap > 0.8


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("times", [1, 4])
def test_a_sprite_comes_back_pixel_for_pixel(form, inverted, times):
    options = {"lossless": True} if form == "WEBP" else {}
    for sprite in SPRITES:
        shown = np.kron((1 - sprite if inverted else sprite) * 255, np.ones((times, times), "u1"))
        data = encoded(Image.fromarray(shown.astype(np.uint8)), form, **options)
        np.testing.assert_array_equal(read_upload(data).picture, sprite)


def test_noise_is_refused():
    noise = np.random.default_rng(0).integers(0, 256, (300, 300)).astype(np.uint8)
    with pytest.raises(ValueError, match="Nothing stands out"):
        read_upload(encoded(Image.fromarray(noise)))


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_plain_image_is_refused(level):
    with pytest.raises(ValueError, match="Nothing stands out"):
        read_upload(encoded(Image.new("L", (100, 80), level)))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_truncated_file_is_read_or_refused_in_one_sentence(form):
    data = encoded(heart((300, 200)), form)
    said = []
    for length in range(0, len(data), max(1, len(data) // 40)):
        try:
            read_upload(data[:length])
        except ValueError as error:
            said.append(str(error))
    assert len(said) > 30
    assert {text.count(".") for text in said} == {1}


@pytest.mark.parametrize(
    "data", [b"hello " * 50, b"%PDF-1.7\n" + b"x" * 500, b"PK\x03\x04" + b"x" * 500, b"<svg/>"]
)
def test_a_renamed_file_is_refused(data):
    with pytest.raises(ValueError, match="no whole PNG, JPEG, GIF or WebP"):
        read_upload(data)


@pytest.mark.parametrize("form", ["TIFF", "BMP", "PPM", "ICO"])
def test_other_formats_are_refused(form):
    with pytest.raises(ValueError, match="no whole PNG, JPEG, GIF or WebP"):
        read_upload(encoded(heart((64, 64)), form))


def test_nothing_and_too_much_are_refused():
    with pytest.raises(ValueError, match="empty"):
        read_upload(b"")
    with pytest.raises(ValueError, match="20 at most"):
        read_upload(bytes(21 * 2**20))


def test_a_bomb_is_refused_by_its_header():
    """A PNG of a hundred bytes that says it has 60,000 × 60,000 pixels."""

    def chunk(kind, content):
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0"))
    with pytest.raises(ValueError, match="too many pixels"):
        read_upload(data + chunk(b"IEND", b""))


@pytest.mark.parametrize("size", [(1, 1), (1, 5_000), (5_000, 3), (7, 7)])
def test_a_sliver_is_refused(size):
    image = Image.new("L", size, 255)
    image.putpixel((0, 0), 0)
    with pytest.raises(ValueError, match="image"):
        read_upload(encoded(image))


def same_as_plain(data):
    plain = read_upload(encoded(heart((320, 240)))).picture
    return (read_upload(data).picture != plain).mean() < 0.01


def test_sixteen_bits():
    deep = Image.fromarray(np.asarray(heart((320, 240))).astype(np.uint16) * 200)
    assert same_as_plain(encoded(deep))


def test_a_transparent_ground():
    mask = heart((320, 240), ground=0, ink=255)
    for ink in ((200, 30, 30), (250, 240, 240)):
        image = Image.new("RGBA", (320, 240), (0, 0, 0, 0))
        image.paste((*ink, 255), mask=mask)
        assert same_as_plain(encoded(image))
        assert same_as_plain(encoded(image, "WEBP", lossless=True))


def test_cmyk_and_palette():
    assert same_as_plain(encoded(heart((320, 240)).convert("CMYK"), "JPEG"))
    assert same_as_plain(encoded(heart((320, 240)).convert("P")))


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation_is_taken(form):
    first, then = heart((320, 240)), Image.new("L", (320, 240), 255)
    data = encoded(first, form, save_all=True, append_images=[then] * 3)
    assert same_as_plain(data)
    assert "first frame" in " ".join(read_upload(data).remarks)


def test_a_photo_is_turned_as_its_camera_says():
    turned = heart((320, 240)).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to see it upright
    assert same_as_plain(encoded(turned, "JPEG", quality=95, exif=exif))


def test_the_largest_of_several_shapes_is_taken():
    image = heart((320, 240))
    ImageDraw.Draw(image).rectangle((10, 10, 40, 40), fill=40)
    assert "Two shapes were found; the larger is used." in read_upload(encoded(image)).remarks
    assert same_as_plain(encoded(image))
    ImageDraw.Draw(image).rectangle((280, 10, 290, 20), fill=40)  # 1 % of the heart's area
    assert "3 shapes were found; the largest is used." in read_upload(encoded(image)).remarks


def test_dirt_is_no_shape():
    image = heart((320, 240))
    ImageDraw.Draw(image).rectangle((10, 10, 13, 13), fill=40)
    assert not any("found" in remark for remark in read_upload(encoded(image)).remarks)


@pytest.mark.parametrize("levels", [(0, 1), (1, 0), (7, 9), (254, 255)])
@pytest.mark.parametrize("times", [1, 5])
def test_two_levels_are_told_apart_however_close_they_are(levels, times):
    """As dSprites' own arrays of 0 and 1 are saved; the same was read at 16 bits."""
    for sprite in SPRITES[:10]:
        shown = np.kron(np.array(levels)[sprite], np.ones((times, times), int))
        for kind in (np.uint8, np.uint16):
            data = encoded(Image.fromarray(shown.astype(kind)))
            np.testing.assert_array_equal(read_upload(data).picture, sprite)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_faint_noise_and_faint_shades_are_no_figure(kind):
    noise = np.random.default_rng(0).normal(100, 2, (300, 300)).round()
    shade = np.linspace(100, 110, 300)[None].repeat(300, 0).round()
    for plain in (noise, shade):
        with pytest.raises(ValueError, match="Nothing stands out"):
            read_upload(encoded(Image.fromarray(plain.astype(kind))))


def test_a_sprite_magnified_to_4096_costs_no_more_than_a_photo():
    """It cost 640 MB; decoded it has 17 million bytes, and is reduced before anything else."""
    large = Image.fromarray(SPRITES[0] * 255).resize((4096, 4096), Image.Resampling.NEAREST)
    data = encoded(large)
    read_upload(GOOD["photo"])  # opens what all uploads need
    tracemalloc.start()
    np.testing.assert_array_equal(read_upload(data).picture, SPRITES[0])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6


def test_more_pixels_than_are_read_are_refused():
    with pytest.raises(ValueError, match="24 million at most, as a JPEG 50 million"):
        read_upload(encoded(Image.new("1", (6000, 5000))))


@pytest.mark.parametrize("name", GOOD)
def test_a_clean_upload_is_a_sprite_and_moves_as_one(explorer, name):
    """It lies between sizes, places and turns that sprites have, and is brought to the nearest."""
    picture = read_upload(GOOD[name]).picture
    posterior = explorer.explain(picture)
    assert posterior.none < 1e-6
    assert posterior.overlap > 0.95
    answer = explorer.with_story("independent").counterfactual(image=picture, do={"posX": 28})
    moved = posterior.classes[:1] * [1, 1, 1, 0, 1] + [0, 0, 0, 28, 0]
    if len(posterior) == 1:
        np.testing.assert_allclose(answer.density, dsprites.render(moved)[0], atol=1e-6)
    assert answer.density[:, :33].max() < 1e-6  # the old outline is gone


@pytest.mark.parametrize(("corners", "inner"), [(5, 1.0), (6, 1.0), (10, 0.45), (8, 0.5), (3, 1.0)])
def test_a_photo_of_another_figure_is_none_of_these(explorer, corners, inner):
    angle = 0.3 + 2 * np.pi * np.arange(corners) / corners
    radius = np.where(np.arange(corners) % 2 if inner < 1 else 0, 300 * inner, 300)
    image = Image.new("L", (900, 800), 230)
    points = zip(450 + radius * np.sin(angle), 400 - radius * np.cos(angle), strict=True)
    ImageDraw.Draw(image).polygon(list(points), fill=40)
    found = explorer.explain(read_upload(encoded(image)).picture)
    assert found.none > 0.99
