//! Files as they hold their pixels.

use std::io::Cursor;

use image::{
    AnimationDecoder, ColorType, ImageDecoder, ImageError, Limits,
    codecs::{bmp::BmpDecoder, gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};

use crate::{Error, Result, Wish, inks, kind::Kind, webp};

/// Pixels of 8 bits, in the file's own colours and lying as in the file.
pub struct Stored {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
    /// An ICC profile.
    pub profile: Option<Vec<u8>>,
    pub orientation: Orientation,
    pub frames: u32,
}

/// What a decoder may hold besides pixels: tables, and metadata that it unpacks.
const BESIDE_PIXELS: u64 = 64 << 20;
/// 16 bits in four channels.
const LARGEST_PIXEL: u64 = 8;

/// Reads one picture of a file.
pub fn read(bytes: &[u8], wish: Wish) -> Result<Stored> {
    let kind = Kind::of(bytes);
    let damaged = |error: ImageError| failure(kind, &error);
    let (mut decoder, frames) = open(kind, bytes, wish)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > wish.most_pixels {
        return Err(Error::TooLarge { width, height, most: wish.most_pixels });
    }
    if wish.frame >= frames {
        return Err(Error::NoFrame { frame: wish.frame, frames });
    }
    decoder.set_limits(limits(wish)).map_err(damaged)?;
    // What is said beside the pixels may be damaged: they are shown all the same, as browsers do.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    if let Some(rgba) = if kind == Kind::Jpeg { inks::read(bytes)? } else { None } {
        return Ok(Stored { width, height, rgba, profile: None, orientation, frames });
    }
    let profile = decoder.icc_profile().ok().flatten();
    let rgba = if wish.frame == 0 {
        let colours = decoder.color_type();
        let mut values = zeros(decoder.total_bytes())?;
        decoder.read_image_boxed(&mut values).map_err(damaged)?;
        rgba(values, colours)?
    } else {
        drop(decoder);
        frame(kind, bytes, wish)?
    };
    Ok(Stored { width, height, rgba, profile, orientation, frames })
}

/// A file's decoder, and how many pictures the file has.
fn open<'a>(kind: Kind, bytes: &'a [u8], wish: Wish) -> Result<(Box<dyn ImageDecoder + 'a>, u32)> {
    if kind == Kind::WebP && !webp::is_plausible(bytes) {
        return Err(Error::Damaged { kind, reason: "its parts contradict each other".into() });
    }
    let file = Cursor::new(bytes);
    let damaged = |error: ImageError| failure(kind, &error);
    Ok(match kind {
        Kind::Jpeg => (Box::new(JpegDecoder::new(file).map_err(damaged)?), 1),
        Kind::Png => {
            (Box::new(PngDecoder::with_limits(file, limits(wish)).map_err(damaged)?), png_frames(bytes))
        }
        Kind::WebP => (Box::new(WebPDecoder::new(file).map_err(damaged)?), webp_frames(bytes)),
        Kind::Gif => (Box::new(GifDecoder::new(file).map_err(damaged)?), gif_frames(bytes)),
        Kind::Bmp => (Box::new(BmpDecoder::new(file).map_err(damaged)?), 1),
        _ => return Err(Error::Other(kind)),
    })
}

/// A later picture of an animation, on what those before it left.
fn frame(kind: Kind, bytes: &[u8], wish: Wish) -> Result<Vec<u8>> {
    let file = Cursor::new(bytes);
    let damaged = |error: ImageError| failure(kind, &error);
    let mut frames = match kind {
        Kind::Png => {
            let decoder = PngDecoder::with_limits(file, limits(wish)).map_err(damaged)?;
            decoder.apng().map_err(damaged)?.into_frames()
        }
        Kind::WebP => {
            let mut decoder = WebPDecoder::new(file).map_err(damaged)?;
            decoder.set_limits(limits(wish)).map_err(damaged)?;
            decoder.into_frames()
        }
        _ => {
            // Without limits, a part of a GIF may claim to be larger than the whole.
            let mut decoder = GifDecoder::new(file).map_err(damaged)?;
            decoder.set_limits(limits(wish)).map_err(damaged)?;
            decoder.into_frames()
        }
    };
    let missing = || Error::Damaged { kind, reason: format!("frame {} is missing", wish.frame) };
    for _ in 0..wish.frame {
        frames.next().ok_or_else(missing)?.map_err(damaged)?;
    }
    Ok(frames.next().ok_or_else(missing)?.map_err(damaged)?.into_buffer().into_raw())
}

fn png_frames(bytes: &[u8]) -> u32 {
    let reader = png::Decoder::new(Cursor::new(bytes)).read_info();
    reader
        .ok()
        .and_then(|reader| Some(reader.info().animation_control()?.num_frames))
        .map_or(1, |count| count.max(1))
}

fn webp_frames(bytes: &[u8]) -> u32 {
    image_webp::WebPDecoder::new(Cursor::new(bytes)).map_or(1, |decoder| decoder.num_frames().max(1))
}

fn gif_frames(bytes: &[u8]) -> u32 {
    let mut options = gif::DecodeOptions::new();
    options.skip_frame_decoding(true);
    let Ok(mut decoder) = options.read_info(Cursor::new(bytes)) else { return 1 };
    let mut frames = 0;
    while let Ok(Some(_)) = decoder.next_frame_info() {
        frames += 1;
    }
    frames.max(1)
}

fn limits(wish: Wish) -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(wish.most_pixels.saturating_mul(LARGEST_PIXEL).saturating_add(BESIDE_PIXELS));
    limits
}

fn failure(kind: Kind, error: &ImageError) -> Error {
    match error {
        ImageError::Limits(_) => Error::NoMemory,
        _ => Error::Damaged { kind, reason: error.to_string() },
    }
}

/// So much memory, if there is.
pub fn zeros(bytes: u64) -> Result<Vec<u8>> {
    let bytes = usize::try_from(bytes).map_err(|_| Error::NoMemory)?;
    let mut zeros = Vec::new();
    zeros.try_reserve_exact(bytes).map_err(|_| Error::NoMemory)?;
    zeros.resize(bytes, 0);
    Ok(zeros)
}

/// Gray is as much red, green and blue; of 16 bits, which are in the machine's order, the nearest 8.
fn rgba(values: Vec<u8>, colours: ColorType) -> Result<Vec<u8>> {
    let channels = usize::from(colours.channel_count());
    let wide = usize::from(colours.bytes_per_pixel()) / channels;
    if colours == ColorType::Rgba8 {
        return Ok(values);
    }
    let pixels = values.len() / (channels * wide);
    let mut rgba = zeros(4 * pixels as u64)?;
    let narrow = |value: &[u8]| match *value {
        [low, high] => ((u32::from(u16::from_ne_bytes([low, high])) + 128) / 257) as u8,
        _ => value[0],
    };
    for (to, from) in rgba.chunks_exact_mut(4).zip(values.chunks_exact(channels * wide)) {
        let channel = |at: usize| narrow(&from[at * wide..][..wide]);
        let (red, green, blue) = if channels < 3 { (0, 0, 0) } else { (0, 1, 2) };
        let alpha = if channels % 2 == 0 { channel(channels - 1) } else { u8::MAX };
        to.copy_from_slice(&[channel(red), channel(green), channel(blue), alpha]);
    }
    Ok(rgba)
}
