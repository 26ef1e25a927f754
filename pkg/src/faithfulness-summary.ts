import { GradlensError } from './errors.js';
import { keepSelf, self } from './self.js';
import type { Layer, Method } from './types.js';

/**
 * How faithful the maps of one class of one picture are: what of the class's score is left where
 * only the places that a map points at stay visible (Chattopadhay et al., section 4.1).
 */
export interface Faithfulness {
  /** Index of the class. */
  readonly classIdx: number;
  /** Its label. */
  readonly label: string;
  /** Y: probability of the class on the whole picture. */
  readonly confidence: number;
  /** One entry a method, in the order asked. */
  readonly methods: readonly MethodFaithfulness[];
  /** The method with the smallest drop; null where the smallest is shared. */
  readonly winner: Method | null;
}

/** How faithful one map is. */
export interface MethodFaithfulness {
  /** How the map was made. */
  readonly method: Method;
  /** Where in the network it was taken. */
  readonly layer: Layer;
  /** Y: probability of the class on the whole picture. */
  readonly confidence: number;
  /** O: the same where the picture is multiplied by the map, so that what has no evidence is black. */
  readonly maskedConfidence: number;
  /** max(0, Y − O) / Y: the share of the score that is lost. */
  readonly drop: number;
  /** O > Y: the class is surer without the rest of the picture. */
  readonly increased: boolean;
  /** Whether the map is zero everywhere, so that nothing stays visible. */
  readonly isEmpty: boolean;
  /** The score while the most important pixels are taken away; null without `curveSteps`. */
  readonly deletion: Curve | null;
  /** The score while the most important pixels are put into a black picture; null without `curveSteps`. */
  readonly insertion: Curve | null;
  /** Null without `truth`. */
  readonly localisation: Localisation | null;
}

/**
 * A score over the share of pixels that were taken away or put in, in equal steps from 0 to 1. Pixels of one
 * value, such as the many where a map is zero, go in a random order that is always the same.
 */
export interface Curve {
  /** Probabilities in [0, 1], one more than there are steps. */
  readonly scores: Float32Array;
  /** The area below it, in [0, 1]: better small for deletion, large for insertion. */
  readonly area: number;
}

/** How a map lies on the place where the object is. */
export interface Localisation {
  /** Share of the map's energy inside (the energy-based pointing game). */
  readonly energy: number;
  /** Whether the map's highest point is inside (the pointing game). */
  readonly hit: boolean;
  /** Loc(δ) of equation 26: inside / (truth + outside). */
  readonly loc: number;
}

/** What a summary says of one method. */
export interface MethodSummary {
  /** How the maps were made. */
  readonly method: Method;
  /** 100 · mean of max(0, Y − O) / Y. Lower is better. */
  readonly averageDrop: number;
  /** Share of pictures in percent on which O > Y. Higher is better. */
  readonly increaseInConfidence: number;
  /** Mean area below the deletion curves; null where a picture came without. */
  readonly deletionArea: number | null;
  /** Mean area below the insertion curves; null where a picture came without. */
  readonly insertionArea: number | null;
}

/**
 * Of two methods, which has the strictly lower drop how often, in percent of the pictures. A tie counts for
 * none; drops no further apart than 0.0001 are one.
 */
export interface Win {
  /** The one of the two that was asked for first. */
  readonly first: Method;
  /** The other. */
  readonly second: Method;
  /** Percent of the pictures on which the first has the smaller drop. */
  readonly firstWins: number;
  /** Percent on which the second has it. */
  readonly secondWins: number;
  /** Percent on which the drops are equal. */
  readonly ties: number;
}

/** Adds results up over pictures: Average Drop, Increase in Confidence and Win. */
export class FaithfulnessSummary {
  /** @internal */
  declare readonly [self]: () => this;
  readonly #pictures: { name: string; result: Faithfulness }[] = [];
  readonly #leftOut: { name: string; reason: string }[] = [];

  /** A summary of no picture yet. */
  constructor() {
    keepSelf(this);
  }

  /**
   * Adds a picture's result.
   *
   * @throws GradlensError `invalid-argument` if its methods are not those of the pictures before it
   */
  add(name: string, result: Faithfulness): void {
    const names = (of: Faithfulness) => of.methods.map(({ method }) => method).join(', ');
    const first = this[self]().#pictures[0]?.result;
    if (first && names(first) !== names(result)) {
      throw new GradlensError(
        'invalid-argument',
        `the result of ${name} has the methods ${names(result)}, those before it ${names(first)}; a summary compares the same methods on every picture`,
      );
    }
    this[self]().#pictures.push({ name, result });
  }

