//! Backends: where the network runs, and what its driver has to say.

use std::fmt;

use burn::tensor::Device as BurnDevice;

use crate::{Error, Result};

/// What the network runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// burn's `flex`: the CPU, with SIMD.
    Cpu,
    /// burn's `wgpu`: WebGPU in a browser, Vulkan or Metal natively.
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

/// A device that tensors live on, and the faults it reported outside the calls that caused them.
#[derive(Debug, Clone)]
pub struct Device {
    backend: Backend,
    burn: BurnDevice,
    #[cfg(feature = "webgpu")]
    faults: webgpu::Faults,
}

impl Device {
    /// The CPU, always there.
    pub fn cpu() -> Self {
        Self {
            backend: Backend::Cpu,
            burn: BurnDevice::flex(),
            #[cfg(feature = "webgpu")]
            faults: webgpu::Faults::default(),
        }
    }

    /// The GPU.
    ///
    /// # Errors
    /// [`Error::BackendUnavailable`] if there is no adapter, it gives no device, or this build
    /// holds the CPU backend alone.
    #[cfg(feature = "webgpu")]
    pub async fn webgpu() -> Result<Self> {
        let (burn, faults) = webgpu::init().await?;
        Ok(Self { backend: Backend::WebGpu, burn, faults })
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
        self.backend
    }

    /// burn's name for it.
    pub fn burn(&self) -> &BurnDevice {
        &self.burn
    }

    /// Whether the device reported a fault since it was made.
    ///
    /// burn only logs some faults, such as a shader that fails to compile, and goes on to read what
    /// the buffer happened to hold: an answer counts only after this check.
    ///
    /// # Errors
    /// [`Error::Device`] with what was reported.
    pub fn check(&self) -> Result<()> {
        #[cfg(feature = "webgpu")]
        if let (Backend::WebGpu, Some(reason)) = (self.backend, self.faults.first()) {
            return Err(Error::Device { reason });
        }
        Ok(())
    }
}

#[cfg(feature = "webgpu")]
mod webgpu {
    //! The wgpu device and the three ways in which it reports faults: the log, the uncaptured-error
    //! callback, and errors of single reads.

    use std::sync::{Arc, OnceLock};

    use burn::tensor::Device as BurnDevice;
    use log::{LevelFilter, Log, Metadata, Record};

    use crate::{Error, Result};

    /// The first fault of a device, shared with the callbacks that report it.
    #[derive(Debug, Clone, Default)]
    pub(super) struct Faults(Arc<OnceLock<String>>);

    impl Faults {
        pub(super) fn first(&self) -> Option<String> {
            self.0.get().or_else(|| LOGGED.0.get()).cloned()
        }

        fn report(&self, fault: String) {
            // Only the first one counts: later ones follow from it.
            let _ = self.0.set(fault);
        }
    }

    /// Takes errors that burn and wgpu only log.
    struct FaultLog(OnceLock<String>);

    static LOGGED: FaultLog = FaultLog(OnceLock::new());

    impl Log for FaultLog {
        fn enabled(&self, metadata: &Metadata) -> bool {
            metadata.level() == log::Level::Error
        }

        fn log(&self, record: &Record) {
            if self.enabled(record.metadata()) {
                let _ = self.0.set(record.args().to_string());
            }
        }

        fn flush(&self) {}
    }

    pub(super) async fn init() -> Result<(BurnDevice, Faults)> {
        // An application that has a logger of its own keeps it; the callback below still stands.
        if log::set_logger(&LOGGED).is_ok() {
            log::set_max_level(LevelFilter::Error);
        }
        let (burn, setup) = BurnDevice::wgpu_options()
            .init_with_setup_async()
            .await
            .map_err(|error| Error::BackendUnavailable(format!("WebGPU is not available here: {error}")))?;
        let faults = Faults::default();
        let reporter = faults.clone();
        // In place of the runtime's own handler, which panics.
        setup.device.on_uncaptured_error(Arc::new(move |error| reporter.report(error.to_string())));
        Ok((burn, faults))
    }
}
