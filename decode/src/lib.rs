//! Picture files as the pixels that a network is given: upright, in sRGB, 8 bits a channel, the same bits on every
//! machine. A WebAssembly module of its own, which is fetched where a browser's decoder is not to be had or believed.

mod colour;
mod error;
#[cfg(target_family = "wasm")]
mod exports;
mod file;
mod inks;
mod kind;
mod size;
mod upright;
mod webp;

pub use error::{Error, Result};
pub use size::scale;

/// What is asked of a file.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// The most pixels that it may claim to have: more are not decoded.
    pub most_pixels: u64,
    /// The most pixels along a side of the answer, which is made smaller if need be; 0 for as many as there are.
    pub max_side: u32,
    /// Which picture of an animation, from 0 on.
    pub frame: u32,
}

/// Pixels, and what else a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Red, green, blue and alpha of each pixel, row-major, alpha not premultiplied.
    pub rgba: Vec<u8>,
    /// How many pictures the file holds: 1 unless it is an animation.
    pub frames: u32,
}

/// Decodes a JPEG, PNG, WebP, GIF or BMP file: upright by its EXIF orientation, with the colours of its profile in sRGB.
///
/// # Errors
/// [`Error`] says what the file is, where it is no such picture, and what else is the matter with it.
pub fn decode(bytes: &[u8], wish: Wish) -> Result<Picture> {
    let file::Stored { width, height, mut rgba, profile, orientation, frames } = file::read(bytes, wish)?;
    let (width, height) = match size::within(width, height, wish.max_side) {
        size if size == (width, height) => size,
        size => {
            rgba = scale(&rgba, (width, height), size)?;
            size
        }
    };
    if let Some(profile) = profile {
        colour::to_srgb(&mut rgba, &profile);
    }
    let (width, height, rgba) = upright::turn(width, height, rgba, orientation);
    Ok(Picture { width, height, rgba, frames })
}
