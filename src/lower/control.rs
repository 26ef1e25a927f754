//! If and Loop, whose course the input's shape settles: the branch that is taken, the body as often as it runs.

use super::driver::Driver;
use super::{Call, Item};
use crate::Result;
use crate::graph::Number;
use crate::onnx::Graph;

/// How often a loop may run.
const MOST_ROUNDS: i64 = 100_000;

impl<'m, T: Number> Driver<'m, T> {
    /// The outputs of the branch that is taken.
    #[inline(never)]
    pub(super) fn branch(&mut self, call: &Call<'m, T>) -> Result<Vec<Item<T>>> {
        let taken = truth(call, call.required(0)?)?;
        let name = if taken { "then_branch" } else { "else_branch" };
        let graph = call.node.graph(name).ok_or_else(|| call.invalid(format!("it has no {name}")))?;
        self.subgraph(graph, Vec::new())
    }

    /// The outputs of a loop: the values that it carries, then the lists of what each round gave.
    #[inline(never)]
    pub(super) fn rounds(&mut self, call: &Call<'m, T>) -> Result<Vec<Item<T>>> {
        let body = call.node.graph("body").ok_or_else(|| call.invalid("it has no body"))?;
        let limit = match call.list_of(0)?.as_deref() {
            None => i64::MAX,
            Some(&[limit]) => limit,
            Some(_) => return Err(call.invalid("its count of rounds is no single number")),
        };
        let mut going = call.input(1).map_or(Ok(true), |item| truth(call, item))?;
        let mut carried: Vec<Item<T>> =
            (2..call.inputs.len()).map(|at| call.required(at).cloned()).collect::<Result<_>>()?;
        let scans = body.outputs.len().saturating_sub(1 + carried.len());
        let mut lists = vec![Vec::new(); scans];
        let mut round = 0;
        while going && round < limit {
            if round == MOST_ROUNDS {
                return Err(call.unsupported(format!("it runs more than {MOST_ROUNDS} times")));
            }
            let mut inputs = vec![Item::number(round), Item::truth(true)];
            inputs.append(&mut carried);
            let mut outputs = self.subgraph(body, inputs)?.into_iter();
            let condition = outputs.next().ok_or_else(|| call.invalid("its body gives no condition"))?;
            going = truth(call, &condition)?;
            let results: Vec<_> = outputs.collect();
            let count = results.len().saturating_sub(scans);
            let (kept, scanned) = results.split_at(count);
            carried = kept.to_vec();
            lists.iter_mut().zip(scanned).for_each(|(list, item)| list.push(item.clone()));
            round += 1;
        }
        for list in lists {
            carried.push(self.stacked(call, &list)?);
        }
        Ok(carried)
    }

    /// Runs a graph inside the present one, whose names it may use.
    fn subgraph(&mut self, graph: &'m Graph, inputs: Vec<Item<T>>) -> Result<Vec<Item<T>>> {
        self.enter(graph.inputs.iter().map(|input| input.name.clone()).zip(inputs))?;
        let outputs = self.run(graph).and_then(|()| {
            graph.outputs.iter().map(|output| self.find(&output.name)).collect::<Result<Vec<_>>>()
        });
        self.leave();
        outputs
    }
}

/// Whether a known value is true.
fn truth<T: Number>(call: &Call<T>, item: &Item<T>) -> Result<bool> {
    match item {
        Item::Ints(ints) => match *ints.read()? {
            [value] => Ok(value != 0),
            _ => Err(call.invalid("its condition is no single truth value")),
        },
        Item::Live(_) => Err(call.unsupported("its course depends on the picture")),
        Item::Failed(error) => Err(error.clone()),
        _ => Err(call.invalid("its condition is no truth value")),
    }
}
