//! Colours of a profile as those of sRGB.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Pixels that are converted at a time: what does not fit into the source's memory takes little more.
pub const AT_A_TIME: usize = 1 << 14;

/// Converts RGBA pixels in place. What is no profile, or one of other colours than the pixels, is passed over, as
/// browsers do.
pub fn to_srgb(rgba: &mut [u8], profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    match profile.color_space {
        DataColorSpace::Rgb => convert(rgba, &profile),
        DataColorSpace::Gray => convert_gray(rgba, &profile),
        _ => {}
    }
}

fn convert(rgba: &mut [u8], profile: &ColorProfile) {
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let Ok(transform) = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, options) else {
        return;
    };
    let mut source = Vec::new();
    for pixels in rgba.chunks_mut(4 * AT_A_TIME) {
        source.clear();
        source.extend_from_slice(pixels);
        if transform.transform(&source, pixels).is_err() {
            return;
        }
    }
}

/// What red, green and blue have in common is one of 256 values.
fn convert_gray(rgba: &mut [u8], profile: &ColorProfile) {
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let Ok(transform) = profile.create_transform_8bit(Layout::Gray, &srgb, Layout::Rgb, options) else {
        return;
    };
    let grays: Vec<u8> = (0..=u8::MAX).collect();
    let mut converted = [0; 3 * 256];
    if transform.transform(&grays, &mut converted).is_err() {
        return;
    }
    for pixel in rgba.chunks_exact_mut(4) {
        let at = 3 * usize::from(pixel[0]);
        pixel[..3].copy_from_slice(&converted[at..at + 3]);
    }
}
