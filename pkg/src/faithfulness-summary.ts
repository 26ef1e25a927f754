import { BOM, csvRow } from './csv.js';
import { GradlensError, listed } from './errors.js';
import type { Faithfulness, MapFaithfulness, MethodFaithfulness, Yardstick, YardstickFaithfulness } from './faithfulness.js';
import { type Ranking, rank } from './ranking.js';
import { keepSelf, self } from './self.js';
import type { Background, Method } from './types.js';

/** Means over pictures. */
export interface MeanMeasures {
  /** 100 · mean of max(0, Y − O) / Y. Lower is better. */
  readonly meanDrop: number;
  /** The same where the background is black, and it is the paper's; else null. */
  readonly averageDrop: number | null;
  /** Share of pictures in percent on which O > Y. Higher is better. */
  readonly increaseInConfidence: number;
  /** How much of the picture stays visible, in percent. Drops reward it. */
  readonly visible: number;
  /** Mean Gini index of the maps. */
  readonly sparseness: number;
  /** Mean area below the deletion curves; null where a picture came without. */
  readonly deletionArea: number | null;
  /** Mean area below the insertion curves; null where a picture came without. */
  readonly insertionArea: number | null;
  /** Mean score of ROAD; null where a picture came without. Higher is better. */
  readonly road: number | null;
}

/** What a summary says of one method. */
export interface MethodSummary extends MeanMeasures {
  /** How the maps were made. */
  readonly method: Method;
}

/** What a summary says of one kind of map that looks at no evidence. */
export interface YardstickSummary extends MeanMeasures {
  /** Which it is. */
  readonly yardstick: Yardstick;
  /** The method whose maps were shuffled; null for the others. */
  readonly method: Method | null;
}

/** What says that one map is better than another. */
export type Measure = 'drop' | 'increase' | 'deletion' | 'insertion' | 'road';

