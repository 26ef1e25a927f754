//! Arguments as JavaScript gives them: objects whose fields are read by name.

use std::rc::Rc;

use js_sys::{Array, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::background::Background;
use crate::cam::{Method, Sampling};
use crate::contract::{Normalisation, Parts};
use crate::explainer::{
    FaithfulnessOptions, Fused, Fusion, LinearTarget, ObjectsOptions, Options, Smooth, Target,
};
use crate::localisation::{Box, Truth};
use crate::onnx::Source;
use crate::picture::Picture;
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

    #[wasm_bindgen(method, getter)]
    pub fn layer(this: &ExplainOptions) -> Option<String>;

    #[wasm_bindgen(method, getter, js_name = inputSize)]
    fn input_size_value(this: &ExplainOptions) -> JsValue;

    #[wasm_bindgen(method, getter)]
    fn layers(this: &ExplainOptions) -> Option<Vec<String>>;

    #[wasm_bindgen(method, getter)]
    fn fuse(this: &ExplainOptions) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn smooth(this: &ExplainOptions) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn negative(this: &ExplainOptions) -> Option<bool>;

    #[wasm_bindgen(method, getter)]
    fn samples(this: &ExplainOptions) -> Option<usize>;

    #[wasm_bindgen(method, getter)]
    fn noise(this: &ExplainOptions) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    fn seed(this: &ExplainOptions) -> Option<f64>;

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
    fn curve_steps(this: &FaithfulnessArguments) -> Option<usize>;

    #[wasm_bindgen(method, getter)]
    fn background(this: &FaithfulnessArguments) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn yardsticks(this: &FaithfulnessArguments) -> Option<bool>;

    #[wasm_bindgen(method, getter)]
    fn road(this: &FaithfulnessArguments) -> Option<bool>;

    #[wasm_bindgen(method, getter, js_name = truth)]
    fn truth_value(this: &FaithfulnessArguments) -> JsValue;

    #[wasm_bindgen(method, getter)]
    fn delta(this: &FaithfulnessArguments) -> Option<f64>;

    /// The package's `LinearTarget`.
    type LinearArguments;

    #[wasm_bindgen(method, getter)]
    fn output(this: &LinearArguments) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn weights(this: &LinearArguments) -> Array;

    /// The package's `ContractParts`.
    pub type ContractArguments;

    #[wasm_bindgen(method, getter)]
    fn width(this: &ContractArguments) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    fn height(this: &ContractArguments) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    fn layout(this: &ContractArguments) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn channels(this: &ContractArguments) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn mean(this: &ContractArguments) -> Option<Vec<f64>>;

    #[wasm_bindgen(method, getter)]
    fn deviation(this: &ContractArguments) -> Option<Vec<f64>>;

    #[wasm_bindgen(method, getter)]
    fn resize(this: &ContractArguments) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn labels(this: &ContractArguments) -> Option<Vec<String>>;

    #[wasm_bindgen(method, getter)]
    fn scores(this: &ContractArguments) -> Option<String>;

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
    /// The picture, whose pixels stay where they are.
    pub fn read(&self) -> Result<Picture> {
        let (width, height) = (self.width() as usize, self.height() as usize);
        let data = self.data();
        let bytes =
            Uint8Array::new_with_byte_offset_and_length(&data.buffer(), data.byte_offset(), data.length());
        Picture::of(Rc::new(File(bytes)), width, height)
    }
}

impl ExplainOptions {
    /// What was asked of a map by this method, with the defaults for the rest.
    pub fn read(&self, method: Method) -> Result<Options> {
        let by = if self.fuse().as_deref() == Some("mean") { Fusion::Mean } else { Fusion::Maximum };
        let default = Sampling::default();
        Ok(Options {
            method,
            layer: self.layer(),
            fused: self.layers().map(|layers| Fused { layers, by }),
            input_size: self.input_size()?.unwrap_or_default(),
            signed: self.negative().unwrap_or(false),
            smooth: self.smooth().map(|by| if by == "tta" { Smooth::Copies } else { Smooth::Eigen }),
            sampling: Sampling {
                samples: self.samples(),
                noise: self.noise().unwrap_or(default.noise),
                seed: self.seed().map_or(default.seed, |seed| seed as u64),
            },
        })
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
            layer: self.layer(),
            input_size: self.input_size()?,
            max_objects: self.max_objects().unwrap_or(default.max_objects),
            min_score: self.min_score().unwrap_or(default.min_score),
            threshold: self.threshold().unwrap_or(default.threshold),
        })
    }
}

