//! Convolutions that go through the cache a few rows at a time: expand, filter each channel, project.

use super::{Fusion, Group, Product};
use crate::cpu::chain::Chain;
use crate::cpu::elementwise::Operand;
use crate::graph::{Convolution, Op, ValueId};

/// A product of a chain, but for the last one.
#[derive(Debug)]
pub(in crate::cpu) struct Link {
    pub(in crate::cpu) product: Product,
    /// Functions of single values behind it.
    pub(in crate::cpu) terms: Vec<usize>,
    /// Their result, which the next product reads.
    pub(in crate::cpu) output: ValueId,
}

/// A dense convolution is faster by itself, but for one of a picture's few channels.
const FEW_CHANNELS: usize = 4;

impl Fusion<'_> {
    /// Joins groups that can be chains.
    pub(super) fn chained(&self, mut groups: Vec<Option<Group>>) -> Vec<Group> {
        let mut makers = vec![None; self.readers.len()];
        for (at, group) in groups.iter().enumerate() {
            if let Some(group) = group {
                makers[group.output.index()] = Some(at);
            }
        }
        for at in (0..groups.len()).rev() {
            let Some(mut group) = groups[at].take() else { continue };
            if let Some(product) = &group.product {
                let mut head = product.node;
                let mut join = |head: &mut usize, fits: &dyn Fn(usize) -> bool| {
                    let maker = makers[self.inputs(*head)[0].index()];
                    let link = maker.and_then(|maker| self.link(&mut groups[maker], fits));
                    if let Some(link) = link {
                        *head = link.product.node;
                        group.before.insert(0, link);
                    }
                };
                if self.projects(head) {
                    join(&mut head, &|node| self.filters(node));
                }
                if self.filters(head) {
                    join(&mut head, &|node| self.expands(node));
                }
            }
            groups[at] = Some(group);
        }
        groups.into_iter().flatten().collect()
    }

    /// Takes a group whose result goes nowhere but into the next product, if its own one fits.
    fn link(&self, group: &mut Option<Group>, fits: &dyn Fn(usize) -> bool) -> Option<Link> {
        let joins = |group: &mut Group| {
            let product = group.product.as_ref().filter(|product| fits(product.node));
            let inner = product.is_some_and(|product| self.changes_each(&group.terms, product.output));
            inner && group.before.is_empty() && self.reader(group.output).is_some()
        };
        let Group { product, terms, output, .. } = group.take_if(joins)?;
        Some(Link { product: product?, terms, output })
    }

    /// Whether terms change each value by itself, wherever it is.
    fn changes_each(&self, terms: &[usize], given: ValueId) -> bool {
        let formula = self.formula(terms, Some(given));
        self.operands(&formula, self.graph.shape(given)).iter().all(|operand| *operand == Operand::Single)
    }

    /// A convolution and its weight's extents.
    fn convolution(&self, node: usize) -> Option<(&Convolution, [usize; 4])> {
        let Op::Convolution(op) = &self.graph.nodes()[node].op else { return None };
        <[usize; 4]>::try_from(self.graph.shape(self.inputs(node)[1])).ok().map(|shape| (op, shape))
    }

    fn expands(&self, node: usize) -> bool {
        self.convolution(node).is_some_and(|(op, [_, channels, ..])| {
            Chain::expands(op) && (Chain::projects(op) || channels <= FEW_CHANNELS)
        })
    }

    /// Whether a node filters each channel by itself.
    pub(in crate::cpu) fn filters(&self, node: usize) -> bool {
        // That of a single channel is a product as well as a filter: it is the former here.
        self.convolution(node).is_some_and(|(op, shape)| Chain::filters(op, shape) && op.groups > 1)
    }

    fn projects(&self, node: usize) -> bool {
        self.convolution(node).is_some_and(|(op, _)| Chain::projects(op))
    }
}
