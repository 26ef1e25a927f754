//! JPEG files of four inks whose profile says what these look like. Without one, `image` has the inks take away what their
//! names say, as browsers do. The same bits in every engine; natively `moxcms` uses the vectors of the machine for tables of inks,
//! which round by a level otherwise.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use crate::{Error, Result, colour::AT_A_TIME, file::zeros, kind::Kind};

/// The pixels of such a file in sRGB, RGBA; of another file, none.
pub fn read(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    let damaged = |reason: &dyn ToString| Error::Damaged { kind: Kind::Jpeg, reason: reason.to_string() };
    let options =
        DecoderOptions::default().set_strict_mode(false).set_max_width(usize::MAX).set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|error| damaged(&error))?;
    let Some(colours @ (ColorSpace::CMYK | ColorSpace::YCCK)) = decoder.input_colorspace() else {
        return Ok(None);
    };
    let profile = decoder.icc_profile().and_then(|profile| ColorProfile::new_from_slice(&profile).ok());
    let Some(profile) = profile.filter(|profile| profile.color_space == DataColorSpace::Cmyk) else {
        return Ok(None);
    };
    decoder.set_options(options.jpeg_set_out_colorspace(colours));
    let Some(length) = decoder.output_buffer_size() else { return Ok(None) };
    let mut inks = zeros(length as u64)?;
    decoder.decode_into(&mut inks).map_err(|error| damaged(&error))?;
    if colours == ColorSpace::YCCK {
        inks.chunks_exact_mut(4).for_each(to_cmyk);
    }
    // What is left of the paper's light, as all programs write it.
    inks.iter_mut().for_each(|ink| *ink = u8::MAX - *ink);
    Ok(to_srgb(&mut inks, &profile).then_some(inks))
}

/// Inks from the luminance and the two differences of what is left (ITU-T T.871, section 7), and black.
fn to_cmyk(pixel: &mut [u8]) {
    let [y, blue, red] = [0, 1, 2].map(|at| f32::from(pixel[at]));
    let (blue, red) = (blue - 128.0, red - 128.0);
    let rgb = [y + 1.402 * red, y - 0.344_136 * blue - 0.714_136 * red, y + 1.772 * blue];
    for (ink, light) in pixel.iter_mut().zip(rgb) {
        *ink = u8::MAX - light.round().clamp(0.0, 255.0) as u8;
    }
}

/// Converts pixels of four inks in place; says whether the profile can.
fn to_srgb(inks: &mut [u8], profile: &ColorProfile) -> bool {
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let Ok(transform) = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgb, options) else {
        return false;
    };
    let mut converted = vec![0; 3 * AT_A_TIME];
    for pixels in inks.chunks_mut(4 * AT_A_TIME) {
        let converted = &mut converted[..pixels.len() / 4 * 3];
        if transform.transform(pixels, converted).is_err() {
            return false;
        }
        for (pixel, rgb) in pixels.chunks_exact_mut(4).zip(converted.chunks_exact(3)) {
            pixel[..3].copy_from_slice(rgb);
            pixel[3] = u8::MAX;
        }
    }
    true
}
