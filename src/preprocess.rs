//! From a picture to the network's input: size, resampling, normalisation, as the network's contract says.

use std::array;
use std::fmt::Display;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x4;
use fast_image_resize::{FilterType, MulDiv, ResizeAlg, ResizeOptions, Resizer};
use gradlens_engine::pixels;

use crate::background::{Backdrop, Background};
use crate::contract::{Channels, Contract, Resize};
use crate::localisation::Box;
use crate::picture::Picture;
use crate::{Error, Result};

/// The most pixels of a network input; beyond it the activations alone pass 400 MB.
pub const MAX_INPUT_PIXELS: usize = 1024 * 1024;

/// A picture longer than this many times its short side is squeezed along its length.
const MAX_ASPECT: f64 = 4.0;

/// The gray beside a letterboxed picture.
const LETTERBOX: u8 = 114;

/// At which size the network sees the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InputSize {
    /// The contract's own: its width and height, or where the network takes any aspect its shorter side as
    /// [`Self::ShortSide`].
    #[default]
    Standard,
    /// The short side. Where the network takes any aspect, the long one follows the picture's, rounded to the
    /// contract's multiple and at most four times the short side; else it follows the contract's.
    ShortSide(usize),
    /// The long side; the short one follows in the same way.
    LongSide(usize),
    /// Exactly this width and height.
    Exact {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
}

impl InputSize {
    /// The network input's width and height for a picture of this size.
    ///
    /// # Errors
    /// [`Error::InvalidInputSize`] if a side is 0, no multiple of what the network takes, or the whole exceeds
    /// [`MAX_INPUT_PIXELS`].
    pub fn resolve(
        self,
        contract: &Contract,
        picture_width: usize,
        picture_height: usize,
    ) -> Result<(usize, usize)> {
        let (multiple, sides) = match contract.resize {
            Resize::Fit { multiple } => (multiple, (picture_width, picture_height)),
            _ => (1, (contract.width, contract.height)),
        };
        let checked = |side: usize| {
            if side > 0 && side.is_multiple_of(multiple) {
                return Ok(side);
            }
            Err(Error::InvalidInputSize(format!(
                "an input side of {side} does not fit the network; it takes a positive multiple of {multiple}, such as {}",
                contract.width
            )))
        };
        let (w, h) = (sides.0 as f64, sides.1 as f64);
        let aspect = (w.max(h) / w.min(h)).min(MAX_ASPECT);
        let across =
            |short: usize, long: usize| if sides.0 >= sides.1 { (long, short) } else { (short, long) };
        let (width, height) = match (self, contract.resize) {
            (Self::Standard, Resize::Fit { .. }) => {
                let short = checked(contract.width.min(contract.height))?;
                across(short, rounded(short as f64 * aspect, multiple))
            }
            (Self::Standard, _) => (contract.width, contract.height),
            (Self::Exact { width, height }, _) => (checked(width)?, checked(height)?),
            (Self::ShortSide(side), _) => across(checked(side)?, rounded(side as f64 * aspect, multiple)),
            (Self::LongSide(side), _) => across(rounded(side as f64 / aspect, multiple), checked(side)?),
        };
        if width.saturating_mul(height) > MAX_INPUT_PIXELS {
            return Err(Error::InvalidInputSize(format!(
                "an input of {width} x {height} has too many pixels; width x height may be {MAX_INPUT_PIXELS} at most"
            )));
        }
        Ok((width, height))
    }
}

/// The nearest multiple, one at least; a side beyond all numbers is the largest of them.
fn rounded(side: f64, multiple: usize) -> usize {
    let count = (side / multiple as f64).round().max(1.0) as usize;
    count.saturating_mul(multiple)
}

/// What the network sees: 8-bit RGB, row-major.
///
/// Two pictures with equal inputs get equal answers, so it also serves as the key of what was
/// computed before.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkInput {
    rgb: Vec<u8>,
    width: usize,
    height: usize,
    area: Box,
}

