//! What JavaScript calls. Bytes go in and out through the module's memory; no glue is needed, so that a service worker
//! can run it, and each picture gets an instance of its own, whose memory goes with it.
#![expect(unsafe_code, reason = "names that the linker keeps")]

use std::cell::RefCell;

use crate::{Picture, Result, Wish, decode, scale, size};

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<(Vec<u8>, [u32; 7])> = const { RefCell::new((Vec::new(), [0; 7])) };
}

/// Memory for so many bytes of input; null if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn input(length: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| match crate::file::zeros(length as u64) {
        Ok(zeros) => {
            *input = zeros;
            input.as_mut_ptr()
        }
        Err(_) => std::ptr::null_mut(),
    })
}

/// Decodes the input, a file; as [`answer`].
#[unsafe(no_mangle)]
pub extern "C" fn decode_file(most_pixels: u32, max_side: u32, frame: u32) -> *const u32 {
    let wish = Wish { most_pixels: most_pixels.into(), max_side, frame };
    answer(decode(&INPUT.take(), wish))
}

/// Makes the input, RGBA pixels, smaller; as [`answer`].
#[unsafe(no_mangle)]
pub extern "C" fn scale_pixels(width: u32, height: u32, max_side: u32) -> *const u32 {
    let (to_width, to_height) = size::within(width, height, max_side);
    let scaled = scale(&INPUT.take(), (width, height), (to_width, to_height));
    answer(scaled.map(|rgba| Picture { width: to_width, height: to_height, rgba, frames: 1 }))
}

/// Where the answer is: address and length of RGBA pixels, width, height and frames; or, where there are no pixels,
/// 0, 0, and address and length of a message behind those of a code.
fn answer(answer: Result<Picture>) -> *const u32 {
    ANSWER.with_borrow_mut(|(bytes, fields)| {
        match answer {
            Ok(picture) => {
                *bytes = picture.rgba;
                *fields =
                    [at(bytes), bytes.len() as u32, picture.width, picture.height, picture.frames, 0, 0];
            }
            Err(error) => {
                let (code, message) = (error.code(), error.to_string());
                *bytes = [code.as_bytes(), message.as_bytes()].concat();
                let behind = at(bytes) + code.len() as u32;
                *fields = [0, 0, at(bytes), code.len() as u32, behind, message.len() as u32, 0];
            }
        }
        fields.as_ptr()
    })
}

fn at(bytes: &[u8]) -> u32 {
    bytes.as_ptr() as u32
}
