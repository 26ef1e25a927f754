// How a page learns that its worker is no more: no event tells it. The worker holds a lock as long as
// it lives, and the page waits for the same lock.

/** Takes the lock of this name and keeps it until this thread ends; `false` where there are no locks. */
export function holdLifeline(name: string): Promise<boolean> {
  const locks = globalThis.navigator?.locks;
  // Insecure contexts have none: there a worker that dies is not noticed.
  if (!locks) return Promise.resolve(false);
  return new Promise((held) => {
    const forever = () => {
      held(true);
      return new Promise<never>(() => undefined);
    };
    // A browser that lets the page store nothing refuses locks, too.
    locks.request(name, forever).catch(() => held(false));
  });
}

/** Calls back once nobody holds the lock. */
export function watchLifeline(name: string, onEnd: () => void): void {
  navigator.locks.request(name, onEnd).catch(() => undefined);
}
