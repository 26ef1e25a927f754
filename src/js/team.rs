//! The other thread, as JavaScript gives it.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::CoreOptions;
use super::arguments::ContractArguments;
use super::object::thrown;
use crate::cpu::{self, PartnerLost};
use crate::explainer::Explainer;

#[wasm_bindgen]
extern "C" {
    /// The package's `Partner`.
    #[derive(Debug)]
    pub type Partner;

    #[wasm_bindgen(method, catch, js_name = start)]
    fn send(this: &Partner, input: &[f32], shape: Vec<usize>, wanted: Vec<usize>) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = swap)]
    fn exchange(this: &Partner, own: &[f32], others: &mut [f32]) -> Result<(), JsValue>;
}

impl cpu::Partner for Partner {
    fn start(&self, input: &[f32], shape: &[usize], wanted: &[usize]) -> Result<(), PartnerLost> {
        self.send(input, shape.into(), wanted.into()).map_err(|_| PartnerLost)
    }

    fn swap(&self, own: &[f32], others: &mut [f32]) -> Result<(), PartnerLost> {
        self.exchange(own, others).map_err(|_| PartnerLost)
    }
}

/// The half of the network that a second thread computes.
#[wasm_bindgen]
pub struct Assistant {
    explainer: Explainer,
}

/// Loads a model as the partner did.
#[wasm_bindgen(js_name = loadAssistant)]
pub async fn load_assistant(model: Uint8Array, options: CoreOptions) -> Result<Assistant, JsValue> {
    let explainer = super::explainer(model, &options).await.map_err(thrown)?;
    Ok(Assistant { explainer })
}

#[wasm_bindgen]
impl Assistant {
    /// Takes what the partner's caller says of the contract now.
    #[wasm_bindgen(js_name = setContract)]
    pub fn set_contract(&mut self, given: ContractArguments) -> Result<(), JsValue> {
        given.read().and_then(|given| self.explainer.set_contract(given)).map_err(thrown)
    }

    /// Runs on an input, `[1, height, width, channels]`, beside the network of the partner, towards the same values; ends
    /// early if that is lost.
    pub fn assist(&self, partner: &Partner, input: Vec<f32>, shape: Vec<usize>, wanted: Vec<usize>) {
        // Nobody is left to tell of a failure: the partner goes on alone.
        let _: crate::Result<()> = self.explainer.assist(partner, input, &shape, &wanted);
    }
}
