//! Programs in WGSL and their launches, by burn's kernels of source text.

use std::sync::Arc;

use burn_cubecl::cubecl::CubeCount;
use burn_cubecl::cubecl::client::Client;
use burn_cubecl::cubecl::prelude::{BufferIOAttr, KernelId};
use burn_cubecl::cubecl::server::{Handle, KernelArguments, MetadataBindingInfo};
use burn_wgpu::{CubeDim, KernelSource, SourceKernel, SourceTemplate};

/// Invocations of a workgroup, in every program.
const WORKGROUP: usize = 64;
/// The most workgroups along an axis of a launch that WebGPU promises. What is more goes into the next row of them.
const ROW: usize = 65_535;

/// A WGSL program with an entry point `main`. Programs of one text share a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Kernel(Arc<str>);

impl Kernel {
    /// Completes a template. `reads` are names and types of the arrays that it reads, `writes` is the type of `y`, the one
    /// that it writes; its parameters are `shape`. `parts` replace `{{name}}` by text.
    pub(super) fn new(template: &str, reads: &[(&str, &str)], writes: &str, parts: &[(&str, &str)]) -> Self {
        let arrays = reads.iter().enumerate().map(|(binding, (name, of))| {
            format!("@group(0) @binding({binding}) var<storage, read> {name}: array<{of}>;\n")
        });
        let count = reads.len();
        let bindings = arrays.collect::<String>()
            + &format!("@group(0) @binding({count}) var<storage, read_write> y: array<{writes}>;\n")
            + &format!("@group(0) @binding({}) var<storage, read> shape: Shape;\n", count + 1);
        let invocation = format!(
            "// Invocations are numbered along rows of workgroups.\n\
             fn invocation(id: vec3u) -> u32 {{ return id.y * {}u + id.x; }}\n",
            ROW * WORKGROUP
        );
        let source = SourceTemplate::new(template).register("bindings", bindings + &invocation);
        let source = parts.iter().fold(source, |source, (name, part)| source.register(*name, *part));
        Self(source.complete().into())
    }

    /// Puts a launch of at least so many invocations in the queue.
    pub(super) fn launch(
        &self,
        client: &Client,
        invocations: usize,
        reads: Vec<Handle>,
        written: &Handle,
        parameters: &[u32],
    ) {
        let arguments = reads
            .into_iter()
            .map(|buffer| (buffer, BufferIOAttr::ReadOnly))
            .chain([(written.clone(), BufferIOAttr::ReadWrite)])
            .fold(KernelArguments::new(), |arguments, (buffer, io)| {
                arguments.with_buffer_io(buffer.binding(), io)
            })
            .with_info(MetadataBindingInfo::custom(words(parameters)));
        let workgroups = invocations.div_ceil(WORKGROUP);
        let rows = workgroups.div_ceil(ROW);
        let count = CubeCount::Static(workgroups.min(ROW) as u32, rows as u32, 1);
        client.launch(
            Box::new(SourceKernel::new(self.clone(), CubeDim::new_1d(WORKGROUP as u32))),
            count,
            arguments,
        );
    }
}

/// Parameters as they lie in memory.
fn words(parameters: &[u32]) -> Vec<u64> {
    let word = |pair: &[u32]| pair.iter().rev().fold(0, |word, &parameter| word << 32 | u64::from(parameter));
    parameters.chunks(2).map(word).collect()
}

impl KernelSource for Kernel {
    fn source(&self) -> SourceTemplate {
        SourceTemplate::new(&*self.0)
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info(self.clone())
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}
