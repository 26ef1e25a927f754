/** Numbers that change hands at once: few enough for a core's cache. */
const PIECE = 1 << 15;
/** Milliseconds after which the other thread counts as lost. */
const PATIENCE = 10_000;

/** Each side's count of the pieces that it has handed over. */
const COUNTS = 2 * Int32Array.BYTES_PER_ELEMENT;
/** In place of a count: this side has given up. */
const GONE = -(2 ** 31);
/** Each side has two places, in turn: one may be read while the other is written. */
const PLACES = 2 * 2;

/** How often a thread looks for the other's sums before it sleeps: waking up takes longer than most waits. */
const LOOKS = 10_000;

type Side = 0 | 1;

/** What a thread can do about the one that assists it. */
export interface Control {
  /** Has it run its half of the network, towards the values wanted. */
  start(input: Float32Array, shape: Uint32Array, wanted: Uint32Array): void;
  end(): void;
}

/** Memory through which two threads hand each other sums. */
export function sharedMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(COUNTS + PLACES * PIECE * Float32Array.BYTES_PER_ELEMENT);
}

/** The other one of two threads at one network, as the core sees it. May be used where a thread may wait. */
export class Partner {
  readonly #memory: SharedArrayBuffer;
  readonly #counts: Int32Array;
  readonly #own: Side;
  readonly #other: Side;
  readonly #control: Control | undefined;
  #count = 0;

  constructor(memory: SharedArrayBuffer, side: Side, control?: Control) {
    this.#memory = memory;
    this.#counts = new Int32Array(memory, 0, 2);
    this.#own = side;
    this.#other = side === 0 ? 1 : 0;
    this.#control = control;
  }

  /** Has the other thread run its half of the network on an input, towards the values wanted. */
  start(input: Float32Array, shape: Uint32Array, wanted: Uint32Array): void {
    // It lies in memory that the core uses again.
    this.#control?.start(input.slice(), shape, wanted);
  }

  /** Hands over sums, and takes the other thread's. */
  swap(own: Float32Array, others: Float32Array): void {
    for (let at = 0; at < own.length; at += PIECE) {
      const piece = own.subarray(at, at + PIECE);
      const theirs = this.#place(this.#other).subarray(0, piece.length);
      this.#place(this.#own).set(piece);
      const former = this.#count;
      this.#count = (former + 1) | 0;
      this.#tell(this.#count);
      this.#await(former);
      others.set(theirs, at);
    }
  }

  /** Lets the other thread go on alone. */
  leave(): void {
    this.#tell(GONE);
    this.#control?.end();
  }

  #place(side: Side): Float32Array {
    const place = 2 * side + (this.#count & 1);
    return new Float32Array(this.#memory, COUNTS + place * PIECE * Float32Array.BYTES_PER_ELEMENT, PIECE);
  }

  #tell(count: number): void {
    Atomics.store(this.#counts, this.#own, count);
    Atomics.notify(this.#counts, this.#own);
  }

  /** Waits while the other thread's count is the former one: it is never more than a piece behind or ahead. */
  #await(former: number): void {
    for (let look = 0; look < LOOKS && Atomics.load(this.#counts, this.#other) === former; look++);
    let isLost = false;
    while (!isLost && Atomics.load(this.#counts, this.#other) === former) {
      isLost = Atomics.wait(this.#counts, this.#other, former, PATIENCE) === 'timed-out';
    }
    if (!isLost && Atomics.load(this.#counts, this.#other) !== GONE) return;
    this.leave();
    throw new Error('the other thread is lost');
  }
}
