//! Parts of what a head pools, each classified like a picture of its own.

use std::rc::Rc;

use super::{Session, planes_order};
use crate::classifier::Head;
use crate::cpu::Plan;
use crate::graph::{Binary, Graph, Op, SparseRows, ValueId};
use crate::{Error, Result};

/// The scores of all windows of one size, made ready.
pub(super) struct Windows {
    /// Columns and rows of a window.
    size: (usize, usize),
    /// What is pooled.
    pooled: ValueId,
    /// `[windows, classes]`
    scores: ValueId,
    plan: Plan,
}

impl Session {
    /// The scores of each window of what a head pools, `[windows, classes]`: windows of so many columns and rows, one
    /// cell apart, row by row. `pooled` is stored as the head's layer is.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], and those of reading the weights.
    pub fn window_scores(
        &self,
        head: &Head<f32>,
        pooled: Rc<[f32]>,
        size: (usize, usize),
    ) -> Result<Rc<[f32]>> {
        let windows =
            self.windows.find_or_add(|windows| windows.size == size, || self.windows(head, size))?;
        let mut run = windows.plan.start(vec![(windows.pooled, pooled)], self.device.team())?;
        while run.advance()? {}
        let found = run.finish().into_iter().find(|(value, _)| *value == windows.scores);
        found.map(|(_, scores)| scores).ok_or_else(|| Error::Device { reason: "there are no scores".into() })
    }

    fn windows(&self, head: &Head<f32>, size: (usize, usize)) -> Result<Windows> {
        let layer = &self.layers[head.layer];
        let mut graph = Graph::default();
        let pooled = graph.add_input(self.network.graph.shape(layer.located.value).to_vec());
        // Channels innermost: sums run over them side by side.
        let mut order = planes_order(layer);
        let channels = order.remove(order.len() - 1 - layer.positions.axes().len());
        order.push(channels);
        let cells = graph.permute(pooled, &order)?;
        let cells = graph.reshape(cells, &[layer.height, layer.width, layer.channels])?;
        let down = graph.add(Op::Linear { axis: 0, rows: means(layer.height, size.1).into() }, &[cells])?;
        let means = graph.add(Op::Linear { axis: 1, rows: means(layer.width, size.0).into() }, &[down])?;
        let windows = graph.shape(means)[..2].iter().product();
        let mut scores = graph.reshape(means, &[windows, layer.channels])?;
        if let Some(weight) = &head.weight {
            let weight = graph.add_constant(weight.clone());
            scores = graph.add(Op::MatMul { transpose_a: false, transpose_b: true }, &[scores, weight])?;
        }
        if let Some(bias) = &head.bias {
            let bias = graph.add_constant(bias.clone());
            scores = graph.binary(Binary::Add, scores, bias)?;
        }
        let plan = Plan::new(&graph, &[scores], &mut self.weights.borrow_mut())?;
        Ok(Windows { size, pooled, scores, plan })
    }
}

/// The means of `side` neighbours among `extent`.
fn means(extent: usize, side: usize) -> SparseRows<f32> {
    let share = 1.0 / side as f32;
    (0..=extent - side).map(|first| (first..first + side).map(|at| (at, share)).collect()).collect()
}
