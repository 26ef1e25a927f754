//! From a picture to the network's input: size, resampling, normalisation.

use std::fmt::Display;

use burn::tensor::{Device, Tensor, TensorData};
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x4;
use fast_image_resize::{FilterType, ImageView, MulDiv, ResizeAlg, ResizeError, ResizeOptions, Resizer};

use crate::normalisation::Normalisation;
use crate::picture::Picture;
use crate::{Error, Result};

/// The network halves the picture five times: sides are multiples of this.
pub const STRIDE: usize = 32;

/// The short side at which the network was trained, and is most confident.
pub const STANDARD_SIDE: usize = 224;

/// The most pixels of a network input; beyond it the activations alone pass 400 MB.
pub const MAX_INPUT_PIXELS: usize = 1024 * 1024;

/// A picture longer than this many times its short side is squeezed along its length.
const MAX_ASPECT: f64 = 4.0;

/// At which size the network sees the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputSize {
    /// The short side; the long one follows the picture's aspect, rounded to a multiple of
    /// [`STRIDE`] and at most four times the short side.
    ShortSide(usize),
    /// The long side; the short one follows the picture's aspect in the same way.
    LongSide(usize),
    /// Exactly this width and height.
    Exact {
        /// Width in pixels, a multiple of [`STRIDE`].
        width: usize,
        /// Height in pixels, a multiple of [`STRIDE`].
        height: usize,
    },
}

impl Default for InputSize {
    fn default() -> Self {
        Self::ShortSide(STANDARD_SIDE)
    }
}

impl InputSize {
    /// The network input's width and height for a picture of this size.
    ///
    /// # Errors
    /// [`Error::InvalidInputSize`] if a side is not a positive multiple of [`STRIDE`] or the whole
    /// exceeds [`MAX_INPUT_PIXELS`].
    pub fn resolve(self, picture_width: usize, picture_height: usize) -> Result<(usize, usize)> {
        let is_wide = picture_width >= picture_height;
        let (w, h) = (picture_width as f64, picture_height as f64);
        let aspect = (w.max(h) / w.min(h)).min(MAX_ASPECT);
        let (width, height) = match self {
            Self::Exact { width, height } => (checked_side(width)?, checked_side(height)?),
            Self::ShortSide(side) => {
                let short = checked_side(side)?;
                let long = rounded_side(short as f64 * aspect);
                if is_wide { (long, short) } else { (short, long) }
            }
            Self::LongSide(side) => {
                let long = checked_side(side)?;
                let short = rounded_side(long as f64 / aspect);
                if is_wide { (long, short) } else { (short, long) }
            }
        };
        if width.saturating_mul(height) > MAX_INPUT_PIXELS {
            return Err(Error::InvalidInputSize(format!(
                "an input of {width} x {height} has too many pixels; width x height may be {MAX_INPUT_PIXELS} at most"
            )));
        }
        Ok((width, height))
    }
}

fn checked_side(side: usize) -> Result<usize> {
    if side == 0 || !side.is_multiple_of(STRIDE) {
        return Err(Error::InvalidInputSize(format!(
            "an input side of {side} does not fit the network; it takes a positive multiple of {STRIDE}, such as {STANDARD_SIDE}"
        )));
    }
    Ok(side)
}

/// The nearest multiple of [`STRIDE`], one at least; a side beyond all numbers is the largest of them.
fn rounded_side(side: f64) -> usize {
    let strides = (side / STRIDE as f64).round().max(1.0) as usize;
    strides.saturating_mul(STRIDE)
}

/// What the network sees: 8-bit RGB, row-major, sides multiples of [`STRIDE`].
///
/// Two pictures with equal inputs get equal answers, so it also serves as the key of what was
/// computed before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkInput {
    rgb: Vec<u8>,
    width: usize,
    height: usize,
}

