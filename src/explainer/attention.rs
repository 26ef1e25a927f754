//! Maps of the attention of a transformer's blocks.

use std::rc::Rc;

use super::Explainer;
use super::maps::{Manner, finished};
use super::pass::Pass;
use super::steps::Steps;
use super::target::Target;
use crate::cam::{Attention, Method, Sums};
use crate::classifier::Blocks;
use crate::saliency::SaliencyMap;
use crate::session::{GoOn, Session};
use crate::{Error, Result};

impl Explainer {
    /// The blocks of a network.
    ///
    /// # Errors
    /// [`Error::MethodUndefined`] if it is not made of blocks of global attention with a class token.
    pub(super) fn blocks<'s>(&self, method: Method, session: &'s Session) -> Result<&'s Blocks> {
        session.blocks().ok_or_else(|| Error::MethodUndefined {
            method: method.to_string(),
            reason: "for this network: it takes a transformer in which a class token and all positions look at each other in every block".into(),
        })
    }

    /// The map of each target: of the attention itself, which is the same for all, or of the gradients there.
    pub(super) async fn maps_of_attention(
        &self,
        pass: &Pass,
        (method, attention): (Method, &Attention),
        targets: &[Target],
        manner: Manner,
    ) -> Result<Vec<SaliencyMap>> {
        let session = &pass.session;
        let blocks = self.blocks(method, session)?;
        let grid = pass.grid(blocks.tokens[0]);
        let finish = |of: Vec<Rc<[f32]>>| {
            let of: Vec<_> = of.iter().map(|values| &**values).collect();
            let relevance = (attention.relevance)(&of, blocks.prefix + grid.0 * grid.1);
            finished(Sums::of(relevance[blocks.prefix..].to_vec()), grid, manner.signed)
        };
        if !attention.has_gradient {
            self.keep(pass, blocks.attention.clone()).await?;
            let values = blocks.attention.iter().map(|&value| pass.value(value));
            return Ok(vec![finish(values.collect::<Result<_>>()?)?; targets.len()]);
        }
        let steps = Steps::new(self, targets.len() * blocks.tokens.len());
        let mut maps = Vec::new();
        for target in targets {
            let mut gradients = Vec::new();
            for block in 0..blocks.tokens.len() {
                gradients.push(self.gradient_of_block(pass, blocks, block, target, steps.go_on()).await?);
                steps.next().await?;
            }
            maps.push(finish(gradients)?);
        }
        Ok(maps)
    }

    /// The gradient at a block's attention of the target as the head would see it in the tokens behind this block.
    async fn gradient_of_block(
        &self,
        pass: &Pass,
        blocks: &Blocks,
        block: usize,
        target: &Target,
        go_on: Option<&GoOn>,
    ) -> Result<Rc<[f32]>> {
        let session = &pass.session;
        let (attention, tokens) = (blocks.attention[block], session.value_of(blocks.tokens[block]));
        let output = self.output_of(target, session)?;
        let last = blocks.tokens[blocks.tokens.len() - 1];
        let end = session.value_of(last);
        let mut of_head = session.needs(end, output)?;
        of_head.retain(|&value| value != end);
        of_head.push(output);
        let head = session.tail(last, &of_head)?;
        let wanted = [head.needs(), session.needs(attention, tokens)?, vec![tokens]].concat();
        self.keep(pass, wanted).await?;
        let (values, seen) = (pass.values(), pass.value(tokens)?);
        let mut there = session.run_tail(&head, seen.to_vec(), &values, go_on).await?;
        there.insert(end, seen);
        let seeds = session.seeds(output, self.seed(target, session)?);
        let gradient = session.gradient(&there, end, output, seeds, go_on).await?;
        let seeds = session.seeds(tokens, gradient.to_vec());
        session.gradient(&values, attention, tokens, seeds, go_on).await
    }
}
