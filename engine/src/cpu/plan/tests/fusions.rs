//! What is computed together, and that it is right.

use super::support::{Case, Net, Random, convolution, window};
use crate::Result;
use crate::cpu::{Plan, Team, Weights};
use crate::graph::{Binary, Constant, Graph, Op, Reduction, Unary, ValueId};

#[test]
fn a_batch_norm_and_a_clamp_are_part_of_the_convolution() -> Result<()> {
    let mut net = Net::new(&[1, 6, 5, 7]);
    let sums = net.pointwise(net.x, 12)?;
    let scaled = net.with_constant(Binary::Multiply, sums, &[12])?;
    let centred = net.with_constant(Binary::Subtract, scaled, &[1, 1, 1, 12])?;
    let halved = net.with_constant(Binary::Divide, centred, &[])?;
    let shifted = net.with_constant(Binary::Add, halved, &[1, 12])?;
    let clamped = net.graph.unary(Unary::Clamp(0.0, 6.0), shifted)?;
    assert_eq!(net.steps(&[clamped])?, 1);
    // What is asked for is there, and the rest still one step.
    assert_eq!(net.steps(&[clamped, sums])?, 2);
    assert_eq!(net.steps(&[scaled, clamped])?, 2);
    assert_eq!(net.steps(&[shifted, clamped, shifted])?, 2);
    Ok(())
}

#[test]
fn a_constant_may_come_first_and_a_linear_layer_has_one_too() -> Result<()> {
    let mut net = Net::new(&[3, 7]);
    let weight = net.random.constant(&mut net.graph, &[1, 12, 7]);
    let sums = net.graph.add(Op::MatMul { transpose_a: false, transpose_b: true }, &[net.x, weight])?;
    let one = net.random.constant(&mut net.graph, &[12]);
    let turned = net.graph.binary(Binary::Subtract, one, sums)?;
    let positive = net.graph.unary(Unary::Relu, turned)?;
    assert_eq!(net.steps(&[positive])?, 1);
    Ok(())
}

#[test]
fn a_residual_and_an_activation_follow_in_the_cache() -> Result<()> {
    let mut net = Net::new(&[2, 6, 5, 8]);
    let sums = net.pointwise(net.x, 8)?;
    let sum = net.graph.binary(Binary::Add, net.x, sums)?;
    let active = net.silu(sum)?;
    assert_eq!(net.steps(&[active])?, 1);
    assert_eq!(net.steps(&[sum, active])?, 2);
    Ok(())
}

#[test]
fn of_two_products_that_are_added_one_takes_the_sum() -> Result<()> {
    let mut net = Net::new(&[1, 6, 5, 8]);
    let (a, b) = (net.pointwise(net.x, 16)?, net.pointwise(net.x, 16)?);
    let sum = net.graph.binary(Binary::Add, a, b)?;
    let positive = net.graph.unary(Unary::Relu, sum)?;
    assert_eq!(net.steps(&[positive])?, 2);
    Ok(())
}

#[test]
fn squeeze_and_excite_multiplies_where_the_product_is() -> Result<()> {
    let mut net = Net::new(&[2, 6, 5, 8]);
    let filtered = net.depthwise(net.x, 1)?;
    let active = net.silu(filtered)?;
    let mean = net.graph.add(Op::Reduce(Reduction::Mean, vec![1, 2]), &[active])?;
    let squeezed = net.pointwise(mean, 4)?;
    let squeezed = net.silu(squeezed)?;
    let excited = net.pointwise(squeezed, 8)?;
    let gate = net.graph.unary(Unary::Sigmoid, excited)?;
    let gated = net.graph.binary(Binary::Multiply, active, gate)?;
    let projected = net.pointwise(gated, 6)?;
    assert_eq!(net.steps(&[projected])?, 6);
    Ok(())
}

