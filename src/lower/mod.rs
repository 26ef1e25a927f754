//! From a file's operators to the core's, node by node, for one size of the picture.
//!
//! What does not depend on the picture is computed at once ([`crate::evaluate`], or the operator's own lowering run by
//! the [plain executor](crate::plain)); what does becomes nodes of the [`Graph`]. An operator is one function in
//! the file of its family and one line in the [table](table).

mod apply;
mod attention;
mod batch_norm;
mod beside;
mod call;
mod contrib;
mod control;
mod convolution;
mod driver;
mod einsum;
mod elementwise;
mod fold;
mod global_pool;
mod image;
mod lrn;
mod matmul;
mod moves;
mod norm;
mod pool;
mod positions;
mod qlinear;
mod quantised;
mod reduce;
mod resampling;
mod resize;
mod rotary;
mod scale;
mod select;
mod sequence;
mod table;
#[cfg(test)]
mod testing;
mod undone;
mod value;
mod window;

pub use call::Call;
pub use driver::{Fragment, Given, Input, Layout, NamedValue, Network, lower, lower_fragment};
pub use fold::Budget;
pub use moves::resolved;
pub use positions::Positions;
pub use quantised::dequantised;
pub use value::{Ints, Item, Located};

use crate::Result;
use crate::graph::{Graph, Number, Op, ValueId};

/// The graph that a file becomes, while it does.
pub struct Lowering<T> {
    /// What was lowered so far.
    pub graph: Graph<T>,
}

/// An operator's lowering: what its outputs stand for.
pub type Operator<T> = fn(&mut Lowering<T>, &Call<T>) -> Result<Vec<Item<T>>>;

impl<T: Number> Lowering<T> {
    /// The input of a node as a value of the graph; known ones become constants.
    ///
    /// # Errors
    /// [`crate::Error::InvalidModel`] if it is missing or a list.
    pub fn located(&mut self, call: &Call<T>, at: usize) -> Result<Located> {
        let constant = match call.required(at)? {
            Item::Live(located) => return Ok(located.clone()),
            Item::Floats(constant) => constant.clone(),
            Item::Ints(ints) => ints.to_constant(),
            Item::Failed(error) => return Err(error.clone()),
            Item::Sequence(_) => return Err(call.invalid(format!("its input {at} is a list"))),
        };
        let value = self.graph.add_constant(constant);
        Ok(Located::plain(&self.graph, value))
    }

    /// A value stored in this order: stored axis `i` is axis `order[i]` of the file's tensor. Transposes only where
    /// it lies otherwise.
    ///
    /// # Errors
    /// As [`Graph::add`].
    pub fn stored(&mut self, located: &Located, order: &[usize]) -> Result<ValueId> {
        let moves: Vec<_> = order.iter().map(|&axis| located.stored_axis(axis)).collect();
        // Axes of one place may lie anywhere: then the values already lie as they should.
        let shape = self.graph.shape(located.value);
        if moves.iter().filter(|&&axis| shape[axis] != 1).is_sorted() {
            let shape: Vec<_> = moves.iter().map(|&axis| shape[axis]).collect();
            return self.graph.reshape(located.value, &shape);
        }
        self.graph.permute(located.value, &moves)
    }

    /// A value stored in the file's own order.
    ///
    /// # Errors
    /// As [`Graph::add`].
    pub fn plain(&mut self, located: &Located) -> Result<ValueId> {
        self.stored(located, &(0..located.order.len()).collect::<Vec<_>>())
    }

    /// The input of a node, stored in the file's own order.
    ///
    /// # Errors
    /// As [`Self::located`].
    pub fn plain_input(&mut self, call: &Call<T>, at: usize) -> Result<ValueId> {
        let located = self.located(call, at)?;
        self.plain(&located)
    }

    /// The shape of an input in the file's order of axes.
    ///
    /// # Errors
    /// As [`Self::located`].
    pub fn shape_of(&self, call: &Call<T>, at: usize) -> Result<Vec<usize>> {
        match call.required(at)? {
            Item::Live(located) => Ok(located.shape(&self.graph)),
            Item::Floats(constant) => Ok(constant.shape().to_vec()),
            Item::Ints(ints) => Ok(ints.shape.clone()),
            Item::Failed(error) => Err(error.clone()),
            Item::Sequence(_) => Err(call.invalid(format!("its input {at} is a list"))),
        }
    }

    /// The only output of an operator, whose axes lie in this order.
    pub fn output(&self, value: ValueId, order: Vec<usize>) -> Vec<Item<T>> {
        vec![Item::Live(Located::new(value, order))]
    }

    /// The only output of an operator, whose axes lie as the file has them.
    pub fn plain_output(&self, value: ValueId) -> Vec<Item<T>> {
        vec![Item::Live(Located::plain(&self.graph, value))]
    }

    /// Adds a node, as [`Graph::add`] does, whose failure names the file's node.
    ///
    /// # Errors
    /// [`crate::Error::InvalidModel`] if the inputs do not fit.
    pub fn add(&mut self, call: &Call<T>, op: Op<T>, inputs: &[ValueId]) -> Result<ValueId> {
        self.graph.add(op, inputs).map_err(|error| call.invalid(error.to_string()))
    }
}
