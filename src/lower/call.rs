//! A node of the file as its operator sees it: attributes, and inputs of which some are known.

use std::rc::Rc;

use super::value::{Ints, Item, Located};
use crate::graph::{Constant, Number};
use crate::onnx::Node;
use crate::{Error, Result};

/// One application of an operator.
pub struct Call<'a, T> {
    /// The node.
    pub node: &'a Node,
    /// What its inputs stand for; `None` for one that is left out.
    pub inputs: Vec<Option<Item<T>>>,
    /// The version of the operator set that the node is of.
    pub opset: i64,
}

impl<T: Number> Call<'_, T> {
    /// The attribute, or the operator's default.
    pub fn int(&self, name: &str, default: i64) -> i64 {
        self.node.int(name).unwrap_or(default)
    }

    /// The attribute, or the operator's default.
    pub fn float(&self, name: &str, default: f32) -> f64 {
        f64::from(self.node.float(name).unwrap_or(default))
    }

    /// The attribute, or the operator's default.
    pub fn text<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.node.string(name).unwrap_or(default)
    }

    /// The attribute's sizes, each at least `least`; `count` times `default` if it is not there.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] for another number of them, or a smaller one.
    pub fn sizes(&self, name: &str, count: usize, default: usize, least: usize) -> Result<Vec<usize>> {
        let Some(values) = self.node.ints(name) else { return Ok(vec![default; count]) };
        let sizes: Option<Vec<_>> = values
            .iter()
            .map(|&value| usize::try_from(value).ok().filter(|size| (least..1 << 24).contains(size)))
            .collect();
        sizes.filter(|sizes| sizes.len() == count).ok_or_else(|| {
            self.invalid(format!("its {name} are {values:?}; there must be {count}, each {least} or more"))
        })
    }

    /// An input, if it is there.
    pub fn input(&self, at: usize) -> Option<&Item<T>> {
        self.inputs.get(at)?.as_ref()
    }

    /// An input that must be there.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if it is not.
    pub fn required(&self, at: usize) -> Result<&Item<T>> {
        self.input(at).ok_or_else(|| self.invalid(format!("its input {at} is missing")))
    }

    /// The whole numbers of an input, if it is there.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if they depend on the picture.
    pub fn ints_of(&self, at: usize) -> Result<Option<Ints>> {
        match self.input(at) {
            None => Ok(None),
            Some(Item::Ints(ints)) => Ok(Some(ints.clone())),
            Some(Item::Live(_)) => Err(self.unsupported(format!("its input {at} depends on the picture"))),
            Some(_) => Err(self.invalid(format!("its input {at} holds no whole numbers"))),
        }
    }

    /// The whole numbers of an input as a list, if it is there.
    ///
    /// # Errors
    /// As [`Self::ints_of`].
    pub fn list_of(&self, at: usize) -> Result<Option<Rc<[i64]>>> {
        self.ints_of(at)?.map(|ints| ints.read()).transpose()
    }

    /// The known numbers of an input, if it is there, of any type.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if they depend on the picture.
    pub fn constant_of(&self, at: usize) -> Result<Option<Constant<T>>> {
        match self.input(at) {
            None => Ok(None),
            Some(Item::Floats(constant)) => Ok(Some(constant.clone())),
            Some(Item::Ints(ints)) => Ok(Some(ints.to_constant())),
            Some(Item::Live(_)) => Err(self.unsupported(format!("its input {at} depends on the picture"))),
            Some(_) => Err(self.invalid(format!("its input {at} is no tensor"))),
        }
    }

    /// The single known number of an input, if it is there.
    ///
    /// # Errors
    /// As [`Self::constant_of`].
    pub fn number_of(&self, at: usize) -> Result<Option<T>> {
        let Some(constant) = self.constant_of(at)? else { return Ok(None) };
        match *constant.read()? {
            [value] => Ok(Some(value)),
            _ => Err(self.invalid(format!("its input {at} is no single number"))),
        }
    }

    /// A list that older operator sets have as an attribute and newer ones as an input.
    ///
    /// # Errors
    /// As [`Self::ints_of`].
    pub fn list(&self, attribute: &str, input: usize) -> Result<Option<Rc<[i64]>>> {
        match self.node.ints(attribute) {
            Some(values) => Ok(Some(values.into())),
            None => self.list_of(input),
        }
    }

    /// An axis of a tensor of so many, where negative ones count from the end.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if there is none.
    pub fn axis(&self, axis: i64, rank: usize) -> Result<usize> {
        let counted = if axis < 0 { axis.checked_add(rank as i64) } else { Some(axis) };
        counted
            .and_then(|axis| usize::try_from(axis).ok())
            .filter(|&axis| axis < rank)
            .ok_or_else(|| self.invalid(format!("there is no axis {axis} in a tensor of {rank}")))
    }

    /// Several axes, as [`Self::axis`], in ascending order.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if one is not there, or there twice.
    pub fn axes(&self, axes: &[i64], rank: usize) -> Result<Vec<usize>> {
        let mut found = axes.iter().map(|&axis| self.axis(axis, rank)).collect::<Result<Vec<_>>>()?;
        found.sort_unstable();
        if found.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(self.invalid(format!("its axes {axes:?} name one twice")));
        }
        Ok(found)
    }

    /// An index into an axis, where negative ones count from the end.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if there is no such place.
    pub fn place(&self, index: i64, extent: usize) -> Result<usize> {
        let counted = if index < 0 { index.saturating_add(extent as i64) } else { index };
        usize::try_from(counted)
            .ok()
            .filter(|&place| place < extent)
            .ok_or_else(|| self.invalid(format!("there is no place {index} among {extent}")))
    }

    /// The live value of an input.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if it is missing, known or a list.
    pub fn live(&self, at: usize) -> Result<&Located> {
        match self.required(at)? {
            Item::Live(located) => Ok(located),
            _ => Err(self.invalid(format!("its input {at} does not depend on the picture"))),
        }
    }

    /// What is wrong with the node.
    pub fn invalid(&self, reason: impl AsRef<str>) -> Error {
        Error::InvalidModel(self.told(reason.as_ref()))
    }

    /// What the node asks for that cannot be done.
    pub fn unsupported(&self, reason: impl AsRef<str>) -> Error {
        Error::Unsupported(self.told(reason.as_ref()))
    }

    fn told(&self, reason: &str) -> String {
        let node = self.node;
        let name = if node.name.is_empty() { node.outputs.first() } else { Some(&node.name) };
        let name = name.map_or("", |name| name);
        let domain = if node.domain.is_empty() { String::new() } else { format!("{}.", node.domain) };
        format!("the node \"{name}\" ({domain}{}, opset {}) cannot be used: {reason}", node.op, self.opset)
    }
}