impl NetworkInput {
    /// Scales the picture to the input size, antialiased bicubic, without cropping.
    ///
    /// Transparent pixels are composited on black first. A picture that already has exactly the
    /// input's size keeps every pixel as it is.
    ///
    /// # Errors
    /// [`Error::InvalidInputSize`] as [`InputSize::resolve`].
    pub fn new(picture: &Picture, size: InputSize) -> Result<Self> {
        let (width, height) = size.resolve(picture.width(), picture.height())?;
        let pixels = scale(picture, width, height)?;
        let rgb = pixels.iter().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]).collect();
        Ok(Self { rgb, width, height })
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The normalised input, `[1, 3, height, width]`.
    pub fn tensor(&self, normalisation: &Normalisation, device: &Device) -> Tensor<4> {
        self.tensor_of(1, |_, _| 1.0, normalisation, device)
    }

    /// A copy of the input for each mask, multiplied by it before the normalisation: where a mask is 0,
    /// the picture is black. A mask has `width * height` values; the result is
    /// `[masks, 3, height, width]`.
    pub fn masked_tensor(
        &self,
        masks: &[Vec<f32>],
        normalisation: &Normalisation,
        device: &Device,
    ) -> Tensor<4> {
        self.tensor_of(masks.len(), |copy, position| masks[copy][position], normalisation, device)
    }

    fn tensor_of(
        &self,
        copies: usize,
        mask: impl Fn(usize, usize) -> f32,
        normalisation: &Normalisation,
        device: &Device,
    ) -> Tensor<4> {
        let area = self.width * self.height;
        let mut values = vec![0.0f32; copies * 3 * area];
        for (copy, values) in values.chunks_exact_mut(3 * area).enumerate() {
            for (position, pixel) in self.rgb.chunks_exact(3).enumerate() {
                let visible = mask(copy, position);
                for (channel, &value) in pixel.iter().enumerate() {
                    values[channel * area + position] =
                        normalisation.apply(channel, f32::from(value) * visible);
                }
            }
        }
        Tensor::from_data(TensorData::new(values, [copies, 3, self.height, self.width]), device)
    }
}

/// The picture at this size; colours are composited on black (premultiplied colours are just that).
fn scale(picture: &Picture, width: usize, height: usize) -> Result<Vec<U8x4>> {
    let unfit = |reason: &dyn Display| Error::InvalidImage(format!("the picture cannot be scaled: {reason}"));
    let (from_width, from_height) = (picture.width() as u32, picture.height() as u32);
    let source =
        TypedImageRef::from_buffer(from_width, from_height, picture.rgba()).map_err(|error| unfit(&error))?;
    let opaque = picture.rgba().chunks_exact(4).all(|pixel| pixel[3] == u8::MAX);
    if opaque {
        return resample(&source, width, height).map_err(|error| unfit(&error));
    }
    let mut composited = TypedImage::new(from_width, from_height);
    MulDiv::new().multiply_alpha_typed(&source, &mut composited).map_err(|error| unfit(&error))?;
    let composited =
        TypedImageRef::new(from_width, from_height, composited.pixels()).map_err(|error| unfit(&error))?;
    resample(&composited, width, height).map_err(|error| unfit(&error))
}

/// Along the rows first, then along the columns, with 8 bits between: as Pillow does, with which most
/// networks of this kind were trained and are measured. Only a long strip, whose widened rows would take
/// more memory than the strip or any input, is shortened first.
fn resample(
    source: &TypedImageRef<U8x4>,
    width: usize,
    height: usize,
) -> std::result::Result<Vec<U8x4>, ResizeError> {
    let is_strip = width > source.width() as usize && width * source.height() as usize > MAX_INPUT_PIXELS;
    let (width, height) = (width as u32, height as u32);
    let between = if is_strip { (source.width(), height) } else { (width, source.height()) };
    let bicubic = ResizeAlg::Convolution(FilterType::CatmullRom);
    let options = ResizeOptions::new().resize_alg(bicubic).use_alpha(false);
    let mut resizer = Resizer::new();
    let mut between = TypedImage::new(between.0, between.1);
    resizer.resize_typed(source, &mut between, &options)?;
    let mut scaled = TypedImage::new(width, height);
    resizer.resize_typed(&between, &mut scaled, &options)?;
    Ok(scaled.pixels().to_vec())
}