  /** Notes a picture that has no result, and why. */
  leaveOut(name: string, reason: string): void {
    this[self]().#leftOut.push({ name, reason });
  }

  /** The pictures that count, in the order added. */
  get pictures(): readonly {
    /** As it was added with. */
    readonly name: string;
    /** What was measured on it. */
    readonly result: Faithfulness;
  }[] {
    return this[self]().#pictures;
  }

  /** The pictures that do not count, and why. */
  get leftOut(): readonly {
    /** As it was left out with. */
    readonly name: string;
    /** Why it does not count. */
    readonly reason: string;
  }[] {
    return this[self]().#leftOut;
  }

  /** One entry a method, in the order of the results; none before the first picture. */
  get methods(): MethodSummary[] {
    const methods = this[self]().#pictures[0]?.result.methods ?? [];
    return methods.map(({ method }, at) => {
      const all = this[self]().#pictures.map(({ result }) => result.methods[at]!);
      return {
        method,
        averageDrop: 100 * mean(all.map(({ drop }) => drop)),
        increaseInConfidence: 100 * mean(all.map(({ increased }) => Number(increased))),
        deletionArea: meanArea(all.map(({ deletion }) => deletion)),
        insertionArea: meanArea(all.map(({ insertion }) => insertion)),
      };
    });
  }

  /** One entry a pair of methods. */
  get wins(): Win[] {
    const methods = this[self]().#pictures[0]?.result.methods ?? [];
    return methods.flatMap(({ method: first }, a) =>
      methods.slice(a + 1).map(({ method: second }, offset) => {
        const differences = this[self]().#pictures.map(
          ({ result }) => result.methods[a]!.drop - result.methods[a + 1 + offset]!.drop,
        );
        const share = (holds: (difference: number) => boolean) =>
          100 * mean(differences.map((difference) => Number(holds(difference))));
        return {
          first,
          second,
          firstWins: share((difference) => difference < -rounding),
          secondWins: share((difference) => difference > rounding),
          ties: share((difference) => Math.abs(difference) <= rounding),
        };
      }),
    );
  }

  /**
   * One row a picture and method with every number in full, as RFC 4180 has it. What was not
   * measured is empty.
   */
  toCsv(): string {
    const rows = this[self]().#pictures.flatMap(({ name, result }) =>
      result.methods.map((of) => Object.values(columns).map((column) => field(column(of, result, name)))),
    );
    return BOM + [Object.keys(columns), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
  }
}

/** The columns of {@link FaithfulnessSummary.toCsv} by name. */
const columns: Record<string, (of: MethodFaithfulness, result: Faithfulness, picture: string) => unknown> = {
  picture: (_of, _result, picture) => picture,
  class_index: (_of, { classIdx }) => classIdx,
  label: (_of, { label }) => label,
  method: ({ method }) => method,
  layer: ({ layer }) => layer,
  confidence: ({ confidence }) => confidence,
  masked_confidence: ({ maskedConfidence }) => maskedConfidence,
  drop: ({ drop }) => drop,
  increased: ({ increased }) => increased,
  empty_map: ({ isEmpty }) => isEmpty,
  winner: (_of, { winner }) => winner,
  deletion_area: ({ deletion }) => deletion?.area,
  insertion_area: ({ insertion }) => insertion?.area,
  energy_inside: ({ localisation }) => localisation?.energy,
  pointing_hit: ({ localisation }) => localisation?.hit,
  loc: ({ localisation }) => localisation?.loc,
};

/** Without it Excel takes UTF-8 for another encoding. */
const BOM = '\uFEFF';

/**
 * A value as a field: in quotes, with its own quotes doubled, where it holds what separates fields. A name that a
 * spreadsheet would take for a formula begins with an apostrophe.
 */
function field(value: unknown): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Drops no further apart than this are a tie: methods that agree, such as CAM and XGrad-CAM where
 * only a mean and a linear layer follow, differ by what 32 bits round away.
 */
const rounding = 1e-4;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanArea(curves: readonly (Curve | null)[]): number | null {
  const areas = curves.map((curve) => curve?.area);
  return areas.every((area) => area !== undefined) ? mean(areas) : null;
}
