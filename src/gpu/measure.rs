//! What a plan's launches take by the device's own clock, and what the device does at most.

use burn_cubecl::cubecl::bytes::Bytes;
use burn_cubecl::cubecl::client::Client;
use burn_cubecl::cubecl::server::Handle;

use super::kernel::Kernel;
use super::plan::{Plan, fault};
use crate::graph::ValueId;
use crate::{Error, Result};

/// How often a launch is timed, one behind the other in one submission: a clock's steps and what a submission costs are
/// longer than most launches.
const LAUNCHES: usize = 64;
/// How often that is repeated; the shortest counts, which nothing else held up.
const REPEATS: usize = 5;

/// What a launch does, and what it takes.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// The first of the operations that it computes.
    pub operation: &'static str,
    /// What it writes.
    pub output: ValueId,
    /// Multiply-adds of a product; 0 of anything else.
    pub multiply_adds: u64,
    /// What has to be read and written at least, each array once.
    pub bytes: u64,
    /// Its share of [`LAUNCHES`] launches.
    pub seconds: f64,
}

/// What a device does at most.
#[derive(Debug, Clone, Copy)]
pub struct Ceilings {
    /// Bytes a second of a copy, read and written.
    pub bytes: f64,
    /// Multiply-adds a second of 32-bit numbers in registers.
    pub multiply_adds: f64,
}

impl Plan {
    /// Times each launch of a run on this picture, `[height, width, channels]`, by itself.
    ///
    /// # Errors
    /// [`Error::Device`] if the device has no clock, or fails.
    pub async fn measure(&self, client: &Client, picture: &[f32]) -> Result<Vec<Measured>> {
        let mut arrays = self.arrays(client, picture)?;
        let mut measured = Vec::with_capacity(self.len());
        for (launch, description) in self.launches() {
            let (reads, written) = self.bind(client, launch, &mut arrays)?;
            let bytes = reads.iter().chain([&written]).map(Handle::size_in_used).sum();
            let seconds = shortest(client, || {
                launch.kernel.launch(client, launch.invocations, reads.clone(), &written, &launch.parameters);
            })
            .await?;
            let (operation, multiply_adds) = (description.operation, description.multiply_adds);
            measured.push(Measured { operation, output: description.output, multiply_adds, bytes, seconds });
        }
        Ok(measured)
    }
}

impl Ceilings {
    /// Measures them.
    ///
    /// # Errors
    /// [`Error::Device`] if the device has no clock, or fails.
    pub async fn measure(client: &Client) -> Result<Self> {
        /// Vectors that are copied, 128 MB: what any device lets a program see at once.
        const COPIED: usize = 8 << 20;
        /// Invocations that multiply, and how often each does so, as the program has it.
        const MULTIPLYING: usize = 1 << 18;
        const PRODUCTS: usize = 8 * 4 * 1024;
        let x = client.create(Bytes::from_elems(vec![1.0_f32; 4 * COPIED]));
        let y = client.empty(16 * COPIED);
        let program = |template| Kernel::new(template, &[("x", "vec4f")], "vec4f", &[]);
        let (copy, multiply) =
            (program(include_str!("measure/copy.wgsl")), program(include_str!("measure/multiply.wgsl")));
        let time = async |program: &Kernel, invocations: usize| {
            let parameters = [invocations as u32, 0];
            shortest(client, || program.launch(client, invocations, vec![x.clone()], &y, &parameters)).await
        };
        Ok(Self {
            bytes: (2 * 16 * COPIED) as f64 / time(&copy, COPIED).await?,
            multiply_adds: (MULTIPLYING * PRODUCTS) as f64 / time(&multiply, MULTIPLYING).await?,
        })
    }
}

/// The seconds that a launch takes.
async fn shortest(client: &Client, launch: impl Fn()) -> Result<f64> {
    // The first one compiles it.
    launch();
    let mut shortest = f64::INFINITY;
    for _ in 0..REPEATS {
        let window = client.profile_start().map_err(fault)?;
        (0..LAUNCHES).for_each(|_| launch());
        let time = client.profile_end(window).map_err(fault)?.resolve().await;
        let time = time.ok_or_else(|| Error::Device { reason: "it has no clock".into() })?;
        shortest = shortest.min(time.duration().as_secs_f64() / LAUNCHES as f64);
    }
    Ok(shortest)
}
