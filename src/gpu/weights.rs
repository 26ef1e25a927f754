//! Packed weights on the device, which several plans may share.

use std::collections::HashMap;

use burn_cubecl::cubecl::bytes::Bytes;
use burn_cubecl::cubecl::client::Client;
use burn_cubecl::cubecl::server::Handle;

use crate::Result;

/// Packed weights on the device, by what tells them from others: a plan for another input size packs none twice.
#[derive(Default)]
pub struct Weights {
    packed: HashMap<Recipe, Handle>,
}

/// What tells packed weights from others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Recipe {
    /// For which kernel.
    pub(super) kind: &'static str,
    /// How they are packed.
    pub(super) extents: Vec<usize>,
    /// Of which constants.
    pub(super) identities: Vec<u64>,
}

impl Weights {
    /// What was packed by this recipe, or is now.
    pub(super) fn get(
        &mut self,
        client: &Client,
        recipe: Recipe,
        pack: impl FnOnce() -> Result<Vec<f32>>,
    ) -> Result<Handle> {
        if let Some(packed) = self.packed.get(&recipe) {
            return Ok(packed.clone());
        }
        let packed = client.create(Bytes::from_elems(pack()?));
        self.packed.insert(recipe, packed.clone());
        Ok(packed)
    }
}
