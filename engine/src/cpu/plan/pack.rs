//! Kernels for products with constant weights, which are packed unless they are already.
//!
//! What packs is never inlined: engines compile a function whole once it ran often, and its loops run over all weights.

use super::Planner;
use super::fold::Weight;
use super::sums::{Change, Packed, Sparse, Sums};
use super::weights::{Kind, Part, Recipe};
use crate::Result;
use crate::cpu::chain::{Chain, Layer};
use crate::cpu::convolution::{Convolution, Winograd};
use crate::cpu::elementwise::Program;
use crate::cpu::fuse::{self, Group, Link};
use crate::cpu::product::Product;
use crate::graph::{Binary, Constant, Op, Unary, ValueId};

/// From this size on, a weight is not packed for both of its directions.
const ONE_DIRECTION: usize = 8 << 20;
/// So many rows are computed with weights that are packed for the other direction, if they are.
const FEW_ROWS: usize = 8;
/// Weights of a place are read for so many tiles at least, where there are four times as many.
const LEAST_TILES: usize = 12;

impl Planner<'_> {
    /// The kernel of a product's group, and what it reads.
    pub(super) fn sums(&mut self, group: &Group, product: &fuse::Product) -> Result<(Sums, Vec<ValueId>)> {
        let fusion = &self.fusion;
        let head = group.before.first().map_or(product, |link| &link.product);
        let x = fusion.inputs(head.node)[0];
        let mut read = vec![x];
        let mut change = |terms: &[usize], given: ValueId| {
            let formula = fusion.formula(terms, Some(given));
            let program = Program::new(&formula.terms, fusion.operands(&formula, fusion.graph.shape(given)));
            let first = read.len();
            read.extend(formula.operands);
            (!terms.is_empty()).then_some(Change { program, operands: first..read.len() })
        };
        let then = change(&group.terms, product.output);
        let mut inner = [None, None];
        for link in &group.before {
            inner[self.place(group, link)] = change(&link.terms, link.product.output);
        }
        let outputs = fusion.graph.shape(group.output).last().copied().unwrap_or(1);
        let shape = <[usize; 4]>::try_from(fusion.graph.shape(x)).unwrap_or_default();
        let weights = match &self.fusion.graph.nodes()[product.node].op {
            Op::Convolution(_) if !group.before.is_empty() => self.chain(group, product)?,
            Op::Convolution(_) => self.convolution(product)?,
            _ => self.product(product)?,
        };
        Ok((Sums { weights, shape, outputs, range: product.range, then, inner }, read))
    }

    /// Where a link is in its chain: the first convolution, or the filter.
    fn place(&self, group: &Group, link: &Link) -> usize {
        let is_last = group.before.last().is_some_and(|last| last.output == link.output);
        usize::from(is_last && self.fusion.filters(link.product.node))
    }

    #[inline(never)]
    fn chain(&mut self, group: &Group, product: &fuse::Product) -> Result<Packed> {
        let fusion = &self.fusion;
        let all: Vec<_> = group.before.iter().map(|link| &link.product).chain([product]).collect();
        let op = |product: &fuse::Product| match &fusion.graph.nodes()[product.node].op {
            Op::Convolution(op) => op.clone(),
            _ => unreachable!("a chain is one of convolutions"),
        };
        let part = |product: &&fuse::Product| {
            let bias = fusion.inputs(product.node).get(2).copied();
            self.part(
                product,
                Kind::Link(op(product), product.range.0.to_bits(), product.range.1.to_bits()),
                bias,
            )
        };
        let parts = all.iter().map(part).collect::<Result<_>>()?;
        let values = all.iter().map(|product| self.weight_size(product)).sum();
        let packed = self.weights.get(Recipe { parts }, values, || {
            let weights = all.iter().map(|product| fusion.weight(product)).collect::<Result<Vec<_>>>()?;
            let ops: Vec<_> = all.iter().map(|product| op(product)).collect();
            let layer = |at: usize| {
                let Weight { weight, bias } = &weights[at];
                let shape = fusion.graph.shape(fusion.inputs(all[at].node)[1]);
                let shape = <[usize; 4]>::try_from(shape).unwrap_or_default();
                Layer { op: &ops[at], weight, shape, bias: Some(bias), range: all[at].range }
            };
            let filter = usize::from(!fusion.filters(all[0].node));
            let first = (filter > 0).then(|| layer(0));
            let last = (filter + 1 < all.len()).then(|| layer(filter + 1));
            Ok(Chain::pack(first, layer(filter), last))
        })?;
        Ok(Packed::Chain(packed))
    }

    #[inline(never)]
    fn convolution(&mut self, product: &fuse::Product) -> Result<Packed> {
        let (graph, inputs) = (self.fusion.graph, self.fusion.inputs(product.node));
        let Op::Convolution(op) = &graph.nodes()[product.node].op else {
            unreachable!("it is a convolution")
        };
        let shape = <[usize; 4]>::try_from(graph.shape(inputs[1])).unwrap_or_default();
        let bias = inputs.get(2).copied();
        let values = shape.iter().product();
        let mut fewer_products = None;
        if let [_, down, across, _] = *graph.shape(product.output)
            && Winograd::suits(op, shape)
            && !self.rounds
            && Winograd::tiles([down, across]) >= LEAST_TILES
        {
            let recipe = Recipe { parts: vec![self.part(product, Kind::Winograd(op.clone()), bias)?] };
            let values = Winograd::weights(values);
            fewer_products = self.weights.affords(&recipe, values).then_some((recipe, values));
        }
        if let Some((recipe, values)) = fewer_products {
            let fusion = &self.fusion;
            let packed = self.weights.get(recipe, values, || {
                let Weight { weight, bias } = &fusion.weight(product)?;
                Ok(Convolution::pack_winograd(op, weight, shape, Some(bias)))
            })?;
            return Ok(Packed::Convolution(packed));
        }
        let sparse = self.expects_zeros(inputs[0]).is_some();
        let part = self.part(product, Kind::Convolution(op.clone(), sparse), bias)?;
        let fusion = &self.fusion;
        let packed = self.weights.get(Recipe { parts: vec![part] }, values, || {
            let Weight { weight, bias } = &fusion.weight(product)?;
            let packed = Convolution::pack(op, weight, shape, Some(bias));
            Ok(if sparse { packed.expecting_zeros() } else { packed })
        })?;
        Ok(Packed::Convolution(packed))
    }

    #[inline(never)]
    fn product(&mut self, product: &fuse::Product) -> Result<Packed> {
        let (graph, inputs) = (self.fusion.graph, self.fusion.inputs(product.node));
        let shape = graph.shape(inputs[1]);
        let transposed = matches!(graph.nodes()[product.node].op, Op::MatMul { transpose_b: false, .. });
        let (rows, columns) = (shape[shape.len() - 2], shape[shape.len() - 1]);
        let (outputs, covered) = if transposed { (columns, rows) } else { (rows, columns) };
        let part = self.part(product, Kind::Product { outputs, covered, transposed }, None)?;
        let input = graph.shape(inputs[0]);
        let count = input.iter().product::<usize>() / covered.max(1);
        // For a few rows it is reading the weights that takes the time, in either direction.
        let suffices = count <= FEW_ROWS || outputs * covered * size_of::<f32>() > ONE_DIRECTION;
        if part.folds.is_empty() && suffices {
            let other = Kind::Product { outputs: covered, covered: outputs, transposed: !transposed };
            let backward = |recipe: &Recipe| {
                let [known] = &recipe.parts[..] else { return false };
                known.kind == other && known.weight == part.weight && known.is_plain()
            };
            if let Some(packed) = self.weights.find(backward) {
                return Ok(Packed::Backward(packed));
            }
        }
        let (fusion, values) = (&self.fusion, outputs * covered);
        let weight = graph.constant(inputs[1]).ok_or_else(|| self.unsupported(product.node))?;
        let packed = self.weights.get(Recipe { parts: vec![part] }, values, || {
            let affine = fusion.affine(product)?;
            let scale = affine.scales().then_some(&affine.scale[..]);
            let mut packed = Product::read(weight, transposed, [outputs, covered], scale)?;
            packed.set_bias(&affine.bias());
            Ok(packed)
        })?;
        Ok(Packed::Product(packed, self.expects_zeros(inputs[0])))
    }

    /// How many values a product's weight has.
    fn weight_size(&self, product: &fuse::Product) -> usize {
        self.fusion.graph.shape(self.fusion.inputs(product.node)[1]).iter().product()
    }

    /// A product's part of a recipe.
    fn part(&self, product: &fuse::Product, kind: Kind, bias: Option<ValueId>) -> Result<Part> {
        let identity = |value: ValueId| {
            let constant = self.fusion.graph.constant(value);
            constant.map(Constant::identity).ok_or_else(|| self.unsupported(product.node))
        };
        let fold = |fold: &fuse::Fold| Ok((fold.binary, identity(fold.constant)?, fold.swapped));
        Ok(Part {
            kind,
            weight: identity(self.fusion.inputs(product.node)[1])?,
            bias: bias.map(identity).transpose()?,
            folds: product.folds.iter().map(fold).collect::<Result<_>>()?,
        })
    }

    /// Where many of a value's numbers are zeros by what makes them, a gradient behind a ReLU: in how many copies, one
    /// behind the other, the same ones are.
    fn expects_zeros(&self, value: ValueId) -> Sparse {
        let graph = self.fusion.graph;
        let mut node = graph.node(value)?;
        while matches!(node.op, Op::Reshape(_)) {
            node = graph.node(node.inputs[0])?;
        }
        let is_mask = |input: &&ValueId| {
            let made = graph.node(**input);
            made.is_some_and(|node| matches!(node.op, Op::Unary(Unary::Step | Unary::Within(..))))
        };
        let Op::Binary(Binary::Multiply) = node.op else { return None };
        let (mask, shape) = (graph.shape(*node.inputs.iter().find(is_mask)?), graph.shape(node.output));
        let leading = shape.len() - mask.len() + mask.iter().take_while(|&&extent| extent == 1).count();
        Some(shape[..leading].iter().product::<usize>().max(1))
    }
}
