//! What is known of a loaded network, as a plain object.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::object::object;
use crate::Result;
use crate::contract::Contract;
use crate::explainer::{Explainer, Summary};

/// The package's `ModelInfo`.
pub(super) fn model(explainer: &Explainer) -> Result<JsValue> {
    let Summary { parameters, multiply_adds, outputs, score, layers, methods, operators, objects, warnings } =
        explainer.summary()?;
    let model = explainer.model();
    let shape = |shape: &[usize]| -> JsValue {
        shape.iter().map(|&extent| JsValue::from(extent)).collect::<Array>().into()
    };
    let texts = |texts: &[String]| -> JsValue {
        texts.iter().map(|text| JsValue::from(text.as_str())).collect::<Array>().into()
    };
    let outputs = outputs
        .iter()
        .map(|(name, extents)| object([("name", name.as_str().into()), ("shape", shape(extents))]));
    let layers = layers.iter().map(|layer| {
        object([
            ("name", layer.name.as_str().into()),
            ("operator", layer.operator.as_str().into()),
            ("channels", layer.channels.into()),
            ("width", layer.width.into()),
            ("height", layer.height.into()),
            ("stride", layer.stride.into()),
            ("depth", layer.depth.into()),
        ])
    });
    let pair = |(name, value): (&str, JsValue)| -> JsValue {
        [JsValue::from(name), value].into_iter().collect::<Array>().into()
    };
    let defaults = methods
        .iter()
        .filter_map(|found| Some(pair((found.method.entry().name, found.layer.as_deref()?.into()))));
    let methods = methods.iter().map(|found| {
        let entry = found.method.entry();
        object([
            ("name", entry.name.into()),
            ("paper", entry.paper.into()),
            ("family", entry.family.name().into()),
            ("layer", found.layer.as_deref().map_or(JsValue::NULL, JsValue::from)),
            ("runs", found.runs.into()),
            ("backward", found.backward.into()),
        ])
    });
    let operators = operators.iter().map(|(operator, count)| pair((operator, (*count).into())));
    let metadata = model.metadata.iter().map(|(key, value)| pair((key, value.as_str().into())));
    Ok(object([
        ("name", explainer.name().into()),
        ("opset", (model.opset("") as f64).into()),
        ("irVersion", (model.ir_version as f64).into()),
        ("producer", model.producer.as_str().into()),
        ("parameters", (parameters as f64).into()),
        ("multiplyAdds", (multiply_adds as f64).into()),
        ("outputs", outputs.collect::<Array>().into()),
        ("score", score.as_str().into()),
        ("contract", contract(explainer.contract())),
        ("layers", layers.collect::<Array>().into()),
        ("methods", methods.collect::<Array>().into()),
        ("defaultLayers", defaults.collect::<Array>().into()),
        ("operators", operators.collect::<Array>().into()),
        ("objects", objects.into()),
        ("warnings", texts(&warnings)),
        ("metadata", metadata.collect::<Array>().into()),
    ]))
}

fn contract(contract: &Contract) -> JsValue {
    let numbers = |values: [f32; 3]| -> JsValue {
        values.iter().map(|&value| JsValue::from(value)).collect::<Array>().into()
    };
    let sources = &contract.sources;
    object([
        ("input", contract.input.as_str().into()),
        ("width", contract.width.into()),
        ("height", contract.height.into()),
        ("layout", contract.layout.to_string().into()),
        ("channels", contract.channels.to_string().into()),
        ("mean", numbers(contract.normalisation.mean())),
        ("deviation", numbers(contract.normalisation.deviation())),
        ("resize", contract.resize.to_string().into()),
        ("scores", contract.meaning.to_string().into()),
        (
            "sources",
            object([
                ("size", sources.size.to_string().into()),
                ("layout", sources.layout.to_string().into()),
                ("channels", sources.channels.to_string().into()),
                ("normalisation", sources.normalisation.to_string().into()),
                ("resize", sources.resize.to_string().into()),
                ("labels", sources.labels.to_string().into()),
                ("scores", sources.meaning.to_string().into()),
            ]),
        ),
    ])
}
