//! The GPU that tests of it use, where there is one.

use std::sync::LazyLock;

use gradlens::device::Device;

/// There is one of a process.
pub static GPU: LazyLock<Option<Device>> = LazyLock::new(|| match pollster::block_on(Device::webgpu()) {
    Ok(gpu) => Some(gpu),
    Err(reason) => {
        println!("webgpu is left out: {reason}");
        None
    }
});
