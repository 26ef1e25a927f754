//! BatchNormalization.

use super::{Call, Item, Lowering};
use crate::Result;
use crate::graph::{Binary, Constant, Number, Op};

/// BatchNormalization: γ (x - mean) / sqrt(variance + ε) + β for each channel, with the mean and the variance of the
/// training, as γ' x + β'.
pub fn batch_normalization<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    if x.order.len() < 2 {
        return Err(call.invalid("its input has no channels"));
    }
    let channels = x.shape(&lowering.graph)[1];
    let epsilon = call.float("epsilon", 1e-5);
    if trains(call) {
        return of_the_batch(lowering, call, epsilon);
    }
    let parameter = |at: usize| -> Result<Constant<T>> {
        let parameter =
            call.constant_of(at)?.ok_or_else(|| call.invalid(format!("its input {at} is missing")))?;
        match parameter.shape() {
            [extent] if *extent == channels => Ok(parameter),
            shape if call.int("spatial", 1) == 0 => Err(call
                .unsupported(format!("spatial is 0: its parameters of shape {shape:?} differ by position"))),
            shape => {
                Err(call.invalid(format!("parameters of shape {shape:?} do not fit {channels} channels")))
            }
        }
    };
    let (gamma, beta, mean, variance) = (parameter(1)?, parameter(2)?, parameter(3)?, parameter(4)?);
    let factors = move |gamma: &Constant<T>, variance: &Constant<T>| -> Result<Vec<T>> {
        let (gamma, variance) = (gamma.read()?, variance.read()?);
        let factor = |(&gamma, &variance): (&T, &T)| gamma / (variance + T::of(epsilon)).sqrt();
        Ok(gamma.iter().zip(variance.iter()).map(factor).collect())
    };
    let derived = |part: &str| format!("batch norm's {part}, epsilon {epsilon}");
    let from = [gamma.clone(), variance.clone()];
    let scale = Constant::derived(&derived("scale"), from, vec![channels], move |[gamma, variance]| {
        factors(gamma, variance)
    });
    let from = [gamma, variance, beta, mean];
    let shift =
        Constant::derived(&derived("shift"), from, vec![channels], move |[gamma, variance, beta, mean]| {
            let (beta, mean) = (beta.read()?, mean.read()?);
            let shift = |(f, (&b, &m)): (T, (&T, &T))| b - m * f;
            Ok(factors(gamma, variance)?.into_iter().zip(beta.iter().zip(mean.iter())).map(shift).collect())
        });
    let scale = lowering.along(call, &scale, 1, &x)?;
    let shift = lowering.along(call, &shift, 1, &x)?;
    let scaled = lowering.add(call, Op::Binary(Binary::Multiply), &[x.value, scale])?;
    let value = lowering.add(call, Op::Binary(Binary::Add), &[scaled, shift])?;
    Ok(lowering.output(value, x.order))
}

/// Whether the node is one that is still being trained. Before opset 14, its number of outputs tells.
fn trains<T: Number>(call: &Call<T>) -> bool {
    if call.opset >= 14 { call.int("training_mode", 0) != 0 } else { call.node.outputs.len() > 1 }
}

/// With the mean and the variance of the input itself. Some exporters write the standardisation of a weight like this;
/// on pictures it is a mistake.
fn of_the_batch<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>, epsilon: f64) -> Result<Vec<Item<T>>> {
    if let Some(Item::Live(_)) = call.input(0) {
        return Err(call.unsupported("it is in training mode; call model.eval() before the export"));
    }
    let x = lowering.located(call, 0)?;
    let axes = (0..x.order.len()).filter(|&axis| x.order[axis] != 1).collect();
    let mut value = lowering.add(call, Op::Normalise { axes, epsilon }, &[x.value])?;
    for (at, binary) in [(1, Binary::Multiply), (2, Binary::Add)] {
        let parameter = call.constant_of(at)?.ok_or_else(|| call.invalid("it lacks a parameter"))?;
        let parameter = lowering.along(call, &parameter, 1, &x)?;
        value = lowering.add(call, Op::Binary(binary), &[value, parameter])?;
    }
    Ok(lowering.output(value, x.order))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    fn parameters(values: [[f64; 2]; 4]) -> [Item<f64>; 4] {
        values.map(|values| Item::Floats(Constant::new(vec![2], values)))
    }

    #[test]
    fn channels_are_scaled_where_they_lie() -> Result<()> {
        let [gamma, beta, mean, variance] = parameters([[2.0, 3.0], [1.0, 1.0], [0.0, 2.0], [3.0, 8.0]]);
        for order in [[0, 1, 2, 3], [0, 2, 3, 1], [3, 1, 0, 2]] {
            let mut trial = Trial::new();
            let x = trial.live(&[1, 2, 1, 2], &order, None);
            let inputs = [x, gamma.clone(), beta.clone(), mean.clone(), variance.clone()];
            let y = trial.one(("BatchNormalization", 15), &[("epsilon", Attribute::Float(1.0))], &inputs)?;
            assert_eq!(
                (trial.permutations(), trial.values(&y)?.1),
                (0, vec![1.0, 2.0, 1.0, 2.0]),
                "{order:?}"
            );
        }
        Ok(())
    }

    #[test]
    fn only_what_is_known_may_be_in_training() -> Result<()> {
        let [gamma, beta, mean, variance] = parameters([[1.0, 2.0], [0.0, 5.0], [7.0, 7.0], [7.0, 7.0]]);
        let training = [("training_mode", Attribute::Int(1)), ("epsilon", Attribute::Float(0.0))];
        let mut trial = Trial::new();
        let x = trial.live(&[1, 2, 2], &[0, 1, 2], None);
        let inputs = [x, gamma.clone(), beta.clone(), mean.clone(), variance.clone()];
        let result = trial.one(("BatchNormalization", 15), &training, &inputs);
        assert!(matches!(result, Err(Error::Unsupported(_))));

        let x = Item::Floats(Constant::new(vec![1, 2, 2], [0.0, 1.0, 2.0, 4.0]));
        let y = trial.one(("BatchNormalization", 15), &training, &[x, gamma, beta, mean, variance])?;
        assert_eq!(trial.values(&y)?.1, [-1.0, 1.0, 3.0, 7.0]);
        Ok(())
    }
}
