//! Odd pictures and the sample photos, bit for bit as every machine decodes them.

use std::{fmt::Write, fs, path::Path};

use gradlens_decode::{Error, Picture, Wish, decode};
use sha2::{Digest, Sha256};

/// Name, longest side, frame, size, number of frames and hash of the pixels, a picture a line.
const KNOWN: &str = include_str!("pictures/pixels.txt");

/// Its colours are rounded by a level otherwise where a machine has vectors for tables of inks: the bits are WebAssembly's.
const PRINTED: &str = "profile-cmyk.jpg";

const WHOLE: Wish = Wish { most_pixels: 1 << 26, max_side: 0, frame: 0 };

fn picture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = [folder.join("tests/pictures"), folder.join("../www/samples")];
    let file = places.iter().map(|place| place.join(name)).find(|file| file.is_file());
    fs::read(file.expect("the picture is there")).expect("the picture can be read")
}

fn pixels(name: &str) -> Picture {
    decode(&picture(name), WHOLE).expect("the picture decodes")
}

#[test]
fn every_machine_decodes_them_to_the_same_bits() {
    let (mut known, mut found) = (String::new(), String::new());
    for line in KNOWN.lines().filter(|line| !line.starts_with(PRINTED)) {
        writeln!(known, "{line}").expect("a text has room");
        let mut fields = line.split(' ');
        let mut field = || fields.next().expect("a line has six fields");
        let (name, max_side, frame) = (field(), field(), field());
        let number = |text: &str| text.parse().expect("a number");
        let wish = Wish { max_side: number(max_side), frame: number(frame), ..WHOLE };
        let Picture { width, height, rgba, frames } =
            decode(&picture(name), wish).expect("the picture decodes");
        let hash: String = Sha256::digest(&rgba).iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(found, "{name} {max_side} {frame} {width}x{height} {frames} {hash}")
            .expect("a text has room");
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pixels.txt");
    fs::write(&file, &found).expect("the folder for tests can be written");
    assert!(found == known, "they are now as in {}", file.display());
}

/// The mean of what two pictures of one size differ by, in levels.
fn difference(one: &Picture, other: &Picture) -> f64 {
    assert_eq!((one.width, one.height), (other.width, other.height));
    let sum: u64 = one.rgba.iter().zip(&other.rgba).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / one.rgba.len() as f64
}

#[test]
fn exif_turns_them() {
    for kind in ["jpg", "png", "webp"] {
        let upright = pixels(&format!("exif-1.{kind}"));
        let at = |picture: &Picture, x: u32, y: u32| {
            let at = 4 * (y * picture.width + x) as usize;
            picture.rgba[at..at + 4].to_vec()
        };
        for orientation in 2..=8 {
            let turned = pixels(&format!("exif-{orientation}.{kind}"));
            let (right, bottom) = (upright.width - 1, upright.height - 1);
            // Where the file's top left pixel is shown (TIFF 6.0, tag 274).
            let (x, y) = [
                (0, 0),
                (right, 0),
                (right, bottom),
                (0, bottom),
                (0, 0),
                (bottom, 0),
                (bottom, right),
                (0, right),
            ][orientation - 1];
            assert_eq!(at(&turned, x, y), at(&upright, 0, 0), "orientation {orientation} of {kind}");
            let sides = if orientation < 5 { (right, bottom) } else { (bottom, right) };
            assert_eq!((turned.width - 1, turned.height - 1), sides);
        }
    }
}

#[test]
fn what_holds_the_same_picture_looks_the_same() {
    let photo = pixels("true-colour.bmp");
    for (name, most) in
        [("sixteen-bit.png", 0.5), ("progressive.jpg", 4.0), ("cmyk.jpg", 4.0), ("animated.png", 0.0)]
    {
        let difference = difference(&photo, &pixels(name));
        assert!(difference <= most, "{name} is off by {difference}");
    }
    let gray = pixels("gray.png");
    assert!(difference(&gray, &pixels("gray.jpg")) <= 2.5);
    assert!(
        gray.rgba
            .chunks_exact(4)
            .all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2] && pixel[3] == 255)
    );
}

/// Light in [0, 1] as sRGB has it, in levels.
fn encoded(light: f64) -> f64 {
    let curve = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    255.0 * curve.clamp(0.0, 1.0)
}

