//! The picture as the browser hands it over.

use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use crate::onnx::Source;
use crate::{Error, Result};

/// The most pixels a picture may have: 64 million, 256 MB of RGBA.
pub const MAX_PIXELS: usize = 64_000_000;

/// The most pixels along a side of a picture: no JPEG and no browser's canvas has more.
pub const MAX_SIDE: usize = 65_535;

/// An RGBA picture, 8 bits a channel, row-major, alpha not premultiplied: the layout of `ImageData`.
///
/// Its pixels stay where they are, in this memory or in JavaScript's, and are read a few rows at a time: WebAssembly's memory
/// never shrinks, and would keep room for the largest picture that it has seen.
#[derive(Clone)]
pub struct Picture {
    source: Rc<dyn Source>,
    /// Where in the source it begins, in pixels.
    start: usize,
    /// From one row to the next, in pixels.
    stride: usize,
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
        Self::of(Rc::new(rgba), width, height)
    }

    /// The same of pixels that lie elsewhere.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of(source: Rc<dyn Source>, width: usize, height: usize) -> Result<Self> {
        check_size(width, height)?;
        let (length, expected) = (source.len(), width * height * 4);
        if length != expected as u64 {
            return Err(Error::InvalidImage(format!(
                "the data of a {width} x {height} picture holds {length} bytes; it takes width x height x 4 = {expected}"
            )));
        }
        Ok(Self { source, start: 0, stride: width, width, height })
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// A part of it, of which nothing is copied.
    ///
    /// # Errors
    /// [`Error::InvalidImage`] if the part has no pixels.
    pub(crate) fn part(&self, columns: Range<usize>, rows: Range<usize>) -> Result<Self> {
        let (width, height) = (columns.len(), rows.len());
        check_size(width, height)?;
        let start = self.start + rows.start * self.stride + columns.start;
        Ok(Self { source: Rc::clone(&self.source), start, stride: self.stride, width, height })
    }

    /// The pixels of these rows, row-major RGBA.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`]
    pub(crate) fn rows(&self, rows: Range<usize>) -> Result<Vec<u8>> {
        let length = rows.len() * self.width * 4;
        let mut rgba = Vec::new();
        rgba.try_reserve_exact(length)
            .map_err(|_| Error::OutOfMemory { megabytes: length.div_ceil(1_000_000) })?;
        rgba.resize(length, 0);
        // Rows that lie behind each other are read at once.
        let at_once = if self.stride == self.width { rows.len().max(1) } else { 1 };
        for (row, into) in rows.step_by(at_once).zip(rgba.chunks_mut(at_once * self.width * 4)) {
            self.source.read(((self.start + row * self.stride) * 4) as u64, into)?;
        }
        Ok(rgba)
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} x {})", self.width, self.height)
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
