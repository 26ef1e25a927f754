//! The other thread, as JavaScript gives it.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::arguments;
use super::object::thrown;
use crate::model::Model;
use crate::network::{self, PartnerLost};

#[wasm_bindgen]
extern "C" {
    /// The package's `Partner`.
    #[derive(Debug)]
    pub type Partner;

    #[wasm_bindgen(method, catch, js_name = start)]
    fn send(this: &Partner, input: &[f32], dims: Vec<usize>) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = swap)]
    fn exchange(this: &Partner, own: &[f32], others: &mut [f32]) -> Result<(), JsValue>;
}

impl network::Partner for Partner {
    fn start(&self, input: &[f32], dims: [usize; 4]) -> Result<(), PartnerLost> {
        self.send(input, dims.into()).map_err(|_| PartnerLost)
    }

    fn swap(&self, own: &[f32], others: &mut [f32]) -> Result<(), PartnerLost> {
        self.exchange(own, others).map_err(|_| PartnerLost)
    }
}

/// The half of the network that a second thread computes.
#[wasm_bindgen]
pub struct Assistant {
    assistant: network::Assistant,
}

/// Loads that half of a model, which was checked before.
#[wasm_bindgen(js_name = loadAssistant)]
pub fn load_assistant(model: Uint8Array) -> Result<Assistant, JsValue> {
    let load = || {
        let bytes = arguments::copy(&model)?;
        network::Assistant::load(&Model::read_unverified(&bytes)?)
    };
    load().map(|assistant| Assistant { assistant }).map_err(thrown)
}

#[wasm_bindgen]
impl Assistant {
    /// Runs on an input, `[B, 3, H, W]`, beside the network of the partner; ends early if that is lost.
    pub fn assist(&self, partner: &Partner, input: &[f32], dims: Vec<usize>) {
        // Nobody is left to tell of a loss: the partner goes on alone.
        if let Ok(dims) = <[usize; 4]>::try_from(dims) {
            let _: Result<(), PartnerLost> = self.assistant.assist(partner, input, dims);
        }
    }
}
