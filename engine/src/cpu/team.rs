//! Threads that share memory and do one step at a time together: each takes the next piece of it until none is left.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often a thread looks for what it waits for before it sleeps: waking up takes longer than most waits.
const LOOKS: usize = 10_000;
/// How many pieces of a step there are for each thread: one that comes late leaves some to the others.
const PIECES: usize = 2;
/// Of fewer positions for each thread, each had better compute some of the outputs of all: it reads fewer weights.
const FEW_POSITIONS: usize = 32;
/// How long a thread waits for others that help before it takes them for lost, which natively they cannot be.
const PATIENCE: Duration = Duration::from_secs(20);

/// What all threads of a team do at once.
type Work<'a> = &'a (dyn Fn() + Sync);

/// The threads at one network. Clones are the same team.
///
/// One thread runs the network, and does all of it if nobody comes; the others [`help`](Self::help). What is computed is
/// the same whoever does it, bit for bit: a sum is never divided among threads.
#[derive(Clone, Default)]
pub struct Team {
    /// Nothing of a thread alone.
    shared: Option<Arc<Shared>>,
}

#[derive(Default)]
struct Shared {
    threads: usize,
    open: Mutex<Open>,
    /// Counts what was opened, so that who looks for work need not lock.
    opened: AtomicU32,
    comes: Condvar,
    /// How many have come to help so far.
    come: AtomicUsize,
    /// How many help with what is, or was, open.
    helping: AtomicUsize,
    leaves: Condvar,
    /// Whether one of those failed.
    lost: AtomicBool,
}

#[derive(Default)]
struct Open {
    work: Option<Work<'static>>,
    over: bool,
}

impl Team {
    /// A thread alone.
    pub const ALONE: Self = Self { shared: None };

    /// Of so many threads, with the one that runs the network. The others have to come by themselves.
    pub fn of(threads: usize) -> Self {
        Self { shared: (threads > 1).then(|| Arc::new(Shared { threads, ..Shared::default() })) }
    }

    /// How many threads there are, or may be once all have come.
    pub fn threads(&self) -> usize {
        self.shared.as_ref().map_or(1, |shared| shared.threads)
    }

    /// How many threads there are so far.
    pub fn present(&self) -> usize {
        1 + self.shared.as_ref().map_or(0, |shared| shared.come.load(Ordering::Acquire))
    }

    /// Whether there is one thread alone.
    pub fn is_alone(&self) -> bool {
        self.shared.is_none()
    }

    /// Whether there are so few positions that their outputs had better be divided among the threads.
    pub(super) fn is_large_for(&self, positions: usize) -> bool {
        !self.is_alone() && positions < FEW_POSITIONS * self.threads()
    }

    /// How many of `total` are a piece: all for a thread alone, else a multiple of `unit`.
    pub(super) fn piece(&self, total: usize, unit: usize) -> usize {
        let pieces = if self.is_alone() { 1 } else { PIECES * self.threads() };
        total.div_ceil(pieces).next_multiple_of(unit).max(1)
    }

    /// Does `work` with each of the items, in any order, by all threads.
    pub(super) fn share<I>(&self, items: I, work: impl Fn(I::Item) + Sync)
    where
        I: Iterator<Item: Send> + Send,
    {
        if self.is_alone() {
            return items.for_each(work);
        }
        let items = Mutex::new(items);
        let next = || lock(&items).next();
        self.all(&|| {
            while let Some(item) = next() {
                work(item);
            }
        });
    }

    /// Takes part in what the team does, until it is [dismissed](Self::dismiss).
    pub fn help(&self) {
        let Some(shared) = &self.shared else { return };
        shared.come.fetch_add(1, Ordering::AcqRel);
        let mut seen = 0;
        loop {
            look_for(|| shared.opened.load(Ordering::Acquire) != seen);
            let mut open = lock(&shared.open);
            while shared.opened.load(Ordering::Acquire) == seen && !open.over {
                open = shared.comes.wait(open).unwrap_or_else(PoisonError::into_inner);
            }
            if open.over {
                return;
            }
            seen = shared.opened.load(Ordering::Acquire);
            // It may be over already.
            let Some(work) = open.work else { continue };
            shared.helping.fetch_add(1, Ordering::AcqRel);
            drop(open);
            let leave = Leave(shared);
            work();
            drop(leave);
        }
    }

    /// Says that a thread which helped has failed, where that does not unwind: the others would wait for it.
    pub fn abandon(&self) {
        if let Some(shared) = &self.shared {
            shared.lost.store(true, Ordering::Release);
            shared.leave();
        }
    }

    /// Has all threads that help return.
    pub fn dismiss(&self) {
        if let Some(shared) = &self.shared {
            lock(&shared.open).over = true;
            shared.comes.notify_all();
        }
    }