impl NetworkInput {
    /// Brings the picture to the input's size, antialiased bicubic, as the contract says.
    ///
    /// Transparent pixels are composited on black first. A picture that already has exactly the
    /// input's size keeps every pixel as it is.
    ///
    /// # Errors
    /// [`Error::InvalidInputSize`] as [`InputSize::resolve`].
    pub fn new(picture: &Picture, size: InputSize, contract: &Contract) -> Result<Self> {
        let (width, height) = size.resolve(contract, picture.width(), picture.height())?;
        let area = area(picture, (width, height), contract.resize);
        let rgb = match contract.resize {
            Resize::Fit { .. } | Resize::Squash => rgb(&scale(picture, width, height)?),
            Resize::Crop { .. } => rgb(&scale(&cropped(picture, &area)?, width, height)?),
            Resize::Letterbox => letterboxed(picture, width, height)?,
        };
        Ok(Self { rgb, width, height, area })
    }

    /// A part of a picture, scaled to this size: what a window shows.
    ///
    /// # Errors
    /// [`Error::InvalidImage`] if the part has no pixels.
    pub fn part(picture: &Picture, area: Box, width: usize, height: usize) -> Result<Self> {
        let rgb = rgb(&scale(&cropped(picture, &area)?, width, height)?);
        Ok(Self { rgb, width, height, area })
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// What it shows, in pixels of the picture: more than the picture where it is letterboxed, less where it is
    /// cropped.
    pub fn area(&self) -> Box {
        self.area
    }

    /// The pixels, `[height, width, 3]`: red, green and blue.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// What lies behind it where a map hides it.
    pub fn behind(&self, background: Background) -> Backdrop {
        background.behind(&self.rgb, self.width, self.height)
    }

    /// The network's input, `[height, width, channels]`.
    pub fn values(&self, contract: &Contract) -> Vec<f32> {
        let order = match contract.channels {
            Channels::Rgb => [0, 1, 2],
            Channels::Bgr => [2, 1, 0],
            Channels::Gray => {
                return self
                    .values_of(contract, |position, channel| f32::from(self.rgb[position * 3 + channel]));
            }
        };
        // There are few values of 8 bits: what becomes of each is looked up.
        let of = |channel| move |value| contract.normalisation.apply(channel, value as f32);
        pixels::look_up(&self.rgb, order, &order.map(|channel| array::from_fn(of(channel))))
    }

    /// The same of the picture multiplied by a mask before the normalisation: where that is 0, the picture is black.
    /// A mask has `width * height` values.
    pub fn masked_values(&self, mask: &[f32], contract: &Contract) -> Vec<f32> {
        self.blended_values(mask, &Backdrop::BLACK, contract)
    }

    /// The same of E = L ∘ I + (1 − L) ∘ B, with a mask L of `width * height` values and what lies behind it.
    pub fn blended_values(&self, mask: &[f32], behind: &Backdrop, contract: &Contract) -> Vec<f32> {
        self.values_of(contract, |position, channel| {
            let visible = mask[position];
            f32::from(self.rgb[position * 3 + channel]) * visible
                + (1.0 - visible) * behind.at(position, channel)
        })
    }

    /// The same of another picture of this size, `[height, width, 3]`.
    pub fn values_from(&self, rgb: &[f32], contract: &Contract) -> Vec<f32> {
        self.values_of(contract, |position, channel| rgb[position * 3 + channel])
    }

    fn values_of(&self, contract: &Contract, colour: impl Fn(usize, usize) -> f32) -> Vec<f32> {
        let mut values = Vec::with_capacity(self.width * self.height * contract.depth());
        for position in 0..self.width * self.height {
            let colour = |at: usize| colour(position, at);
            let normal = |at: usize| contract.normalisation.apply(at, colour(at));
            match contract.channels {
                Channels::Rgb => values.extend([normal(0), normal(1), normal(2)]),
                Channels::Bgr => values.extend([normal(2), normal(1), normal(0)]),
                Channels::Gray => {
                    let luminance = 0.299 * colour(0) + 0.587 * colour(1) + 0.114 * colour(2);
                    values.push(contract.normalisation.apply(0, luminance));
                }
            }
        }
        values
    }
}

/// What of the picture an input of this size shows.
fn area(picture: &Picture, (width, height): (usize, usize), resize: Resize) -> Box {
    let (w, h) = (picture.width() as f64, picture.height() as f64);
    let aspect = width as f64 / height as f64;
    let centred =
        |width: f64, height: f64| Box { x: (w - width) / 2.0, y: (h - height) / 2.0, width, height };
    match resize {
        Resize::Fit { .. } | Resize::Squash => centred(w, h),
        Resize::Crop { share } => {
            // The largest part of the input's aspect, and of that the share; whole pixels.
            let whole = if w / h > aspect { (h * aspect, h) } else { (w, w / aspect) };
            let side = |side: f64| (side * f64::from(share)).round().max(1.0);
            let (width, height) = (side(whole.0), side(whole.1));
            let Box { x, y, .. } = centred(width, height);
            Box { x: x.floor(), y: y.floor(), width, height }
        }
        Resize::Letterbox if w / h > aspect => centred(w, w / aspect),
        Resize::Letterbox => centred(h * aspect, h),
    }
}

/// A part of a picture.
fn cropped(picture: &Picture, area: &Box) -> Result<Picture> {
    let place = |start: f64, extent: f64, most: usize| {
        let start = start.max(0.0) as usize;
        start.min(most)..((start as f64 + extent) as usize).min(most)
    };
    let columns = place(area.x, area.width, picture.width());
    let rows = place(area.y, area.height, picture.height());
    picture.part(columns, rows)
}

/// The whole picture in the middle, and gray beside it.
fn letterboxed(picture: &Picture, width: usize, height: usize) -> Result<Vec<u8>> {
    let (w, h) = (picture.width() as f64, picture.height() as f64);
    let scale_by = (width as f64 / w).min(height as f64 / h);
    let side = |side: f64, most: usize| ((side * scale_by).round() as usize).clamp(1, most);
    let (inner_width, inner_height) = (side(w, width), side(h, height));
    let inner = rgb(&scale(picture, inner_width, inner_height)?);
    let (left, top) = ((width - inner_width) / 2, (height - inner_height) / 2);
    let mut boxed = vec![LETTERBOX; width * height * 3];
    for (row, pixels) in inner.chunks_exact(inner_width * 3).enumerate() {
        boxed[((top + row) * width + left) * 3..][..inner_width * 3].copy_from_slice(pixels);
    }
    Ok(boxed)
}

fn rgb(rgba: &[u8]) -> Vec<u8> {
    let mut rgb = vec![0; rgba.len() / 4 * 3];
    for (rgb, [red, green, blue, _]) in rgb.as_chunks_mut().0.iter_mut().zip(rgba.as_chunks().0) {
        *rgb = [*red, *green, *blue];
    }
    rgb
}

/// The most bytes of a picture that are looked at together.
const AT_A_TIME: usize = 1 << 22;

/// The picture at this size, RGBA; colours are composited on black (premultiplied colours are just that).
///
/// Along the rows first, then along the columns, with 8 bits between: as Pillow does, with which most
/// networks of this kind were trained and are measured. Only a long strip, whose widened rows would take
/// more memory than the strip or any input, is shortened first, and whole.
fn scale(picture: &Picture, width: usize, height: usize) -> Result<Vec<u8>> {
    let (from_width, from_height) = (picture.width(), picture.height());
    let is_strip = width > from_width && width * from_height > MAX_INPUT_PIXELS;
    let some = (AT_A_TIME / (4 * from_width)).clamp(1, from_height);
    // So many rows at a time become so many of those between.
    let (rows, made) = if is_strip { (from_height, height) } else { (some, some) };
    let between_width = if is_strip { from_width } else { width };
    let mut between = vec![0; 4 * between_width * if is_strip { height } else { from_height }];
    for (at, into) in between.chunks_mut(4 * between_width * made).enumerate() {
        let first = at * rows;
        let mut rgba = picture.rows(first..from_height.min(first + rows))?;
        composite(&mut rgba, from_width)?;
        resample(&rgba, from_width, into, between_width)?;
    }
    let mut scaled = vec![0; 4 * width * height];
    resample(&between, between_width, &mut scaled, width)?;
    Ok(scaled)
}

/// Puts rows of pixels on black.
fn composite(rgba: &mut [u8], width: usize) -> Result<()> {
    if rgba.chunks_exact(4).all(|pixel| pixel[3] == u8::MAX) {
        return Ok(());
    }
    MulDiv::new().multiply_alpha_inplace_typed(&mut image(rgba, width)?).map_err(|error| unfit(&error))
}

/// Brings rows of RGBA pixels to another size: bicubic, of all that a new pixel stands for.
fn resample(from: &[u8], from_width: usize, to: &mut [u8], to_width: usize) -> Result<()> {
    let from_height = (from.len() / (4 * from_width)) as u32;
    let source = TypedImageRef::<U8x4>::from_buffer(from_width as u32, from_height, from);
    let bicubic = ResizeAlg::Convolution(FilterType::CatmullRom);
    let options = ResizeOptions::new().resize_alg(bicubic).use_alpha(false);
    Resizer::new()
        .resize_typed(&source.map_err(|error| unfit(&error))?, &mut image(to, to_width)?, &options)
        .map_err(|error| unfit(&error))
}

fn image(rgba: &mut [u8], width: usize) -> Result<TypedImage<'_, U8x4>> {
    let height = (rgba.len() / (4 * width)) as u32;
    TypedImage::from_buffer(width as u32, height, rgba).map_err(|error| unfit(&error))
}

