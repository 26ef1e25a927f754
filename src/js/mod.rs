//! The boundary to JavaScript: plain values in, plain objects and typed arrays out.
//!
//! The TypeScript package in `pkg/` is the only caller. It queues the calls, so that one runs at a
//! time, and wraps what comes back.

mod arguments;
mod description;
mod object;
mod panic;
mod team;

use std::rc::Rc;

use js_sys::{Array, Float32Array, Function, Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::Result;
use crate::cam::Method;
use crate::device::Device;
use crate::explainer::{Explainer, Explanation, Object, Options, Tensor};
use crate::faithfulness::{Curve, Faithfulness, Measures, MethodFaithfulness, Road, YardstickFaithfulness};
use crate::localisation::{Box, Localisation};
use crate::objects::Candidate;
use crate::onnx::{Model, Source};
use crate::regions::Region;
use crate::session::Progress;
use arguments::{
    ContractArguments, ExplainOptions, FaithfulnessArguments, File, ImageData, ObjectsArguments, class_index,
    target,
};
use object::{object, thrown};

#[wasm_bindgen]
extern "C" {
    /// The package's `CoreOptions`.
    pub type CoreOptions;

    #[wasm_bindgen(method, getter)]
    fn backend(this: &CoreOptions) -> String;

    /// `[name, Uint8Array][]`
    #[wasm_bindgen(method, getter, js_name = externalData)]
    fn external_data(this: &CoreOptions) -> Option<Array>;

    /// What files beside the model say of its contract.
    #[wasm_bindgen(method, getter)]
    fn read(this: &CoreOptions) -> Option<ContractArguments>;

    /// What the caller says.
    #[wasm_bindgen(method, getter)]
    fn given(this: &CoreOptions) -> Option<ContractArguments>;
}

/// A loaded network. Its methods answer with plain objects.
#[wasm_bindgen]
pub struct Core {
    explainer: Explainer,
}

/// Loads an ONNX file, which stays in JavaScript's memory. `on_panic` gets the message if the core ever panics: the
/// module is then dead, and promises that it owes stay open. `on_stage` is awaited between the stages of a call, which
/// ends where it throws; with the share that is done, and the last layer's index, during a run.
#[wasm_bindgen(js_name = loadCore)]
pub async fn load_core(
    model: Uint8Array,
    options: CoreOptions,
    on_panic: Function,
    on_stage: Function,
) -> std::result::Result<Core, JsValue> {
    panic::report_to(on_panic);
    let load = async {
        let mut explainer = explainer(model, &options).await?;
        explainer.ask_between_stages(std::boxed::Box::new(move |progress| {
            std::boxed::Box::pin(stage(on_stage.clone(), progress))
        }));
        Ok(explainer)
    };
    load.await.map(|explainer| Core { explainer }).map_err(thrown)
}

async fn explainer(model: Uint8Array, options: &CoreOptions) -> Result<Explainer> {
    let device = match options.backend().as_str() {
        "webgpu" => Device::webgpu().await?,
        _ => Device::cpu_with(team::current()),
    };
    let files = options.external_data().unwrap_or_default();
    let file = |entry: JsValue| {
        let entry: Array = entry.dyn_into().ok()?;
        let source: Rc<dyn Source> = Rc::new(File(entry.get(1).dyn_into().ok()?));
        Some((entry.get(0).as_string()?, source))
    };
    let external: Vec<_> = files.iter().filter_map(file).collect();
    let model = Model::read(Rc::new(File(model)), &external)?;
    let parts = |arguments: Option<ContractArguments>| arguments.map(|parts| parts.read()).transpose();
    let (read, given) = (parts(options.read())?, parts(options.given())?);
    Explainer::new(model, read.unwrap_or_default(), given.unwrap_or_default(), device).await
}

/// Whether the call goes on after a stage.
async fn stage(on_stage: Function, progress: Option<Progress>) -> bool {
    let share = progress.map(|progress| progress.share);
    let layer = progress.and_then(|progress| progress.layer);
    match on_stage.call2(&JsValue::NULL, &share.into(), &layer.into()) {
        Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await.is_ok(),
        Err(_) => false,
    }
}

#[wasm_bindgen]
impl Core {
    /// The class labels, by class index.
    pub fn labels(&self) -> Vec<String> {
        self.explainer.labels().to_vec()
    }

    /// What is known of the network: the package's `ModelInfo`.
    pub fn model(&self) -> std::result::Result<JsValue, JsValue> {
        description::model(&self.explainer).map_err(thrown)
    }

    /// Takes what the caller says of the contract now, in place of what was said before.
    #[wasm_bindgen(js_name = setContract)]
    pub fn set_contract(&mut self, given: ContractArguments) -> std::result::Result<(), JsValue> {
        given.read().and_then(|given| self.explainer.set_contract(given)).map_err(thrown)
    }

    /// The most probable classes: `{ classIdx, label, probability }[]`, best first.
    pub async fn classify(&self, image_data: ImageData, top_k: usize) -> std::result::Result<Array, JsValue> {
        let classify = async { self.explainer.classify(&image_data.read()?, top_k).await };
        let predictions = classify.await.map_err(thrown)?;
        Ok(predictions
            .iter()
            .map(|prediction| {
                object([
                    ("classIdx", prediction.class.into()),
                    ("label", self.label(prediction.class)),
                    ("probability", prediction.probability.into()),
                ])
            })
            .collect())
    }

    /// One explanation a target, a class index or a linear function; none at all means the most probable class.
    #[wasm_bindgen(js_name = explainMany)]
    pub async fn explain_many(
        &self,
        image_data: ImageData,
        targets: Array,
        method: String,
        options: ExplainOptions,
    ) -> std::result::Result<Array, JsValue> {
        let explain = async {
            let options = options.read(method.parse()?)?;
            let targets =
                targets.iter().map(|value| target(&value, self.classes())).collect::<Result<Vec<_>>>()?;
            let explanations = self.explainer.explain_many(&image_data.read()?, &targets, &options).await?;
            Ok(explanations.into_iter().map(|explanation| self.explanation(explanation)).collect())
        };
        explain.await.map_err(thrown)
    }

    /// The objects of a picture, surest first, each with its map.
    #[wasm_bindgen(js_name = explainObjects)]
    pub async fn explain_objects(
        &self,
        image_data: ImageData,
        options: ObjectsArguments,
    ) -> std::result::Result<Array, JsValue> {
        let explain = async {
            let options = options.read()?;
            let objects = self.explainer.explain_objects(&image_data.read()?, &options).await?;
            Ok(objects.into_iter().map(|object| self.detected_object(object)).collect())
        };
        explain.await.map_err(thrown)
    }

    /// How faithful each method's map of a class is; no class means the most probable one.
    pub async fn faithfulness(
        &self,
        image_data: ImageData,
        class: Option<f64>,
        methods: Vec<String>,
        options: FaithfulnessArguments,
    ) -> std::result::Result<JsValue, JsValue> {
        let measure = async {
            let picture = image_data.read()?;
            let class = class.map(|class| class_index(class, self.classes())).transpose()?;
            let methods = methods.iter().map(|name| name.parse()).collect::<Result<Vec<_>>>()?;
            let options = options.read(&picture)?;
            let found = self.explainer.faithfulness(&picture, class, &methods, &options).await?;
            Ok(self.faithfulness_object(&found))
        };
        measure.await.map_err(thrown)
    }

    /// A layer's activation: `{ data, shape }` in the file's order of axes.
    pub async fn activations(
        &self,
        image_data: ImageData,
        layer: String,
        options: ExplainOptions,
    ) -> std::result::Result<JsValue, JsValue> {
        let read = async {
            let size = options.input_size()?.unwrap_or_default();
            self.explainer.activations(&image_data.read()?, &layer, size).await
        };
        read.await.map(tensor).map_err(thrown)
    }

    /// The gradient of a target's score at a layer, likewise.
    pub async fn gradients(
        &self,
        image_data: ImageData,
        of: JsValue,
        layer: String,
        options: ExplainOptions,
    ) -> std::result::Result<JsValue, JsValue> {
        let read = async {
            let target = target(&of, self.classes())?;
            let options = Options { layer: Some(layer), ..options.read(Method::GradCam)? };
            self.explainer.gradients_at(&image_data.read()?, &target, &options).await
        };
        read.await.map(tensor).map_err(thrown)
    }
}

fn tensor(tensor: Tensor) -> JsValue {
    let shape = tensor.shape.iter().map(|&extent| JsValue::from(extent)).collect::<Array>();
    object([("data", Float32Array::from(tensor.values.as_slice()).into()), ("shape", shape.into())])
}

impl Core {
    fn classes(&self) -> usize {
        self.explainer.labels().len()
    }

    fn label(&self, class: usize) -> JsValue {
        self.explainer.labels()[class].as_str().into()
    }

    fn explanation(&self, explanation: Explanation) -> JsValue {
        object([
            ("classIdx", explanation.class.map_or(JsValue::NULL, JsValue::from)),
            ("label", explanation.class.map_or_else(|| "".into(), |class| self.label(class))),
            ("probability", explanation.probability.into()),
            ("logit", explanation.logit.into()),
            ("method", explanation.method.to_string().into()),
            ("layer", explanation.layer.into()),
            ("backend", self.explainer.backend().to_string().into()),
            ("raw", Float32Array::from(explanation.map.values.as_slice()).into()),
            ("rawWidth", explanation.map.width.into()),
            ("rawHeight", explanation.map.height.into()),
            ("area", rectangle(explanation.area)),
        ])
    }

    fn detected_object(&self, found: Object) -> JsValue {
        object([
            ("classIdx", found.best.class.into()),
            ("label", self.label(found.best.class)),
            ("score", found.best.score.into()),
            ("box", found.bounds.map_or(JsValue::NULL, rectangle)),
            ("regions", found.regions.iter().map(region).collect::<Array>().into()),
            (
                "alternatives",
                found.alternatives.iter().map(|other| self.candidate(other)).collect::<Array>().into(),
            ),
            ("explanation", self.explanation(found.explanation)),
        ])
    }

    fn candidate(&self, candidate: &Candidate) -> JsValue {
        object([
            ("classIdx", candidate.class.into()),
            ("label", self.label(candidate.class)),
            ("score", candidate.score.into()),
        ])
    }

    fn faithfulness_object(&self, found: &Faithfulness) -> JsValue {
        let colour = found
            .colour
            .map_or(JsValue::NULL, |colour| colour.map(JsValue::from).iter().collect::<Array>().into());
        object([
            ("classIdx", found.class.into()),
            ("label", self.label(found.class)),
            ("confidence", found.confidence.into()),
            ("background", found.background.to_string().into()),
            ("colour", colour),
            ("methods", found.methods.iter().map(method_faithfulness).collect::<Array>().into()),
            ("yardsticks", found.yardsticks.iter().map(yardstick_faithfulness).collect::<Array>().into()),
            ("winner", found.winner().map_or(JsValue::NULL, |method| method.to_string().into())),
        ])
    }
}

fn rectangle(bounds: Box) -> JsValue {
    object([
        ("x", bounds.x.into()),
        ("y", bounds.y.into()),
        ("width", bounds.width.into()),
        ("height", bounds.height.into()),
    ])
}

fn region(region: &Region) -> JsValue {
    object([("box", rectangle(region.bounds)), ("area", region.area.into()), ("peak", region.peak.into())])
}

fn method_faithfulness(entry: &MethodFaithfulness) -> JsValue {
    let named = [("method", entry.method.to_string().into()), ("layer", entry.layer.as_str().into())];
    object(named.into_iter().chain(measures(&entry.measures)))
}

fn yardstick_faithfulness(entry: &YardstickFaithfulness) -> JsValue {
    let method = entry.yardstick.method().map_or(JsValue::NULL, |method| method.to_string().into());
    let named = [("yardstick", entry.yardstick.name().into()), ("method", method)];
    object(named.into_iter().chain(measures(&entry.measures)))
}

fn measures(found: &Measures) -> [(&'static str, JsValue); 11] {
    [
        ("confidence", found.confidence.into()),
        ("maskedConfidence", found.masked_confidence.into()),
        ("drop", found.drop().into()),
        ("increased", found.increased().into()),
        ("visible", found.visible.into()),
        ("sparseness", found.sparseness.into()),
        ("isEmpty", found.is_empty.into()),
        ("deletion", found.deletion.as_ref().map_or(JsValue::NULL, curve)),
        ("insertion", found.insertion.as_ref().map_or(JsValue::NULL, curve)),
        ("road", found.road.as_ref().map_or(JsValue::NULL, road)),
        ("localisation", found.localisation.map_or(JsValue::NULL, localisation)),
    ]
}

fn road(road: &Road) -> JsValue {
    object([
        ("morf", Float32Array::from(road.morf.as_slice()).into()),
        ("lerf", Float32Array::from(road.lerf.as_slice()).into()),
        ("score", road.score().into()),
    ])
}

fn curve(curve: &Curve) -> JsValue {
    object([("scores", Float32Array::from(curve.scores.as_slice()).into()), ("area", curve.area().into())])
}

fn localisation(found: Localisation) -> JsValue {
    object([("energy", found.energy.into()), ("hit", found.hit.into()), ("loc", found.loc.into())])
}
