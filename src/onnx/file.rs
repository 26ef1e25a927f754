//! A model file, read through a small window, and the memory that it may ask for.

use std::cell::{Cell, RefCell};
use std::mem;
use std::rc::Rc;

use super::source::Source;
use super::wire::damaged;
use crate::{Error, Result};

/// How many bytes are fetched at a time.
const WINDOW: u64 = 1 << 14;
/// How many bytes of memory the structure of a model may take, about. Weights are not counted: they stay in the file.
const BUDGET: u64 = 1 << 29;
/// What a text takes in memory beside its bytes, about.
const TEXT: u64 = 24;

/// A file of messages.
pub(super) struct File {
    source: Rc<dyn Source>,
    window: RefCell<Window>,
    spent: Cell<u64>,
}

/// The part of the file that is in memory.
#[derive(Default)]
struct Window {
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    fn byte(&self, at: u64) -> Option<u8> {
        let index = usize::try_from(at.checked_sub(self.start)?).ok()?;
        self.bytes.get(index).copied()
    }
}

impl File {
    pub(super) fn new(source: Rc<dyn Source>) -> Self {
        Self { source, window: RefCell::default(), spent: Cell::new(0) }
    }

    /// Where it comes from.
    pub(super) fn source(&self) -> &Rc<dyn Source> {
        &self.source
    }

    /// Counts memory that is about to be taken.
    pub(super) fn spend(&self, bytes: u64) -> Result<()> {
        let spent = self.spent.get().saturating_add(bytes);
        self.spent.set(spent);
        if spent <= BUDGET {
            return Ok(());
        }
        Err(Error::Unsupported(format!(
            "the model has too many parts: they take more than {} MB even without its weights",
            BUDGET >> 20
        )))
    }

    /// Counts a text that is about to be made.
    pub(super) fn spend_text(&self, bytes: u64) -> Result<()> {
        self.spend(bytes.saturating_add(TEXT))
    }

    /// The byte there.
    pub(super) fn byte(&self, at: u64) -> Result<u8> {
        if let Some(byte) = self.window.borrow().byte(at) {
            return Ok(byte);
        }
        let mut window = self.window.borrow_mut();
        // Left empty if reading fails.
        let mut bytes = mem::take(&mut window.bytes);
        let length = self.source.len().saturating_sub(at).min(WINDOW);
        bytes.resize(usize::try_from(length).unwrap_or_default(), 0);
        self.source.read(at, &mut bytes)?;
        *window = Window { start: at, bytes };
        window.byte(at).ok_or_else(|| damaged(at, "the file ends here"))
    }
}
