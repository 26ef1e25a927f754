//! Convolutions that go through the cache together.

use super::support::{Net, convolution, window};
use crate::Result;
use crate::graph::{Binary, Unary, ValueId};

/// An activation, of which the second kind is no range.
fn activation(net: &mut Net, kind: usize, x: ValueId) -> Result<ValueId> {
    match kind {
        0 => net.graph.unary(Unary::Clamp(0.0, 6.0), x),
        // Its value at 0 is not 0: the padding must not see it.
        1 => net.graph.unary(Unary::Sigmoid, x),
        _ => net.silu(x),
    }
}

#[test]
fn expand_filter_and_project_are_one_step() -> Result<()> {
    for (kind, stride, channels) in [(0, 1, 24), (1, 1, 24), (2, 2, 9), (0, 2, 3), (2, 1, 7)] {
        let mut net = Net::new(&[2, 9, 7, 6]);
        let expanded = net.pointwise(net.x, channels)?;
        let active = activation(&mut net, kind, expanded)?;
        let filtered = net.depthwise(active, stride)?;
        let scaled = net.with_constant(Binary::Multiply, filtered, &[channels])?;
        let scaled = activation(&mut net, kind, scaled)?;
        let projected = net.pointwise(scaled, 6)?;
        let sum = if stride == 1 { net.graph.binary(Binary::Add, projected, net.x)? } else { projected };
        assert_eq!(net.steps(&[sum])?, 1);
        assert_eq!(net.steps(&[sum, active])?, 2);
        assert_eq!(net.steps(&[sum, scaled])?, 2);
        assert_eq!(net.steps(&[sum, expanded, filtered])?, 5);
        assert!(net.steps(&[sum, projected])? <= 2);
    }
    Ok(())
}

#[test]
fn a_chain_may_begin_with_a_stem_or_lack_an_end() -> Result<()> {
    let mut net = Net::new(&[1, 17, 15, 3]);
    let weight = net.random.constant(&mut net.graph, &[16, 3, 3, 3]);
    let stem = net.graph.add(convolution(window(3, 2, 1), 1), &[net.x, weight])?;
    let active = net.graph.unary(Unary::Relu, stem)?;
    let filtered = net.depthwise(active, 1)?;
    let filtered = net.silu(filtered)?;
    assert_eq!(net.steps(&[filtered])?, 1);
    let projected = net.pointwise(filtered, 10)?;
    assert_eq!(net.steps(&[projected])?, 1);
    assert_eq!(net.steps(&[projected, filtered])?, 2);
    // The stem is not part of it where a second one reads it.
    let other = net.pointwise(active, 10)?;
    assert_eq!(net.steps(&[projected, other])?, 3);
    Ok(())
}

#[test]
fn chains_follow_each_other() -> Result<()> {
    let mut net = Net::new(&[1, 12, 12, 3]);
    let weight = net.random.constant(&mut net.graph, &[8, 3, 3, 3]);
    let mut x = net.graph.add(convolution(window(3, 2, 1), 1), &[net.x, weight])?;
    for _ in 0..3 {
        x = net.graph.unary(Unary::Relu, x)?;
        x = net.depthwise(x, 1)?;
        x = net.graph.unary(Unary::Relu, x)?;
        x = net.pointwise(x, 12)?;
    }
    assert!(net.steps(&[x])? <= 4);
    Ok(())
}
