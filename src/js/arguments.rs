//! Arguments as JavaScript gives them: objects whose fields are read by name.

use js_sys::{Uint8Array, Uint8ClampedArray};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::explainer::ObjectsOptions;
use crate::localisation::{Box, Truth};
use crate::network::Layer;
use crate::picture::{Picture, check_size};
use crate::preprocess::InputSize;
use crate::{Error, Result};

/// δ of equation 26 where none is given.
const DEFAULT_DELTA: f64 = 0.5;

#[wasm_bindgen]
extern "C" {
    /// A picture of the page: an `ImageData`, or anything of its shape.
    pub type ImageData;

    #[wasm_bindgen(method, getter)]
    fn data(this: &ImageData) -> Uint8ClampedArray;

    #[wasm_bindgen(method, getter)]
    fn width(this: &ImageData) -> f64;

    #[wasm_bindgen(method, getter)]
    fn height(this: &ImageData) -> f64;

    /// The package's `ExplainOptions`.
    pub type ExplainOptions;

    #[wasm_bindgen(method, getter, js_name = layer)]
    fn layer_name(this: &ExplainOptions) -> Option<String>;

    #[wasm_bindgen(method, getter, js_name = inputSize)]
    fn input_size_value(this: &ExplainOptions) -> JsValue;

    /// The package's `ObjectsOptions`.
    #[wasm_bindgen(extends = ExplainOptions)]
    pub type ObjectsArguments;

    #[wasm_bindgen(method, getter, js_name = method)]
    fn method_name(this: &ObjectsArguments) -> Option<String>;

    #[wasm_bindgen(method, getter, js_name = maxObjects)]
    fn max_objects(this: &ObjectsArguments) -> Option<usize>;

    #[wasm_bindgen(method, getter, js_name = minScore)]
    fn min_score(this: &ObjectsArguments) -> Option<f32>;

    #[wasm_bindgen(method, getter)]
    fn threshold(this: &ObjectsArguments) -> Option<f32>;

    /// The package's `FaithfulnessOptions`.
    #[wasm_bindgen(extends = ExplainOptions)]
    pub type FaithfulnessArguments;

    #[wasm_bindgen(method, getter, js_name = curveSteps)]
    pub fn curve_steps(this: &FaithfulnessArguments) -> Option<usize>;

    #[wasm_bindgen(method, getter, js_name = truth)]
    fn truth_value(this: &FaithfulnessArguments) -> JsValue;

    #[wasm_bindgen(method, getter)]
    fn delta(this: &FaithfulnessArguments) -> Option<f64>;

    /// The package's `InputSize`, where it is an object.
    type Sides;

    #[wasm_bindgen(method, getter, js_name = longSide)]
    fn long_side(this: &Sides) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    fn width(this: &Sides) -> f64;

    #[wasm_bindgen(method, getter)]
    fn height(this: &Sides) -> f64;

    /// The package's `Box`.
    type Rectangle;

    #[wasm_bindgen(method, getter)]
    fn x(this: &Rectangle) -> f64;

    #[wasm_bindgen(method, getter)]
    fn y(this: &Rectangle) -> f64;

    #[wasm_bindgen(method, getter)]
    fn width(this: &Rectangle) -> f64;

    #[wasm_bindgen(method, getter)]
    fn height(this: &Rectangle) -> f64;
}

impl ImageData {
    /// Copies the picture, whose size is checked before any pixel is copied.
    pub fn read(&self) -> Result<Picture> {
        let (width, height) = (self.width() as usize, self.height() as usize);
        check_size(width, height)?;
        let data = self.data();
        let bytes =
            Uint8Array::new_with_byte_offset_and_length(&data.buffer(), data.byte_offset(), data.length());
        Picture::new(copy(&bytes)?, width, height)
    }
}

impl ExplainOptions {
    /// The target layer, if one was named.
    pub fn layer(&self) -> Result<Option<Layer>> {
        self.layer_name().map(|name| name.parse()).transpose()
    }

    /// The network's input size, if one was given.
    pub fn input_size(&self) -> Result<Option<InputSize>> {
        let value = self.input_size_value();
        if value.is_undefined() || value.is_null() {
            return Ok(None);
        }
        if let Some(short) = value.as_f64() {
            return Ok(Some(InputSize::ShortSide(side(short)?)));
        }
        let sides: &Sides = value.unchecked_ref();
        Ok(Some(match sides.long_side() {
            Some(long) => InputSize::LongSide(side(long)?),
            None => InputSize::Exact { width: side(sides.width())?, height: side(sides.height())? },
        }))
    }
}

impl ObjectsArguments {
    /// What was asked, with the defaults for the rest.
    pub fn read(&self) -> Result<ObjectsOptions> {
        let default = ObjectsOptions::default();
        Ok(ObjectsOptions {
            method: self.method_name().map_or(Ok(default.method), |name| name.parse())?,
            layer: self.layer()?,
            input_size: self.input_size()?.unwrap_or(default.input_size),
            max_objects: self.max_objects().unwrap_or(default.max_objects),
            min_score: self.min_score().unwrap_or(default.min_score),
            threshold: self.threshold().unwrap_or(default.threshold),
        })
    }
}

impl FaithfulnessArguments {
    /// Where the object is, and δ, if it is known.
    pub fn truth(&self, picture: &Picture) -> Result<Option<(Truth, f32)>> {
        let value = self.truth_value();
        if value.is_undefined() || value.is_null() {
            return Ok(None);
        }
        let truth = match value.dyn_ref::<Uint8Array>() {
            Some(mask) => {
                Truth::Mask { inside: copy(mask)?, width: picture.width(), height: picture.height() }
            }
            None => {
                let rectangle: &Rectangle = value.unchecked_ref();
                Truth::Box(Box {
                    x: rectangle.x(),
                    y: rectangle.y(),
                    width: rectangle.width(),
                    height: rectangle.height(),
                })
            }
        };
        Ok(Some((truth, self.delta().unwrap_or(DEFAULT_DELTA) as f32)))
    }
}

fn side(value: f64) -> Result<usize> {
    let whole = value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value);
    whole.then_some(value as usize).ok_or_else(|| {
        Error::InvalidInputSize(format!("an input side of {value} is not a whole number of pixels"))
    })
}

/// Copies into wasm memory, where running out of it is an error and not a trap.
pub fn copy(array: &Uint8Array) -> Result<Vec<u8>> {
    let length = array.length() as usize;
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(length)
        .map_err(|_| Error::OutOfMemory { megabytes: length.div_ceil(1_000_000) })?;
    bytes.resize(length, 0);
    array.copy_to(&mut bytes);
    Ok(bytes)
}
