//! The picture as the browser hands it over.

use crate::{Error, Result};

/// The most pixels a picture may have: 64 million, 256 MB of RGBA.
pub const MAX_PIXELS: usize = 64_000_000;

/// The most pixels along a side of a picture: no JPEG and no browser's canvas has more.
pub const MAX_SIDE: usize = 65_535;

/// An RGBA picture, 8 bits a channel, row-major, alpha not premultiplied: the layout of `ImageData`.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    rgba: Vec<u8>,
    width: usize,
    height: usize,
}

impl Picture {
    /// Takes `width` × `height` RGBA pixels.
    ///
    /// # Errors
    /// [`Error::InvalidImage`] if there are no pixels or `rgba` is not `width * height * 4` long,
    /// [`Error::ImageTooLarge`] above [`MAX_PIXELS`] or [`MAX_SIDE`].
    pub fn new(rgba: Vec<u8>, width: usize, height: usize) -> Result<Self> {
        check_size(width, height)?;
        let expected = width * height * 4;
        if rgba.len() != expected {
            return Err(Error::InvalidImage(format!(
                "the data of a {width} x {height} picture holds {} bytes; it takes width x height x 4 = {expected}",
                rgba.len()
            )));
        }
        Ok(Self { rgba, width, height })
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The pixels, row-major RGBA.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }
}

/// Whether a picture of this size can be taken, asked before its pixels are copied.
///
/// # Errors
/// As [`Picture::new`].
pub fn check_size(width: usize, height: usize) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(Error::InvalidImage(format!(
            "the picture has {width} x {height} pixels; it needs at least 1 x 1"
        )));
    }
    if width.max(height) > MAX_SIDE || width * height > MAX_PIXELS {
        return Err(Error::ImageTooLarge { width, height, most: MAX_PIXELS, side: MAX_SIDE });
    }
    Ok(())
}
