//! Steps whose products have constant weights, with what follows them.

use std::ops::Range;
use std::rc::Rc;

use crate::cpu::chain::{Activation, Chain};
use crate::cpu::convolution::Convolution;
use crate::cpu::elementwise::Program;
use crate::cpu::epilogue::{Epilogue, LINEAR, Then};
use crate::cpu::product::Product;
use crate::cpu::run::Kernel;
use crate::cpu::team::{Half, Partner, PartnerLost};

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
    /// If another thread does the other half.
    pub(super) half: Option<Half>,
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
    fn forward(&self, inputs: &[&[f32]], output: &mut [f32], epilogue: &Epilogue) {
        let x = inputs[0];
        match &self.weights {
            Packed::Product(product, None) => product.forward(x, output, epilogue),
            Packed::Product(product, Some(copies)) => product.forward_sparse(x, output, epilogue, *copies),
            Packed::Backward(product) => {
                product.backward(x, output);
                epilogue.apply(self.outputs, output);
            }
            Packed::Convolution(convolution) => convolution.forward(x, self.shape, output, epilogue),
            Packed::Chain(chain) => self.inside(inputs, |inner| {
                chain.forward(x, self.shape, output, inner, epilogue);
            }),
        }
    }

    /// What is left to do once the sums of both halves are there.
    fn forward_half(
        &self,
        half: Half,
        inputs: &[&[f32]],
        output: &mut [f32],
        partner: &dyn Partner,
    ) -> Result<(f32, f32), PartnerLost> {
        if let Packed::Chain(chain) = &self.weights {
            self.inside(inputs, |inner| chain.sums(inputs[0], self.shape, output, inner, 1));
            let mut others = vec![0.0; output.len()];
            partner.swap(output, &mut others)?;
            output.iter_mut().zip(&others).for_each(|(sum, other)| *sum += other);
            return Ok(self.range);
        }
        let mut own = vec![0.0; output.len() / 2];
        let mut others = own.clone();
        self.forward(inputs, &mut own, &Epilogue { range: self.range, then: None });
        partner.swap(&own, &mut others)?;
        let halves = match half {
            Half::First => [own, others],
            Half::Second => [others, own],
        };
        let outputs = self.outputs / 2;
        for (position, output) in output.chunks_exact_mut(self.outputs).enumerate() {
            for (to, from) in output.chunks_exact_mut(outputs).zip(&halves) {
                to.copy_from_slice(&from[position * outputs..][..outputs]);
            }
        }
        Ok(LINEAR)
    }

    /// Has `act` do what lies inside of a chain.
    fn inside(&self, inputs: &[&[f32]], act: impl FnOnce([Activation; 2])) {
        let [first, filter] = &self.inner;
        let change = |change: &Option<Change>, values: &mut [f32]| {
            if let Some(change) = change {
                change.act(0, inputs, values);
            }
        };
        let of_first: &dyn Fn(&mut [f32]) = &|values| change(first, values);
        let of_filter: &dyn Fn(&mut [f32]) = &|values| change(filter, values);
        act([first.as_ref().map(|_| of_first), filter.as_ref().map(|_| of_filter)]);
    }

    /// Has `act` do what follows the sums.
    fn followed(&self, range: (f32, f32), inputs: &[&[f32]], act: impl FnOnce(&Epilogue)) {
        match &self.then {
            None => act(&Epilogue { range, then: None }),
            Some(change) => {
                let then: Then = &|first, values| change.act(first * self.outputs, inputs, values);
                act(&Epilogue { range, then: Some(then) });
            }
        }
    }
}

impl Kernel for Sums {
    fn run(&self, inputs: &[&[f32]], output: &mut [f32]) {
        self.followed(self.range, inputs, |epilogue| self.forward(inputs, output, epilogue));
    }

    fn run_shared(
        &self,
        inputs: &[&[f32]],
        output: &mut [f32],
        partner: &dyn Partner,
    ) -> Result<(), PartnerLost> {
        match self.half {
            None => self.run(inputs, output),
            Some(half) => {
                let range = self.forward_half(half, inputs, output, partner)?;
                self.followed(range, inputs, |epilogue| epilogue.apply(self.outputs, output));
            }
        }
        Ok(())
    }
}