#[test]
fn gelu_of_a_linear_layer_is_one_step() -> Result<()> {
    let mut net = Net::new(&[2, 9, 8]);
    let weight = net.random.constant(&mut net.graph, &[8, 32]);
    let sums = net.graph.add(Op::MatMul { transpose_a: false, transpose_b: false }, &[net.x, weight])?;
    let biased = net.with_constant(Binary::Add, sums, &[32])?;
    let root = net.graph.add_scalar(std::f64::consts::FRAC_1_SQRT_2);
    let small = net.graph.binary(Binary::Multiply, biased, root)?;
    let erf = net.graph.unary(Unary::Erf, small)?;
    let one = net.graph.add_scalar(1.0);
    let both = net.graph.binary(Binary::Add, erf, one)?;
    let product = net.graph.binary(Binary::Multiply, biased, both)?;
    let half = net.graph.add_scalar(0.5);
    let gelu = net.graph.binary(Binary::Multiply, product, half)?;
    assert_eq!(net.steps(&[gelu])?, 1);
    assert_eq!(net.steps(&[gelu, erf])?, 3);
    Ok(())
}

#[test]
fn views_cost_no_step() -> Result<()> {
    let mut net = Net::new(&[1, 1, 1, 8]);
    let rows = net.graph.reshape(net.x, &[8])?;
    let turned = net.graph.permute(net.x, &[0, 3, 1, 2])?;
    let back = net.graph.reshape(turned, &[1, 1, 1, 8])?;
    let large = net.graph.add(Op::Broadcast(vec![3, 5, 4, 8]), &[back])?;
    let sum = net.graph.binary(Binary::Add, large, rows)?;
    assert_eq!(net.steps(&[sum, turned, net.x])?, 1);
    assert_eq!(net.steps(&[turned, large])?, 1);
    Ok(())
}

#[test]
fn a_large_weight_is_packed_once_for_both_directions() -> Result<()> {
    let (inputs, outputs) = (1500, 1501);
    let weight = Constant::new(vec![outputs, inputs], Random(3).numbers(&[outputs, inputs]));
    let product = |transpose_b: bool, extent: usize| -> Result<(Graph<f32>, ValueId)> {
        let mut graph = Graph::default();
        let (x, weight) = (graph.add_input(vec![2, extent]), graph.add_constant(weight.clone()));
        let y = graph.add(Op::MatMul { transpose_a: false, transpose_b }, &[x, weight])?;
        let positive = graph.unary(Unary::Relu, y)?;
        Ok((graph, positive))
    };
    let mut weights = Weights::default();
    let (graph, y) = product(true, inputs)?;
    Case { graph: &graph, outputs: &[y] }.check_with(1, &mut weights)?;
    let (graph, y) = product(false, outputs)?;
    Case { graph: &graph, outputs: &[y] }.check_with(2, &mut weights)?;
    Case { graph: &graph, outputs: &[y] }.check_with(3, &mut weights)?;
    assert_eq!(weights.len(), 1);
    Ok(())
}

#[test]
fn fewer_products_are_completed_as_all_are() -> Result<()> {
    let mut net = Net::new(&[2, 18, 15, 32]);
    let weight = net.random.constant(&mut net.graph, &[32, 32, 3, 3]);
    let y = net.graph.add(convolution(window(3, 1, 1), 1), &[net.x, weight])?;
    let scaled = net.with_constant(Binary::Multiply, y, &[32])?;
    let shifted = net.with_constant(Binary::Add, scaled, &[32])?;
    let active = net.graph.unary(Unary::Relu, shifted)?;
    let sum = net.graph.binary(Binary::Add, net.x, active)?;
    assert_eq!(net.steps(&[sum])?, 1);
    Ok(())
}

#[test]
fn what_is_not_given_is_an_error() -> Result<()> {
    let mut net = Net::new(&[1, 2, 2, 3]);
    let y = net.graph.unary(Unary::Exp, net.x)?;
    let plan = Plan::new(&net.graph, &[y], &mut Weights::default())?;
    assert!(plan.start(Vec::new(), &Team::ALONE).is_err());
    assert!(plan.start(vec![(net.x, vec![0.0; 11].into())], &Team::ALONE).is_err());
    Ok(())
}

#[test]
fn a_computed_weight_is_an_error() -> Result<()> {
    let mut net = Net::new(&[1, 2, 2, 3]);
    let weight = net.graph.add_input(vec![4, 3, 1, 1]);
    let y = net.graph.add(convolution(window(1, 1, 0), 1), &[net.x, weight])?;
    assert!(Plan::new(&net.graph, &[y], &mut Weights::default()).is_err());
    Ok(())
}
