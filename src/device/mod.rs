//! Backends: where the network runs, and what its driver has to say.

#[cfg(all(feature = "webgpu", target_family = "wasm"))]
mod constructors;
#[cfg(feature = "webgpu")]
mod webgpu;

use std::fmt;

use crate::cpu::Team;
use crate::{Error, Result};
#[cfg(feature = "webgpu")]
pub use webgpu::Client;

/// What the network runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The CPU, with SIMD.
    Cpu,
    /// The leading part of the network by kernels of our own, through wgpu: WebGPU in a browser, Vulkan or Metal
    /// natively. The rest on the CPU.
    WebGpu,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "cpu",
            Self::WebGpu => "webgpu",
        })
    }
}

/// What computes: the CPU, and perhaps a GPU beside it.
#[derive(Debug, Clone, Default)]
pub struct Device {
    team: Team,
    #[cfg(feature = "webgpu")]
    gpu: Option<webgpu::Gpu>,
}

impl Device {
    /// The CPU, always there.
    pub fn cpu() -> Self {
        Self::default()
    }

    /// The CPU, by the threads of a team.
    pub fn cpu_with(team: Team) -> Self {
        Self {
            team,
            #[cfg(feature = "webgpu")]
            gpu: None,
        }
    }

    /// The threads at the CPU's work.
    pub fn team(&self) -> &Team {
        &self.team
    }

    /// The GPU.
    ///
    /// # Errors
    /// [`Error::BackendUnavailable`] if there is no adapter, it gives no device, or this build
    /// holds the CPU backend alone.
    #[cfg(feature = "webgpu")]
    pub async fn webgpu() -> Result<Self> {
        Ok(Self { gpu: Some(webgpu::Gpu::init().await?), ..Self::default() })
    }

    /// As above, in a build without the feature `webgpu`.
    ///
    /// # Errors
    /// Always [`Error::BackendUnavailable`].
    #[cfg(not(feature = "webgpu"))]
    pub async fn webgpu() -> Result<Self> {
        Err(Error::BackendUnavailable("this build of gradlens holds the CPU backend alone".into()))
    }

    /// Which backend this is.
    pub fn backend(&self) -> Backend {
        #[cfg(feature = "webgpu")]
        if self.gpu.is_some() {
            return Backend::WebGpu;
        }
        Backend::Cpu
    }

    /// What launches kernels on the GPU, if there is one.
    #[cfg(feature = "webgpu")]
    pub fn client(&self) -> Option<&Client> {
        self.gpu.as_ref().map(webgpu::Gpu::client)
    }

    /// Whether a CPU plays the GPU, where invocations that wait for each other cost much.
    #[cfg(feature = "webgpu")]
    pub fn is_software(&self) -> bool {
        self.gpu.as_ref().is_some_and(webgpu::Gpu::is_software)
    }

    /// Whether the device reported a fault since it was made.
    ///
    /// Some faults, such as a shader that fails to compile, are only logged, and what is read then is what
    /// the buffer happened to hold: an answer counts only after this check.
    ///
    /// # Errors
    /// [`Error::Device`] with what was reported.
    pub fn check(&self) -> Result<()> {
        #[cfg(feature = "webgpu")]
        if let Some(reason) = self.gpu.as_ref().and_then(webgpu::Gpu::fault) {
            return Err(Error::Device { reason });
        }
        Ok(())
    }
}
