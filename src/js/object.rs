//! Plain JavaScript objects and errors made of Rust values.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

use crate::Error;

/// An object with these fields.
pub(super) fn object<'a>(fields: impl IntoIterator<Item = (&'a str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, &value);
    }
    object.into()
}

/// An `Error` with the field `code`, which the package throws on as a `GradlensError`.
pub(super) fn thrown(error: Error) -> JsValue {
    let thrown = js_sys::Error::new(&error.to_string());
    set(&thrown, "code", &error.code().into());
    thrown.into()
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // Defining a field of a fresh, extensible object cannot fail.
    let _ = Reflect::set(object, &name.into(), value);
}
