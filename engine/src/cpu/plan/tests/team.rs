//! Two threads at one graph.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::support::{Net, convolution, run, window};
use crate::cpu::{Half, Partner, PartnerLost, Plan, Weights};
use crate::graph::{Binary, Op, Reduction, Unary, ValueId};
use crate::{Error, Result};

/// The other end of two channels.
#[derive(Debug)]
struct Other {
    to: Sender<Vec<f32>>,
    from: Mutex<Receiver<Vec<f32>>>,
}

impl Partner for Other {
    fn start(&self, _: &[f32], _: &[usize], _: &[usize]) -> std::result::Result<(), PartnerLost> {
        Ok(())
    }

    fn swap(&self, own: &[f32], others: &mut [f32]) -> std::result::Result<(), PartnerLost> {
        self.to.send(own.to_vec()).map_err(|_| PartnerLost)?;
        let from = self.from.lock().map_err(|_| PartnerLost)?;
        let received = from.recv().map_err(|_| PartnerLost)?;
        assert_eq!(received.len(), others.len());
        others.copy_from_slice(&received);
        Ok(())
    }
}

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

fn half(half: Half, other: &Other, values: Vec<f32>) -> Result<Vec<f32>> {
    let (net, output) = network()?;
    let plan = Plan::new(&net.graph, &[output], &mut Weights::default(), Some(half))?;
    let mut run = plan.start(vec![(net.x, values.into())], Some(other))?;
    while run.advance()? {}
    Ok(run.finish()[0].1.to_vec())
}

#[test]
fn halves_give_what_one_thread_gives() -> Result<()> {
    let (mut net, output) = network()?;
    let values = net.random.numbers(&[1, 32, 32, 24]);
    let plan = Plan::new(&net.graph, &[output], &mut Weights::default(), None)?;
    let expected = run(&plan, vec![(net.x, values.clone())])?;
    let ((to_second, from_first), (to_first, from_second)) = (channel(), channel());
    let first = Other { to: to_second, from: Mutex::new(from_second) };
    let second = Other { to: to_first, from: Mutex::new(from_first) };
    let found = thread::scope(|scope| {
        let second = scope.spawn(|| half(Half::Second, &second, values.clone()));
        [Ok(half(Half::First, &first, values.clone())), second.join()]
    });
    for found in found {
        let Ok(Ok(found)) = found else { panic!("{found:?}") };
        let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-5 * b.abs().max(1.0);
        assert!(found.iter().zip(&*expected[0].1).all(near));
    }
    Ok(())
}

#[test]
fn a_half_alone_has_lost_its_partner() -> Result<()> {
    let (net, output) = network()?;
    let plan = Plan::new(&net.graph, &[output], &mut Weights::default(), Some(Half::First))?;
    let mut alone = plan.start(vec![(net.x, vec![0.0; 32 * 32 * 24].into())], None)?;
    assert_eq!(alone.advance(), Err(Error::PartnerLost));
    let (to, _) = channel();
    let (_, from) = channel();
    let gone = Other { to, from: Mutex::new(from) };
    let mut left = plan.start(vec![(net.x, vec![0.0; 32 * 32 * 24].into())], Some(&gone))?;
    assert_eq!(left.advance(), Err(Error::PartnerLost));
    Ok(())
}
