//! Pictures that lie on their side.

use image::{RgbaImage, imageops, metadata::Orientation};

/// The picture upright: its size, which may change, and its pixels.
pub fn turn(width: u32, height: u32, rgba: Vec<u8>, orientation: Orientation) -> (u32, u32, Vec<u8>) {
    use Orientation::*;
    if orientation == NoTransforms {
        return (width, height, rgba);
    }
    let picture = RgbaImage::from_raw(width, height, rgba).expect("the pixels are of this size");
    let mut turned = match orientation {
        Rotate90 | Rotate90FlipH => imageops::rotate90(&picture),
        Rotate270 | Rotate270FlipH => imageops::rotate270(&picture),
        _ => picture,
    };
    match orientation {
        Rotate180 => imageops::rotate180_in_place(&mut turned),
        FlipHorizontal | Rotate90FlipH | Rotate270FlipH => imageops::flip_horizontal_in_place(&mut turned),
        FlipVertical => imageops::flip_vertical_in_place(&mut turned),
        _ => {}
    }
    (turned.width(), turned.height(), turned.into_raw())
}