    /// Has every thread do `work`, this one at any rate. Ends once none does it any more.
    fn all(&self, work: Work) {
        let Some(shared) = &self.shared else { return work() };
        {
            let mut open = lock(&shared.open);
            open.work = Some(forever(work));
            shared.opened.fetch_add(1, Ordering::AcqRel);
        }
        shared.comes.notify_all();
        let close = Close(shared);
        work();
        drop(close);
        assert!(!shared.lost.load(Ordering::Acquire), "a thread of the team is lost");
    }
}

/// Forgets how long `work` lasts.
#[expect(unsafe_code, reason = "no safe code lends what is on the stack to a thread that stays")]
fn forever(work: Work) -> Work<'static> {
    // SAFETY: `all` takes it back before it ends, also by a panic: `Close` leaves nobody who has it or may still get it.
    unsafe { std::mem::transmute(work) }
}

impl Shared {
    fn leave(&self) {
        if self.helping.fetch_sub(1, Ordering::AcqRel) == 1 {
            // Who waits has looked before it sleeps, holding the lock.
            drop(lock(&self.open));
            self.leaves.notify_all();
        }
    }
}

/// Leaves the work when it is dropped.
struct Leave<'a>(&'a Shared);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lost.store(true, Ordering::Release);
        }
        self.0.leave();
    }
}

/// Takes the work back when it is dropped, and waits until all have left.
struct Close<'a>(&'a Shared);

impl Drop for Close<'_> {
    fn drop(&mut self) {
        let Self(shared) = self;
        lock(&shared.open).work = None;
        let is_left = || shared.helping.load(Ordering::Acquire) == 0;
        look_for(is_left);
        let mut open = lock(&shared.open);
        while !is_left() {
            let (waited, time) =
                shared.leaves.wait_timeout(open, PATIENCE).unwrap_or_else(PoisonError::into_inner);
            assert!(!(cfg!(target_family = "wasm") && time.timed_out()), "a thread of the team is gone");
            open = waited;
        }
    }
}

/// What is locked here stays whole whatever panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks for something to become true, for a while.
fn look_for(is_there: impl Fn() -> bool) {
    (0..LOOKS).take_while(|_| !is_there()).for_each(|_| std::hint::spin_loop());
}

impl fmt::Debug for Team {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Team of {}", self.threads())
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    use super::*;

    /// Has `act` work with a team whose other threads help.
    fn with_team(threads: usize, act: impl FnOnce(&Team)) {
        let team = Team::of(threads);
        thread::scope(|scope| {
            let help = || catch_unwind(AssertUnwindSafe(|| team.help())).ok();
            let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(help)).collect();
            let done = catch_unwind(AssertUnwindSafe(|| act(&team)));
            team.dismiss();
            helpers.into_iter().for_each(|helper| drop(helper.join()));
            if let Err(panic) = done {
                std::panic::resume_unwind(panic);
            }
        });
    }

    #[test]
    fn every_piece_is_done_once() {
        for threads in [1, 2, 3, 8] {
            with_team(threads, |team| {
                for count in [0, 1, 7, 1000] {
                    let mut values = vec![0; count];
                    let piece = team.piece(count, 4);
                    team.share(values.chunks_mut(piece).enumerate(), |(at, values)| {
                        values.iter_mut().zip(at * piece..).for_each(|(value, at)| *value += at + 1);
                    });
                    assert!(values.iter().zip(1..).all(|(value, expected)| *value == expected));
                }
            });
        }
    }

    #[test]
    fn work_is_done_without_those_who_do_not_come() {
        let team = Team::of(4);
        let mut values = [0; 9];
        team.share(values.iter_mut(), |value| *value += 1);
        assert_eq!((values, team.present()), ([1; 9], 1));
    }

    #[test]
    fn threads_that_slept_come_again() {
        with_team(2, |team| {
            for _ in 0..3 {
                let waits = AtomicBool::new(true);
                // Neither item ends before another thread has taken one.
                let taken = AtomicUsize::new(0);
                team.share(0..2, |_| {
                    taken.fetch_add(1, Ordering::AcqRel);
                    while taken.load(Ordering::Acquire) < 2 {
                        thread::yield_now();
                    }
                    waits.store(false, Ordering::Release);
                });
                assert!(!waits.into_inner());
                thread::sleep(Duration::from_millis(50));
            }
        });
    }

    #[test]
    fn a_thread_that_fails_is_no_silent_loss() {
        let main = thread::current().id();
        let failed = catch_unwind(|| {
            with_team(2, |team| {
                let taken = AtomicUsize::new(0);
                team.share(0..2, |_| {
                    taken.fetch_add(1, Ordering::AcqRel);
                    while taken.load(Ordering::Acquire) < 2 {
                        thread::yield_now();
                    }
                    assert_eq!(thread::current().id(), main, "of the other thread");
                });
            });
        });
        assert!(failed.is_err());
    }
}
