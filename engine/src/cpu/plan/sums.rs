//! Steps whose products have constant weights, with what follows them.

use std::ops::Range;
use std::rc::Rc;

use crate::cpu::chain::{Activation, Chain};
use crate::cpu::convolution::Convolution;
use crate::cpu::elementwise::Program;
use crate::cpu::epilogue::{Epilogue, Then};
use crate::cpu::product::Product;
use crate::cpu::run::Kernel;
use crate::cpu::team::Team;

/// Products, and what becomes of their sums.
pub(super) struct Sums {
    pub(super) weights: Packed,
    /// The extents of the first product's input.
    pub(super) shape: [usize; 4],
    /// Of a position.
    pub(super) outputs: usize,
    pub(super) range: (f32, f32),
    /// What changes the results.
    pub(super) then: Option<Change>,
    /// What changes the results of a chain's first product, and of its filter.
    pub(super) inner: [Option<Change>; 2],
}

/// A formula and which of the step's inputs it reads.
pub(super) struct Change {
    pub(super) program: Program,
    pub(super) operands: Range<usize>,
}

impl Change {
    fn act(&self, at: usize, inputs: &[&[f32]], values: &mut [f32]) {
        self.program.run(at, &inputs[self.operands.clone()], values);
    }
}

/// Packed weights of a kind.
pub(super) enum Packed {
    Product(Rc<Product>, Sparse),
    /// A product that was packed for the other direction.
    Backward(Rc<Product>),
    Convolution(Rc<Convolution>),
    Chain(Rc<Chain>),
}

/// Where many inputs may be zero: in how many copies, one behind the other, they are the same ones.
pub(super) type Sparse = Option<usize>;

impl Sums {
    fn forward(&self, inputs: &[&[f32]], output: &mut [f32], epilogue: &Epilogue, team: &Team) {
        let x = inputs[0];
        match &self.weights {
            Packed::Product(product, None) => product.forward(x, output, epilogue, team),
            Packed::Product(product, Some(copies)) => {
                product.forward_sparse(x, output, epilogue, *copies, team);
            }
            Packed::Backward(product) => {
                product.backward(x, output, team);
                epilogue.apply(self.outputs, output);
            }
            Packed::Convolution(convolution) => convolution.forward(x, self.shape, output, epilogue, team),
            Packed::Chain(chain) => self.inside(inputs, |inner| {
                chain.forward(x, self.shape, output, inner, epilogue, team);
            }),
        }
    }

    /// Has `act` do what lies inside of a chain.
    fn inside(&self, inputs: &[&[f32]], act: impl FnOnce([Activation; 2])) {
        let [first, filter] = &self.inner;
        let change = |change: &Option<Change>, values: &mut [f32]| {
            if let Some(change) = change {
                change.act(0, inputs, values);
            }
        };
        let of_first: &(dyn Fn(&mut [f32]) + Sync) = &|values| change(first, values);
        let of_filter: &(dyn Fn(&mut [f32]) + Sync) = &|values| change(filter, values);
        act([first.as_ref().map(|_| of_first), filter.as_ref().map(|_| of_filter)]);
    }
}

impl Kernel for Sums {
    fn run(&self, inputs: &[&[f32]], output: &mut [f32], team: &Team) {
        let Some(change) = &self.then else {
            return self.forward(inputs, output, &Epilogue { range: self.range, then: None }, team);
        };
        let outputs = self.outputs;
        let then: Then = &|first, values| change.act(first * outputs, inputs, values);
        self.forward(inputs, output, &Epilogue { range: self.range, then: Some(then) }, team);
    }
}
