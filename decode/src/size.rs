//! Smaller pictures.

use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x4,
};

use crate::{Error, Result, file::zeros};

/// The size of a picture whose sides have at most so many pixels, 0 for as many as there are, in the same aspect.
pub fn within(width: u32, height: u32, max_side: u32) -> (u32, u32) {
    let long = width.max(height);
    if max_side == 0 || long <= max_side {
        return (width, height);
    }
    let side = |side: u32| {
        let (side, long) = (u64::from(side) * u64::from(max_side), u64::from(long));
        (((side + long / 2) / long) as u32).max(1)
    };
    (side(width), side(height))
}

/// RGBA pixels at another size: bicubic over all that a new pixel stands for, so that nothing aliases, and without the
/// colours of what is transparent.
///
/// # Errors
/// [`Error::NoMemory`]
pub fn scale(rgba: &[u8], from: (u32, u32), to: (u32, u32)) -> Result<Vec<u8>> {
    let source = TypedImageRef::<U8x4>::from_buffer(from.0, from.1, rgba).map_err(|_| Error::NoMemory)?;
    let mut scaled = zeros(4 * u64::from(to.0) * u64::from(to.1))?;
    let mut target = TypedImage::<U8x4>::from_buffer(to.0, to.1, &mut scaled).map_err(|_| Error::NoMemory)?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize_typed(&source, &mut target, &options).map_err(|_| Error::NoMemory)?;
    Ok(scaled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_never_longer_than_wished_nor_gone() {
        assert_eq!(within(4000, 3000, 1600), (1600, 1200));
        assert_eq!(within(3000, 4000, 1600), (1200, 1600));
        assert_eq!(within(100, 50, 1600), (100, 50));
        assert_eq!(within(60_000, 2, 100), (100, 1));
        assert_eq!(within(60_000, 50_000, 0), (60_000, 50_000));
    }

    #[test]
    fn stripes_finer_than_a_pixel_become_gray() {
        let stripes: Vec<u8> = (0..400 * 4)
            .flat_map(|at| [if at % 2 == 0 { 0 } else { 255 }; 3].into_iter().chain([255]))
            .collect();
        let scaled = scale(&stripes, (400, 4), (37, 1)).expect("there is memory");
        assert!(scaled.chunks_exact(4).all(|pixel| pixel[0].abs_diff(128) <= 16), "{scaled:?}");
    }
}
