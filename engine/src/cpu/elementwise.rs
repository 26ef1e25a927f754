//! Functions of single values, many of them in one pass: a small program that runs over blocks of values which stay in
//! the innermost cache.

mod functions;
mod operand;

pub use functions::all_finite;
pub(super) use functions::{binary, exp};
pub(super) use operand::Operand;

use super::run::Kernel;
use super::team::Team;
use crate::graph::{Binary, Unary};

/// How many values go through all instructions at once: a few registers of them fit the innermost cache.
const BLOCK: usize = 256;

/// One function in a formula.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) function: Function,
    /// What it is applied to, in the order of the core operator's inputs.
    pub(super) of: Vec<Source>,
}

/// What a term computes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Function {
    Unary(Unary<f32>),
    Binary(Binary),
    Select,
}

/// Where a term's argument comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// What lies in the output's place before.
    Given,
    /// The term of this index, before the one that asks for it.
    Term(usize),
    /// The tensor of this index.
    Operand(usize),
}

/// A formula made ready: each instruction changes one register, and the first register is the output's place.
#[derive(Debug)]
pub(super) struct Program {
    instructions: Vec<Instruction>,
    operands: Vec<Operand>,
    /// Registers that hold the results of terms; one for each operand lies behind them.
    registers: usize,
}

#[derive(Debug, PartialEq)]
struct Instruction {
    /// The register that is changed.
    on: usize,
    change: Change,
}

#[derive(Debug, PartialEq)]
enum Change {
    /// Becomes these values.
    Copy(Place),
    /// Becomes f of itself.
    Unary(Unary<f32>),
    /// Becomes f of itself and these values.
    Binary(Binary, Place),
    /// Where the first are 0 it becomes the second.
    Select(Place, Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Register(usize),
    Operand(usize),
}

impl Program {
    /// The last term's values, for the output's shape that the operands were made for.
    pub(super) fn new(terms: &[Term], operands: Vec<Operand>) -> Self {
        let mut compiler = Compiler { places: Vec::new(), busy: Vec::new(), instructions: Vec::new() };
        // Nothing else may lie where the given values are.
        compiler.busy.push(uses(terms, Source::Given) > 0);
        for (index, term) in terms.iter().enumerate() {
            compiler.add(term, |source| uses(&terms[index + 1..], source) == 0);
        }
        if let Some(&last) = compiler.places.last().filter(|last| **last != 0) {
            compiler.instructions.push(Instruction { on: 0, change: Change::Copy(Place::Register(last)) });
        }
        Self { instructions: compiler.instructions, operands, registers: compiler.busy.len() }
    }

    /// The values of the output's places from `at` on.
    pub(super) fn run(&self, at: usize, operands: &[&[f32]], values: &mut [f32]) {
        let mut scratch = vec![0.0; (self.registers - 1 + self.operands.len()) * BLOCK];
        let mut registers: Vec<&mut [f32]> = Vec::with_capacity(self.registers + self.operands.len());
        registers.push(&mut []);
        registers.extend(scratch.chunks_exact_mut(BLOCK));
        let gathered = |operand: &Operand| matches!(operand, Operand::Strided(_));
        let single = |operand: &Operand| *operand == Operand::Single;
        self.gather(single, 0, operands, &mut registers, BLOCK);
        for (block, values) in values.chunks_mut(BLOCK).enumerate() {
            let (at, length) = (at + block * BLOCK, values.len());
            registers[0] = values;
            self.gather(gathered, at, operands, &mut registers, length);
            for Instruction { on, change } in &self.instructions {
                let on_values = std::mem::take(&mut registers[*on]);
                let changed = &mut on_values[..length];
                let read = |place: &Place| match *place {
                    Place::Register(register) => &registers[register][..length],
                    Place::Operand(operand) if self.operands[operand] == Operand::Same => {
                        &operands[operand][at..][..length]
                    }
                    Place::Operand(operand) => &registers[self.registers + operand][..length],
                };
                match change {
                    Change::Copy(from) => changed.copy_from_slice(read(from)),
                    Change::Unary(function) => functions::unary(*function, changed),
                    Change::Binary(function, with) => functions::binary(*function, changed, read(with)),
                    Change::Select(condition, other) => {
                        functions::select(read(condition), changed, read(other));
                    }
                }
                registers[*on] = on_values;
            }
        }
    }

