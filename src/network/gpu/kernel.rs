//! Kernels in WGSL, as cubecl takes them: text that its compilers leave as it is.

use std::sync::Arc;

use cubecl::client::Client;
use cubecl::ir::metadata::Info;
use cubecl::ir::{ElemType, UIntKind};
use cubecl::prelude::{
    AddressType, BufferIOAttr, CubeCount, CubeKernel, ExecutionMode, KernelDefinition, KernelId,
    KernelMetadata, KernelSettings, Scope,
};
use cubecl::server::{Handle, KernelArguments, MetadataBindingInfo};
use cubecl::{CubeDim, PrecompiledSource};

/// Invocations of a workgroup, in every kernel.
const WORKGROUP: usize = 64;

/// A WGSL program with an entry point `main`. It binds the buffers that it reads, the one that it writes,
/// and its parameters if it has any, in this order. Kernels of one text share a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Kernel(Arc<str>);

impl Kernel {
    pub(super) fn new(source: impl Into<Arc<str>>) -> Self {
        Self(source.into())
    }

    /// Puts a launch of at least so many invocations in the queue.
    pub(super) fn launch(
        &self,
        client: &Client,
        invocations: usize,
        reads: &[&Handle],
        written: &Handle,
        parameters: &[usize],
    ) {
        let reads = reads.iter().map(|&buffer| (buffer, BufferIOAttr::ReadOnly));
        let arguments = reads
            .chain([(written, BufferIOAttr::ReadWrite)])
            .fold(KernelArguments::new(), |arguments, (buffer, io)| {
                arguments.with_buffer_io(buffer.clone().binding(), io)
            })
            .with_info(MetadataBindingInfo::custom(words(parameters)));
        let workgroups = invocations.div_ceil(WORKGROUP) as u32;
        client.launch(Box::new(self.clone()), CubeCount::Static(workgroups, 1, 1), arguments);
    }
}

/// Parameters as they lie in memory, each a u32.
fn words(parameters: &[usize]) -> Vec<u64> {
    let word = |pair: &[usize]| pair.iter().rev().fold(0, |word, &parameter| word << 32 | parameter as u64);
    parameters.chunks(2).map(word).collect()
}

impl KernelMetadata for Kernel {
    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info(self.clone())
    }

    fn address_type(&self) -> ElemType {
        UIntKind::U32.into()
    }
}

impl CubeKernel for Kernel {
    /// Nothing: there is no code to compile but the text.
    fn define(&self) -> KernelDefinition {
        let settings = KernelSettings::new(CubeDim::new_single().0, ExecutionMode::Checked, AddressType::U32);
        KernelDefinition { body: Scope::root(settings.clone()), settings, info: Info::default() }
    }

    fn source(&self) -> Option<PrecompiledSource> {
        let source = self.0.to_string();
        Some(PrecompiledSource { source, entrypoint_name: "main".into(), lang: "wgsl" })
    }
}
