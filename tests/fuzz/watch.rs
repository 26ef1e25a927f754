//! What every case is held to: an end within ten seconds, within a gigabyte, without a panic.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// The longest that a case may take.
const LONGEST: Duration = Duration::from_secs(10);
/// The most bytes that a case may hold.
const MOST: u64 = 1 << 30;

/// The cases of one thread, one after the other.
pub struct Watch {
    /// Milliseconds from `since` to the present case's begin, plus one; 0 if there is none.
    began: Arc<AtomicU64>,
    since: Instant,
    /// Where the present case's number is written, so that it is known even if the process ends.
    notes: File,
}

/// What a case took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    pub time: Duration,
    pub bytes: u64,
}

impl Watch {
    /// Watches a thread, which notes its cases in this file.
    pub fn new(notes: &Path) -> Self {
        let (began, since) = (Arc::new(AtomicU64::new(0)), Instant::now());
        let (watched, path) = (Arc::downgrade(&began), notes.display().to_string());
        thread::spawn(move || guard(&watched, since, &path));
        Self { began, since, notes: File::create(notes).expect("a folder that can be written to") }
    }

    /// Runs a case.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn run<T>(&self, case: u64, run: impl FnOnce() -> T) -> Result<(T, Cost), String> {
        self.notes.write_at(format!("{case:20}\n").as_bytes(), 0).expect("a note");
        let began = Instant::now();
        self.began.store((began - self.since).as_millis() as u64 + 1, Ordering::Relaxed);
        let mut result = None;
        let memory = allocation_counter::measure(|| result = Some(catch_unwind(AssertUnwindSafe(run))));
        self.began.store(0, Ordering::Relaxed);
        let cost = Cost { time: began.elapsed(), bytes: memory.bytes_max };
        match result.expect("it ran") {
            Err(panic) => Err(format!("it panics: {}", message(&*panic))),
            Ok(_) if cost.bytes > MOST => Err(format!("it holds {} MB", cost.bytes >> 20)),
            Ok(_) if cost.time > LONGEST => Err(format!("it takes {:?}", cost.time)),
            Ok(result) => Ok((result, cost)),
        }
    }
}

/// Ends the process if a case does not end.
fn guard(began: &Weak<AtomicU64>, since: Instant, notes: &str) {
    while let Some(began) = began.upgrade() {
        let at = began.load(Ordering::Relaxed);
        if at > 0 && since.elapsed() > Duration::from_millis(at) + 2 * LONGEST {
            eprintln!("a case hangs; its number is in {notes}");
            std::process::abort();
        }
        drop(began);
        thread::sleep(Duration::from_secs(1));
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
