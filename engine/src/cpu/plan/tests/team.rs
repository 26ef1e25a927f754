//! Several threads at one graph.

use std::thread;

use super::support::{Net, convolution, window};
use crate::Result;
use crate::cpu::{Plan, Team, Weights};
use crate::graph::{Binary, Op, Reduction, Unary, ValueId};

/// A network with a chain, convolutions and a linear layer, all of them large enough to be shared.
fn network() -> Result<(Net, ValueId)> {
    let mut net = Net::new(&[1, 32, 32, 24]);
    let expanded = net.pointwise(net.x, 144)?;
    let active = net.silu(expanded)?;
    let filtered = net.depthwise(active, 1)?;
    let projected = net.pointwise(filtered, 24)?;
    let sum = net.graph.binary(Binary::Add, net.x, projected)?;
    let clamped = net.graph.unary(Unary::Clamp(-2.0, 2.0), sum)?;
    let weight = net.random.constant(&mut net.graph, &[32, 24, 3, 3]);
    let dense = net.graph.add(convolution(window(3, 1, 1), 1), &[clamped, weight])?;
    let head = net.pointwise(dense, 176)?;
    let head = net.graph.unary(Unary::Relu, head)?;
    let head = net.silu(head)?;
    let pooled = net.graph.add(Op::Reduce(Reduction::Mean, vec![1, 2]), &[head])?;
    Ok((net, pooled))
}

#[test]
fn any_number_of_threads_gives_the_same_bits() -> Result<()> {
    let (mut net, output) = network()?;
    let values = net.random.numbers(&[1, 32, 32, 24]);
    let plan = Plan::new(&net.graph, &[output], &mut Weights::default())?;
    let run = |team: &Team| -> Result<Vec<f32>> {
        let mut run = plan.start(vec![(net.x, values.clone().into())], team)?;
        while run.advance()? {}
        Ok(run.finish()[0].1.to_vec())
    };
    let expected = run(&Team::ALONE)?;
    for threads in [2, 3, 8] {
        let team = Team::of(threads);
        let found = thread::scope(|scope| {
            (1..threads).for_each(|_| drop(scope.spawn(|| team.help())));
            let found = run(&team);
            team.dismiss();
            found
        });
        assert_eq!(found?, expected, "{threads} threads");
    }
    Ok(())
}