#[test]
fn a_profile_changes_colours_as_it_says() {
    let photo = pixels("true-colour.bmp");
    // From Display P3 to sRGB (CSS Color 4, section 18), behind the profile's exponent.
    let matrix = [[1.2249, -0.2249, 0.0], [-0.0421, 1.0421, 0.0], [-0.0196, -0.0786, 1.0983]];
    for (converted, photo) in pixels("profile.png").rgba.chunks_exact(4).zip(photo.rgba.chunks_exact(4)) {
        let light: Vec<f64> = photo[..3].iter().map(|&value| (f64::from(value) / 255.0).powf(1.8)).collect();
        for (channel, row) in matrix.iter().enumerate() {
            let expected = encoded(row.iter().zip(&light).map(|(weight, light)| weight * light).sum());
            assert!((f64::from(converted[channel]) - expected).abs() <= 3.0, "{converted:?} of {photo:?}");
        }
    }
    for (converted, gray) in
        pixels("profile-gray.png").rgba.chunks_exact(4).zip(pixels("gray.png").rgba.chunks_exact(4))
    {
        let expected = encoded(f64::from(gray[0]) / 255.0);
        assert!((f64::from(converted[0]) - expected).abs() <= 2.0, "{converted:?} of {gray:?}");
    }
}

#[test]
fn transparency_is_kept() {
    for name in ["transparent.png", "gray-transparent.png", "transparent.webp", "lossless.webp"] {
        let picture = pixels(name);
        assert!(picture.rgba[3] < 10 && picture.rgba[picture.rgba.len() - 1] > 245, "{name}");
    }
    let holes = pixels("palette-transparent.png").rgba.chunks_exact(4).filter(|pixel| pixel[3] == 0).count();
    assert!(holes > 0 && holes < 48 * 36);
}

#[test]
fn each_picture_of_an_animation_is_whole() {
    for name in ["animated.gif", "animated.png", "animated.webp"] {
        let frame = |frame| decode(&picture(name), Wish { frame, ..WHOLE }).expect("the frame decodes");
        let [first, second, third] = [frame(0), frame(1), frame(2)];
        assert_eq!(first.frames, 3, "{name}");
        assert!(difference(&pixels("true-colour.bmp"), &first) <= 4.0, "{name}");
        let at = |picture: &Picture, x: usize, y: usize| picture.rgba[4 * (48 * y + x)..][..4].to_vec();
        // Each picture of a GIF has a palette of its own.
        let near = |one: &[u8], other: &[u8]| one.iter().zip(other).all(|(a, b)| a.abs_diff(*b) <= 16);
        assert!(near(&at(&second, 10, 10), &[255, 0, 0, 255]), "{name}");
        assert!(near(&at(&third, 30, 20), &[0, 0, 255, 255]), "{name}");
        assert!(near(&at(&third, 10, 10), &at(&first, 10, 10)), "{name}");
        let error = decode(&picture(name), Wish { frame: 3, ..WHOLE }).expect_err("there is no fourth");
        assert!(matches!(error, Error::NoFrame { frame: 3, frames: 3 }), "{error}");
    }
}

#[test]
fn a_profile_of_inks_says_what_they_look_like() {
    let (photo, printed) = (pixels("true-colour.bmp"), pixels(PRINTED));
    let mut off = 0.0;
    for (photo, printed) in photo.rgba.chunks_exact(4).zip(printed.rgba.chunks_exact(4)) {
        let [c, m, y] = [0, 1, 2].map(|channel| 1.0 - f64::from(photo[channel]) / 255.0);
        // As make.py has them, without black.
        let light = [
            (1.0 - 0.9 * c) * (1.0 - 0.1 * m),
            (1.0 - 0.3 * c) * (1.0 - 0.85 * m) * (1.0 - 0.05 * y),
            (1.0 - 0.1 * c) * (1.0 - 0.3 * m) * (1.0 - 0.9 * y),
        ];
        off += light
            .iter()
            .zip(printed)
            .map(|(&light, &found)| (encoded(light) - f64::from(found)).abs())
            .sum::<f64>();
    }
    let mean = off / (3.0 * f64::from(photo.width * photo.height));
    assert!(mean < 4.0, "the mean is {mean}");
    assert!(difference(&photo, &printed) > 10.0, "they look like no ink at all");
}

#[test]
fn bombs_are_refused_before_they_are_decoded() {
    let mut bomb = picture("sixteen-bit.png");
    // 60,000 x 60,000, with the header's checksum.
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let mut checksum = flate2::Crc::new();
    checksum.update(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&checksum.sum().to_be_bytes());
    let error = decode(&bomb, WHOLE).expect_err("it is too large");
    assert!(matches!(error, Error::TooLarge { width: 60_000, height: 60_000, .. }), "{error}");
}

#[test]
fn what_cannot_be_decoded_is_named() {
    let message = |bytes: &[u8]| decode(bytes, WHOLE).expect_err("it is no such picture").to_string();
    assert!(message(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").contains("HEIC"));
    assert!(message(b"<svg xmlns='x'/>").contains("SVG"));
    assert!(message(b"").contains("empty"));
    assert!(message(b"dear friend").contains("no picture"));
    let cut = picture("sixteen-bit.png");
    assert!(message(&cut[..200]).contains("the PNG file is damaged or cut off"), "{}", message(&cut[..200]));
}