/** A measure by which maps that look at no evidence are better than every method: it measures nothing on these pictures. */
export interface Beaten {
  /** The measure. */
  readonly measure: Measure;
  /** Who wins it. */
  readonly yardsticks: readonly YardstickSummary[];
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
   * @throws GradlensError `invalid-argument` if its methods, background or yardsticks are not those of the pictures before it
   */
  add(name: string, result: Faithfulness): void {
    const first = this[self]().#pictures[0]?.result;
    if (first && setting(first) !== setting(result)) {
      throw new GradlensError(
        'invalid-argument',
        `the result of ${name} has ${setting(result)}, those before it ${setting(first)}; a summary compares the same on every picture`,
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

  /** What lay behind the maps; null before the first picture. */
  get background(): Background | null {
    return this[self]().#pictures[0]?.result.background ?? null;
  }

  /** One entry a method, in the order of the results; none before the first picture. */
  get methods(): MethodSummary[] {
    const methods = this[self]().#pictures[0]?.result.methods ?? [];
    return methods.map(({ method }, at) => ({ method, ...means(this.pictures, ({ methods }) => methods[at]!) }));
  }

  /** One entry a map that looks at no evidence, in the order of the results; none where none was asked for. */
  get yardsticks(): YardstickSummary[] {
    const yardsticks = this[self]().#pictures[0]?.result.yardsticks ?? [];
    return yardsticks.map(({ yardstick, method }, at) => ({ yardstick, method, ...means(this.pictures, ({ yardsticks }) => yardsticks[at]!) }));
  }

  /** The measures that yardsticks win. */
  get beaten(): Beaten[] {
    const { methods, yardsticks } = this;
    return (Object.keys(meanMerit) as Measure[]).flatMap((measure) => {
      const values = methods.map((of) => meanMerit[measure](of));
      if (!values.every((value) => value !== null)) return [];
      const best = Math.max(...values);
      const winners = yardsticks.filter((of) => (meanMerit[measure](of) ?? best) > best);
      return winners.length > 0 ? [{ measure, yardsticks: winners }] : [];
    });
  }

  /**
   * Which method is the best by a measure on these pictures, if they can tell.
   *
   * @throws GradlensError `invalid-argument` if there is no such measure, or a picture came without it
   */
  ranking(measure: Measure): Ranking {
    if (!Object.hasOwn(merit, measure)) {
      throw new GradlensError('invalid-argument', `there is no measure "${String(measure)}"; the measures are ${listed(Object.keys(merit))}`);
    }
    const pictures = this[self]().#pictures;
    const methods = pictures[0]?.result.methods ?? [];
    const values = methods.map(({ method }, at) => [method, pictures.map(({ name, result }) => {
      const value = merit[measure](result.methods[at]!);
      if (value !== null) return value;
      throw new GradlensError('invalid-argument', `${name} came without the measure "${measure}": ask for it on every picture`);
    })] as const);
    return rank(new Map(values));
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
   * One row a picture and map with every number in full, as RFC 4180 has it: the methods' maps, then the yardsticks. What was
   * not measured is empty.
   */
  toCsv(): string {
    const rows = this[self]().#pictures.flatMap(({ name, result }) =>
      [...result.methods, ...result.yardsticks].map((of) => Object.values(columns).map((column) => column(of, result, name))),
    );
    return BOM + [Object.keys(columns), ...rows].map(csvRow).join('');
  }
}

/** The means of one map over pictures of one setting. */
function means(pictures: readonly { readonly result: Faithfulness }[], of: (result: Faithfulness) => MapFaithfulness): MeanMeasures {
  const all = pictures.map(({ result }) => of(result));
  const meanDrop = 100 * mean(all.map(({ drop }) => drop));
  return {
    meanDrop,
    averageDrop: pictures[0]?.result.background === 'black' ? meanDrop : null,
    increaseInConfidence: 100 * mean(all.map(({ increased }) => Number(increased))),
    visible: 100 * mean(all.map(({ visible }) => visible)),
    sparseness: mean(all.map(({ sparseness }) => sparseness)),
    deletionArea: meanOfAll(all.map(({ deletion }) => deletion?.area)),
    insertionArea: meanOfAll(all.map(({ insertion }) => insertion?.area)),
    road: meanOfAll(all.map(({ road }) => road?.score)),
  };
}

/** What results must have in common for their means to mean something. */
function setting({ methods, background, yardsticks }: Faithfulness): string {
  const named = `the methods ${methods.map(({ method }) => method).join(', ')} before ${background}`;
  return yardsticks.length > 0 ? `${named} with yardsticks` : named;
}

/** The value of each measure, the larger the better; null where it was not measured. */
const meanMerit: Record<Measure, (means: MeanMeasures) => number | null> = {
  drop: ({ meanDrop }) => -meanDrop,
  increase: ({ increaseInConfidence }) => increaseInConfidence,
  deletion: ({ deletionArea }) => deletionArea && -deletionArea,
  insertion: ({ insertionArea }) => insertionArea,
  road: ({ road }) => road,
};

/** The same of one map. */
const merit: Record<Measure, (of: MapFaithfulness) => number | null> = {
  drop: ({ drop }) => -drop,
  increase: ({ increased }) => Number(increased),
  deletion: ({ deletion }) => deletion && -deletion.area,
  insertion: ({ insertion }) => insertion && insertion.area,
  road: ({ road }) => road && road.score,
};

type Row = MethodFaithfulness | YardstickFaithfulness;

/** The columns of {@link FaithfulnessSummary.toCsv} by name. */
const columns: Record<string, (of: Row, result: Faithfulness, picture: string) => unknown> = {
  picture: (_of, _result, picture) => picture,
  class_index: (_of, { classIdx }) => classIdx,
  label: (_of, { label }) => label,
  method: ({ method }) => method,
  layer: (of) => ('layer' in of ? of.layer : ''),
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
  yardstick: (of) => ('yardstick' in of ? of.yardstick : ''),
  background: (_of, { background }) => background,
  visible: ({ visible }) => visible,
  sparseness: ({ sparseness }) => sparseness,
  road: ({ road }) => road?.score,
};

/**
 * Drops no further apart than this are a tie: methods that agree, such as CAM and XGrad-CAM where
 * only a mean and a linear layer follow, differ by what 32 bits round away.
 */
const rounding = 1e-4;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Null where a value is missing. */
function meanOfAll(values: readonly (number | undefined)[]): number | null {
  return values.every((value) => value !== undefined) ? mean(values) : null;
}
