"""Writes the small odd pictures beside it, from one of the sample photos. Needs Pillow."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

here = Path(__file__).parent
photo = Image.open(here / "../../../www/samples/dog.webp").convert("RGB")
photo.thumbnail((60, 60), Image.Resampling.BICUBIC)
photo = photo.crop((0, 0, 48, 36))


def save(name, picture=photo, **options):
    picture.save(here / name, **options)


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(name, bits, colours, rows, between=b""):
    """A PNG of depths and chunks that Pillow does not write."""
    header = struct.pack(">IIBBBBB", *photo.size, bits, colours, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    parts = chunk(b"IHDR", header) + between + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    (here / name).write_bytes(b"\x89PNG\r\n\x1a\n" + parts)


def profile(space, tags, kind=b"mntr", connection=b"XYZ "):
    """An ICC profile of version 2, for a display by default."""
    header = struct.pack(">I4sI4s4s4s", 0, b"none", 0x02100000, kind, space, connection)
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)
    header = header.ljust(128, b"\0")
    table, data, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        value = value.ljust(-(-len(value) // 4) * 4, b"\0")
        table += struct.pack(">4sII", name, at + len(data), len(value))
        data += value
    whole = header + struct.pack(">I", len(tags)) + table + data
    return struct.pack(">I", len(whole)) + whole[4:]


def xyz(*values):
    return b"XYZ " + bytes(4) + struct.pack(">iii", *(round(value * 65536) for value in values))


def gamma(value):
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(value * 256))


# Display P3's primaries, adapted to D50, with the exponent of 1.8 that old Macs had.
wide = profile(b"RGB ", {
    b"wtpt": xyz(0.9642, 1, 0.8249),
    b"rXYZ": xyz(0.5151, 0.2412, -0.0011),
    b"gXYZ": xyz(0.2920, 0.6922, 0.0419),
    b"bXYZ": xyz(0.1571, 0.0666, 0.7841),
    b"rTRC": gamma(1.8), b"gTRC": gamma(1.8), b"bTRC": gamma(1.8),
})
def inks(grid):
    """A profile of four inks, by a table of Lab values: darker than what red, green and blue are without them."""
    def lab(*ink):
        cyan, magenta, yellow, black = (at / (grid - 1) for at in ink)
        light = [
            (1 - 0.9 * cyan) * (1 - 0.1 * magenta) * (1 - 0.95 * black),
            (1 - 0.3 * cyan) * (1 - 0.85 * magenta) * (1 - 0.05 * yellow) * (1 - 0.95 * black),
            (1 - 0.1 * cyan) * (1 - 0.3 * magenta) * (1 - 0.9 * yellow) * (1 - 0.95 * black),
        ]
        # sRGB's primaries under D50, of which white is 1.
        matrix = [(0.4522, 0.3994, 0.1484), (0.2225, 0.7169, 0.0606), (0.0169, 0.1177, 0.8654)]
        x, y, z = (sum(a * b for a, b in zip(row, light)) for row in matrix)
        f = lambda t: t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116
        lightness, a, b = 116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))
        return [round(lightness * 652.8), round((a + 128) * 256), round((b + 128) * 256)]

    places = range(grid)
    table = [value for c in places for m in places for y in places for k in places for value in lab(c, m, y, k)]
    identity = struct.pack(">iiiiiiiii", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    line = struct.pack(">HH", 0, 65535)
    head = b"mft2" + bytes(4) + struct.pack(">BBBB", 4, 3, grid, 0) + identity + struct.pack(">HH", 2, 2)
    return head + 4 * line + struct.pack(f">{len(table)}H", *table) + 3 * line


printed = profile(b"CMYK", {b"wtpt": xyz(0.9642, 1, 0.8249), b"A2B0": inks(7)}, kind=b"prtr", connection=b"Lab ")

linear_gray = profile(b"GRAY", {b"wtpt": xyz(0.9642, 1, 0.8249), b"kTRC": gamma(1)})

for orientation in range(1, 9):
    save(f"exif-{orientation}.jpg", quality=90, exif=exif(orientation))
    save(f"exif-{orientation}.png", photo.resize((12, 9)), exif=exif(orientation))
    save(f"exif-{orientation}.webp", quality=90, exif=exif(orientation))
save("progressive.jpg", quality=90, progressive=True)
save("subsampled.jpg", quality=90, subsampling="4:2:0")
save("gray.jpg", photo.convert("L"), quality=90)
save("cmyk.jpg", photo.convert("CMYK"), quality=90)
save("profile-cmyk.jpg", photo.convert("CMYK"), quality=90, icc_profile=printed)
save("profile.jpg", quality=90, icc_profile=wide)
save("profile.png", icc_profile=wide)
save("profile-gray.png", photo.convert("L"), icc_profile=linear_gray)
save("one-bit.png", photo.convert("1"))
save("gray.png", photo.convert("L"))
save("palette.png", photo.quantize(16))
save("palette-transparent.png", photo.quantize(16), transparency=3)
faded = photo.copy()
faded.putalpha(Image.linear_gradient("L").resize(photo.size))
save("transparent.png", faded)
save("gray-transparent.png", faded.convert("LA"))
save("transparent.webp", faded, quality=90)
save("lossless.webp", faded, lossless=True)
save("palette.bmp", photo.quantize(16))
save("true-colour.bmp")

deep = [[tuple(value * 257 + 60 for value in photo.getpixel((x, y))) for x in range(48)] for y in range(36)]
limited = [[tuple(min(value, 65535) for value in pixel) for pixel in row] for row in deep]
png("sixteen-bit.png", 16, 2, [b"".join(struct.pack(">HHH", *pixel) for pixel in row) for row in limited])
png("sixteen-bit-gray.png", 16, 0, [b"".join(struct.pack(">H", pixel[1]) for pixel in row) for row in limited])

# Each later picture changes a part of the one before.
pictures = [photo, photo.copy(), photo.copy()]
pictures[1].paste((255, 0, 0), (4, 4, 20, 20))
pictures[2].paste((0, 0, 255), (24, 8, 44, 30))
for name in ["animated.gif", "animated.png"]:
    save(name, pictures[0], save_all=True, append_images=pictures[1:], duration=100)
save("animated.webp", pictures[0], save_all=True, append_images=pictures[1:], duration=100, lossless=True)