    /// Fills the registers of some operands.
    fn gather(
        &self,
        which: impl Fn(&Operand) -> bool,
        at: usize,
        operands: &[&[f32]],
        registers: &mut [&mut [f32]],
        length: usize,
    ) {
        let registers = registers[self.registers..].iter_mut();
        for ((operand, values), register) in self.operands.iter().zip(operands).zip(registers) {
            if which(operand) {
                operand.gather(values, at, &mut register[..length]);
            }
        }
    }
}

impl Kernel for Program {
    fn run(&self, inputs: &[&[f32]], output: &mut [f32], team: &Team) {
        let piece = team.piece(output.len(), BLOCK);
        team.share(output.chunks_mut(piece).enumerate(), |(at, output)| {
            self.run(at * piece, inputs, output);
        });
    }
}

/// How often terms ask for a source.
fn uses(terms: &[Term], source: Source) -> usize {
    terms.iter().flat_map(|term| &term.of).filter(|of| **of == source).count()
}

/// Gives terms their registers.
struct Compiler {
    /// Where each term's result is.
    places: Vec<usize>,
    /// Whether a register holds what is still needed.
    busy: Vec<bool>,
    instructions: Vec<Instruction>,
}

impl Compiler {
    /// Adds a term; `done` says of a source that no later term asks for it.
    fn add(&mut self, term: &Term, done: impl Fn(Source) -> bool) {
        let (first, others) = self.arguments(term, &done);
        let others: Vec<_> = others.into_iter().map(|source| (source, self.place(source))).collect();
        let from = self.place(first);
        let on = match from {
            Place::Register(register) if done(first) && others.iter().all(|(_, place)| *place != from) => {
                register
            }
            _ => {
                let on = self.free_register();
                self.instructions.push(Instruction { on, change: Change::Copy(from) });
                on
            }
        };
        let change = match (term.function, &others[..]) {
            (Function::Unary(unary), _) => Change::Unary(unary),
            (Function::Binary(binary), [(_, with)]) => Change::Binary(binary, *with),
            (_, [(_, condition), (_, other), ..]) => Change::Select(*condition, *other),
            _ => unreachable!("the graph has as many inputs as its operators take"),
        };
        self.instructions.push(Instruction { on, change });
        for (source, place) in others.into_iter().chain([(first, from)]) {
            if let Place::Register(register) = place
                && done(source)
            {
                self.busy[register] = false;
            }
        }
        self.busy[on] = true;
        self.places.push(on);
    }

    /// The argument that is changed, and those that it is changed with.
    fn arguments(&self, term: &Term, done: &impl Fn(Source) -> bool) -> (Source, Vec<Source>) {
        let dies = |source| matches!(self.place(source), Place::Register(_)) && done(source);
        let swaps = |binary| matches!(binary, Binary::Add | Binary::Multiply | Binary::Equal);
        match (term.function, &term.of[..]) {
            (Function::Select, &[condition, a, b]) => (a, vec![condition, b]),
            (Function::Binary(binary), &[a, b]) if swaps(binary) && !dies(a) && dies(b) => (b, vec![a]),
            (_, of) => (of[0], of[1..].to_vec()),
        }
    }

    fn place(&self, source: Source) -> Place {
        match source {
            Source::Given => Place::Register(0),
            Source::Term(term) => Place::Register(self.places[term]),
            Source::Operand(operand) => Place::Operand(operand),
        }
    }

    fn free_register(&mut self) -> usize {
        self.busy.iter().position(|busy| !busy).unwrap_or_else(|| {
            self.busy.push(false);
            self.busy.len() - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(function: Function, of: &[Source]) -> Term {
        Term { function, of: of.to_vec() }
    }

    #[test]
    fn x_sigmoid_x_needs_one_register_beside_the_output() {
        let terms = [
            term(Function::Unary(Unary::Sigmoid), &[Source::Given]),
            term(Function::Binary(Binary::Multiply), &[Source::Given, Source::Term(0)]),
        ];
        let program = Program::new(&terms, Vec::new());
        assert_eq!((program.registers, program.instructions.len()), (2, 3));
        let mut values: Vec<_> = (0..1001).map(|at| at as f32 * 0.01 - 5.0).collect();
        let expected: Vec<_> = values.iter().map(|x| x / (1.0 + (-x).exp())).collect();
        program.run(0, &[], &mut values);
        assert!(values.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn a_square_of_what_dies_does_not_eat_itself() {
        let terms = [
            term(Function::Unary(Unary::Negate), &[Source::Operand(0)]),
            term(Function::Binary(Binary::Multiply), &[Source::Term(0), Source::Term(0)]),
            term(Function::Binary(Binary::Subtract), &[Source::Operand(1), Source::Term(1)]),
        ];
        let program = Program::new(&terms, vec![Operand::Same, Operand::new(&[2], &[3, 2])]);
        let mut values = [0.0; 6];
        program.run(0, &[&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[10.0, 20.0]], &mut values);
        assert_eq!(values, [9.0, 16.0, 1.0, 4.0, -15.0, -16.0]);
    }

    #[test]
    fn what_is_chosen_lies_where_the_condition_is_not_0() {
        let of = [Source::Operand(0), Source::Operand(1), Source::Given];
        let program = Program::new(&[term(Function::Select, &of)], vec![Operand::Same, Operand::Single]);
        let mut values = [1.0, 2.0, 3.0];
        program.run(0, &[&[0.0, -2.0, 0.5], &[7.0]], &mut values);
        assert_eq!(values, [1.0, 7.0, 7.0]);
    }
}
