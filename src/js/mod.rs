//! The boundary to JavaScript: plain values in, plain objects and typed arrays out.
//!
//! The TypeScript package in `pkg/` is the only caller. It queues the calls, so that one runs at a
//! time, and wraps what comes back.

mod object;
mod panic;

use js_sys::{Array, Function, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::cam::Method;
use crate::device::Device;
use crate::explainer::{Explainer, Explanation, Options};
use crate::network::Layer;
use crate::picture::{Picture, check_size};
use crate::preprocess::InputSize;
use crate::{Error, Result};
use object::{object, thrown};

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
}

/// A loaded network. Its methods answer with plain objects.
#[wasm_bindgen]
pub struct Core {
    explainer: Explainer,
}

/// Loads a model onto `backend`, "cpu" or "webgpu". `on_panic` gets the message if the core ever
/// panics: the module is then dead, and promises that it owes stay open.
#[wasm_bindgen(js_name = loadCore)]
pub async fn load_core(
    model: Uint8Array,
    backend: String,
    on_panic: Function,
) -> std::result::Result<Core, JsValue> {
    panic::report_to(on_panic);
    let load = async {
        let device = match backend.as_str() {
            "webgpu" => Device::webgpu().await?,
            _ => Device::cpu(),
        };
        Explainer::load(&copy(&model)?, device).await
    };
    load.await.map(|explainer| Core { explainer }).map_err(thrown)
}

#[wasm_bindgen]
impl Core {
    /// The class labels, by class index.
    pub fn labels(&self) -> Vec<String> {
        self.explainer.labels().to_vec()
    }

    /// The most probable classes: `{ classIdx, label, probability }[]`, best first.
    pub async fn classify(&self, image_data: ImageData, top_k: usize) -> std::result::Result<Array, JsValue> {
        let classify = async {
            let picture = picture(&image_data)?;
            self.explainer.classify(&picture, top_k).await
        };
        let predictions = classify.await.map_err(thrown)?;
        let labels = self.explainer.labels();
        Ok(predictions
            .iter()
            .map(|prediction| {
                object([
                    ("classIdx", prediction.class.into()),
                    ("label", labels[prediction.class].as_str().into()),
                    ("probability", prediction.probability.into()),
                ])
            })
            .collect())
    }

    /// One explanation a class; no class at all means the most probable one. An empty `layer` means
    /// the method's own; `input_size` holds the short side, or width and height.
    #[wasm_bindgen(js_name = explainMany)]
    pub async fn explain_many(
        &self,
        image_data: ImageData,
        classes: Vec<f64>,
        method: String,
        layer: String,
        input_size: Vec<f64>,
    ) -> std::result::Result<Array, JsValue> {
        let explain = async {
            let options = Options {
                method: method.parse()?,
                layer: if layer.is_empty() { None } else { Some(layer.parse::<Layer>()?) },
                input_size: parse_input_size(&input_size)?,
            };
            let classes = self.class_indices(&classes)?;
            let picture = picture(&image_data)?;
            let explanations = self.explainer.explain_many(&picture, &classes, options).await?;
            Ok(explanations
                .into_iter()
                .map(|explanation| self.to_object(options.method, explanation))
                .collect())
        };
        explain.await.map_err(thrown)
    }
}

impl Core {
    fn class_indices(&self, classes: &[f64]) -> Result<Vec<usize>> {
        let last = self.explainer.labels().len() - 1;
        let index = |&value: &f64| {
            let valid = value.fract() == 0.0 && (0.0..=last as f64).contains(&value);
            if valid { Ok(value as usize) } else { Err(Error::InvalidClass { index: value, last }) }
        };
        classes.iter().map(index).collect()
    }

    fn to_object(&self, method: Method, explanation: Explanation) -> JsValue {
        object([
            ("classIdx", explanation.class.into()),
            ("label", self.explainer.labels()[explanation.class].as_str().into()),
            ("probability", explanation.probability.into()),
            ("logit", explanation.logit.into()),
            ("method", method.to_string().into()),
            ("layer", explanation.layer.to_string().into()),
            ("backend", self.explainer.backend().to_string().into()),
            ("raw", js_sys::Float32Array::from(explanation.raw.as_slice()).into()),
            ("rawWidth", explanation.raw_width.into()),
            ("rawHeight", explanation.raw_height.into()),
        ])
    }
}

fn parse_input_size(sides: &[f64]) -> Result<InputSize> {
    let side = |value: f64| {
        let whole = value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value);
        whole.then_some(value as usize).ok_or_else(|| {
            Error::InvalidInputSize(format!("an input side of {value} is not a whole number of pixels"))
        })
    };
    match *sides {
        [short] => Ok(InputSize::ShortSide(side(short)?)),
        [width, height] => Ok(InputSize::Exact { width: side(width)?, height: side(height)? }),
        _ => Ok(InputSize::default()),
    }
}

/// Checks the size before any pixel is copied.
fn picture(image_data: &ImageData) -> Result<Picture> {
    let (width, height) = (image_data.width() as usize, image_data.height() as usize);
    check_size(width, height)?;
    let data = image_data.data();
    let bytes =
        Uint8Array::new_with_byte_offset_and_length(&data.buffer(), data.byte_offset(), data.length());
    Picture::new(copy(&bytes)?, width, height)
}

/// Copies into wasm memory, where running out of it is an error and not a trap.
fn copy(array: &Uint8Array) -> Result<Vec<u8>> {
    let length = array.length() as usize;
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(length)
        .map_err(|_| Error::OutOfMemory { megabytes: length.div_ceil(1_000_000) })?;
    bytes.resize(length, 0);
    array.copy_to(&mut bytes);
    Ok(bytes)
}