impl FaithfulnessArguments {
    /// What was asked of a picture, with the defaults for the rest.
    pub fn read(&self, picture: &Picture) -> Result<FaithfulnessOptions> {
        Ok(FaithfulnessOptions {
            layer: self.layer(),
            input_size: self.input_size()?.unwrap_or_default(),
            background: self.background().map_or_else(|| Ok(Background::default()), |name| name.parse())?,
            yardsticks: self.yardsticks().unwrap_or(false),
            curve_steps: self.curve_steps().unwrap_or(0),
            road: self.road().unwrap_or(false),
            seed: self.seed().map_or(0, |seed| seed as u64),
            truth: self.truth(picture)?,
        })
    }

    /// Where the object is, and δ, if it is known.
    fn truth(&self, picture: &Picture) -> Result<Option<(Truth, f32)>> {
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

impl ContractArguments {
    /// The parts that are said.
    pub fn read(&self) -> Result<Parts> {
        let channel = |values: Vec<f64>, what: &str| {
            let values = values.into_iter().map(|value| value as f32).collect::<Vec<_>>();
            values.try_into().map_err(|values: Vec<_>| {
                Error::InvalidContract(format!(
                    "the contract's {what} has {} numbers; it takes three: red, green, blue",
                    values.len()
                ))
            })
        };
        let normalisation = match (self.mean(), self.deviation()) {
            (Some(mean), Some(deviation)) => {
                Some(Normalisation::new(channel(mean, "mean")?, channel(deviation, "deviation")?)?)
            }
            (None, None) => None,
            _ => {
                return Err(Error::InvalidContract(
                    "the contract's mean and deviation belong together: give both".into(),
                ));
            }
        };
        let size = match (self.width(), self.height()) {
            (Some(width), Some(height)) => Some((side(width)?, side(height)?)),
            (None, None) => None,
            _ => {
                return Err(Error::InvalidContract(
                    "the contract's width and height belong together: give both".into(),
                ));
            }
        };
        Ok(Parts {
            size,
            layout: self.layout().map(|name| name.parse()).transpose()?,
            channels: self.channels().map(|name| name.parse()).transpose()?,
            normalisation,
            resize: self.resize().map(|name| name.parse()).transpose()?,
            labels: self.labels(),
            meaning: self.scores().map(|name| name.parse()).transpose()?,
        })
    }
}

/// A class index, or the package's `LinearTarget`.
pub fn target(value: &JsValue, classes: usize) -> Result<Target> {
    if let Some(class) = value.as_f64() {
        return class_index(class, classes).map(Target::Class);
    }
    let linear: &LinearArguments = value.unchecked_ref();
    let invalid =
        || Error::InvalidTarget("a target is a class index, or { weights: [[index, weight], …] }".into());
    let pair = |pair: JsValue| {
        let pair: Array = pair.dyn_into().map_err(|_| invalid())?;
        let (index, weight) = (pair.get(0).as_f64(), pair.get(1).as_f64());
        let index = index.filter(|index| index.fract() == 0.0 && (0.0..f64::from(u32::MAX)).contains(index));
        index.zip(weight).map(|(index, weight)| (index as usize, weight as f32)).ok_or_else(invalid)
    };
    if !value.is_object() || !linear.weights().is_array() {
        return Err(invalid());
    }
    let weights = linear.weights().iter().map(pair).collect::<Result<_>>()?;
    Ok(Target::Linear(LinearTarget { output: linear.output(), weights }))
}

/// The index of a class of so many.
pub fn class_index(class: f64, classes: usize) -> Result<usize> {
    let last = classes.saturating_sub(1);
    let valid = class.fract() == 0.0 && (0.0..=last as f64).contains(&class);
    if valid { Ok(class as usize) } else { Err(Error::InvalidClass { index: class, last }) }
}

fn side(value: f64) -> Result<usize> {
    let whole = value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value);
    whole.then_some(value as usize).ok_or_else(|| {
        Error::InvalidInputSize(format!("an input side of {value} is not a whole number of pixels"))
    })
}

/// Bytes that stay in JavaScript's memory: what is read of them is copied, and nothing else.
pub struct File(pub Uint8Array);

impl Source for File {
    fn len(&self) -> u64 {
        u64::from(self.0.length())
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let end = offset.checked_add(into.len() as u64).filter(|end| *end <= self.len());
        let (Some(end), Ok(start)) = (end, u32::try_from(offset)) else {
            return Err(Error::InvalidModel("the model's file ends too early: it is cut off".into()));
        };
        self.0.subarray(start, end as u32).copy_to(into);
        Ok(())
    }
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