fn unfit(reason: &dyn Display) -> Error {
    Error::InvalidImage(format!("the picture cannot be scaled: {reason}"))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;
    use crate::onnx::Source;

    /// Pixels of another memory, which notes the most that was read at once.
    struct Elsewhere {
        rgba: Vec<u8>,
        most: Rc<Cell<usize>>,
    }

    impl Source for Elsewhere {
        fn len(&self) -> u64 {
            self.rgba.len() as u64
        }

        fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
            self.most.set(self.most.get().max(into.len()));
            self.rgba.read(offset, into)
        }
    }

    #[test]
    fn a_large_picture_is_read_a_few_rows_at_a_time_and_is_the_one_that_is_read_whole() {
        let (width, height) = (1500, 2100);
        // Opaque above, and fading below.
        let pixel = |at: usize| {
            let alpha = if at < width * height / 2 { u8::MAX } else { (at % 256) as u8 };
            [(at * 7 % 251) as u8, (at / width % 256) as u8, (at * at % 241) as u8, alpha]
        };
        let rgba: Vec<u8> = (0..width * height).flat_map(pixel).collect();
        let most = Rc::new(Cell::new(0));
        let elsewhere = Elsewhere { rgba: rgba.clone(), most: Rc::clone(&most) };
        let picture = Picture::of(Rc::new(elsewhere), width, height).expect("a picture");

        let mut whole = rgba;
        composite(&mut whole, width).expect("pixels");
        let (mut between, mut expected) = (vec![0; 4 * 300 * height], vec![0; 4 * 300 * 420]);
        resample(&whole, width, &mut between, 300).expect("pixels");
        resample(&between, 300, &mut expected, 300).expect("pixels");
        assert!(scale(&picture, 300, 420).expect("pixels") == expected);
        assert!(most.get() <= AT_A_TIME, "{} bytes at once", most.get());
    }

    #[test]
    fn a_part_of_a_picture_has_its_pixels() {
        let rgba = (0..4 * 5 * 4).map(|at| if at % 4 == 3 { 255 } else { at as u8 }).collect();
        let picture = Picture::new(rgba, 5, 4).expect("a picture");
        let part = picture.part(1..5, 1..4).and_then(|part| part.part(1..3, 1..3)).expect("a part");
        let pixel = |x: u8, y: u8| [0, 1, 2].map(|channel| 4 * (5 * y + x) + channel);
        let expected = [pixel(2, 2), pixel(3, 2), pixel(2, 3), pixel(3, 3)].concat();
        assert_eq!(rgb(&scale(&part, 2, 2).expect("pixels")), expected);
    }
}
