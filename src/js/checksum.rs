//! A model's checksum, by the browser where it can: many times faster than in WebAssembly.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

use crate::model::{Checksum, checksum, checksum_digits};

#[wasm_bindgen]
extern "C" {
    /// Copies the bytes before it returns.
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = digest, catch)]
    fn digest(algorithm: &str, bytes: &[u8]) -> Result<Promise, JsValue>;
}

/// Has the browser begin on the checksum of a model, whose bytes are changed for a moment only. `None` on a
/// page without HTTPS, where browsers offer no cryptography.
pub(super) fn by_browser(bytes: &mut [u8]) -> Option<Promise> {
    let digits = checksum_digits(bytes)?;
    let named = bytes[digits.clone()].to_vec();
    bytes[digits.clone()].fill(b'0');
    let digest = digest("SHA-256", bytes);
    bytes[digits].copy_from_slice(&named);
    digest.ok()
}

/// The [`checksum`] of a model: the browser's, or one of our own.
pub(super) async fn of(bytes: &[u8], by_browser: Option<Promise>) -> Checksum {
    let digest = match by_browser {
        Some(digest) => JsFuture::from(digest).await.ok(),
        None => None,
    };
    let bytes_of = |digest| Uint8Array::new(&digest).to_vec().try_into().ok();
    digest.and_then(bytes_of).unwrap_or_else(|| checksum(bytes))
}
