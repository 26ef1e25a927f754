//! The wgpu device and the three ways in which it reports faults: the log, the uncaptured-error
//! callback, and errors of single reads.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use burn_cubecl::CubeDevice;
pub use burn_cubecl::cubecl::client::Client;
use burn_cubecl::cubecl::wgpu::wgpu::DeviceType;
use burn_wgpu::graphics::AutoGraphicsApi;
use burn_wgpu::{MemoryConfiguration, RuntimeOptions, WgpuDevice, try_init_setup_async};
use log::{LevelFilter, Log, Metadata, Record};

use crate::{Error, Result};

/// How many dispatches go into one submission: more than one picture's in a small network.
const TASKS_MAX: usize = 128;

/// A client of the GPU, and its first fault, which is shared with the callback that reports it.
#[derive(Clone)]
pub(super) struct Gpu {
    client: Client,
    is_software: bool,
    reported: Arc<OnceLock<String>>,
}

impl fmt::Debug for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Gpu").field("reported", &self.reported).finish_non_exhaustive()
    }
}

impl Gpu {
    pub(super) async fn init() -> Result<Self> {
        #[cfg(target_family = "wasm")]
        super::constructors::run();
        // An application that has a logger of its own keeps it; the callback below still stands.
        if log::set_logger(&LOGGED).is_ok() {
            log::set_max_level(LevelFilter::Error);
        }
        // What was logged of a device before is not this one's fault.
        LOGGED.set(None);
        let unavailable = |error| Error::BackendUnavailable(format!("WebGPU is not available here: {error}"));
        let device = WgpuDevice::default();
        // A kernel may not read and write one buffer, so that activations cannot share any.
        let memory_config = MemoryConfiguration::ExclusivePages;
        let options = RuntimeOptions { tasks_max: TASKS_MAX, memory_config };
        let setup = try_init_setup_async::<AutoGraphicsApi>(&device, options).await.map_err(unavailable)?;
        let is_software = setup.adapter.get_info().device_type == DeviceType::Cpu;
        let reported = Arc::new(OnceLock::new());
        let reporter = reported.clone();
        // In place of the runtime's own handler, which panics. Only the first fault counts: later ones
        // follow from it.
        setup.device.on_uncaptured_error(Arc::new(move |error| {
            let _ = reporter.set(error.to_string());
        }));
        Ok(Self { client: CubeDevice::Wgpu(device).client(), is_software, reported })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Whether a CPU plays the GPU.
    pub(super) fn is_software(&self) -> bool {
        self.is_software
    }

    pub(super) fn fault(&self) -> Option<String> {
        self.reported.get().cloned().or_else(|| LOGGED.get())
    }
}

/// Takes errors that burn's runtime and wgpu only log.
struct FaultLog(Mutex<Option<String>>);

static LOGGED: FaultLog = FaultLog(Mutex::new(None));

impl FaultLog {
    fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, fault: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

impl Log for FaultLog {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.level() == log::Level::Error
    }

    fn log(&self, record: &Record) {
        if self.enabled(record.metadata()) && self.get().is_none() {
            self.set(Some(record.args().to_string()));
        }
    }

    fn flush(&self) {}
}
