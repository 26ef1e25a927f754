import { GradlensError } from './errors.js';
import { Explanation, type PlainExplanation } from './explanation.js';
import type { Box, Candidate, RawObject, Region } from './types.js';

/** An object without its methods, as {@link PlainExplanation}. */
export interface PlainObject extends Omit<DetectedObject, 'map' | 'explanation'> {
  /** Where the network sees it. */
  readonly explanation: PlainExplanation;
}

/** What an object is made of. */
type Parts = [raw: Omit<RawObject, 'explanation'>, explanation: Explanation];

/** One object of a picture: a class, its place and its map. */
export class DetectedObject implements Candidate {
  /** Index of the class that names it. */
  readonly classIdx: number;
  /** That class's label. */
  readonly label: string;
  /** The class's probability in [0, 1] in the window of the picture where it is surest. */
  readonly score: number;
  /** The smallest box around all {@link regions}; null if the map is empty. */
  readonly box: Box | null;
  /** The connected parts of the map that reach the threshold, the one with the highest peak first. */
  readonly regions: readonly Region[];
  /** Other names of the same thing, best first. */
  readonly alternatives: readonly Candidate[];
  /** Where the network sees it. */
  readonly explanation: Explanation;

  private constructor(...[raw, explanation]: Parts) {
    this.classIdx = raw.classIdx;
    this.label = raw.label;
    this.score = raw.score;
    this.box = raw.box;
    this.regions = raw.regions;
    this.alternatives = raw.alternatives;
    this.explanation = explanation;
  }

  /** @internal */
  static of(...parts: Parts): DetectedObject {
    return new DetectedObject(...parts);
  }

  /**
   * An object with its methods again, from what went through a message or a store as plain data.
   *
   * @throws GradlensError `invalid-argument` if it is no such data
   */
  static from(plain: PlainObject): DetectedObject {
    const { explanation, box, regions, alternatives, score } = plain ?? {};
    const found = Explanation.from(explanation);
    if (typeof score === 'number' && typeof box === 'object' && [regions, alternatives].every(Array.isArray)) {
      return new DetectedObject(plain, found);
    }
    throw new GradlensError('invalid-argument', 'this is no object as it comes out of structuredClone');
  }

  /** The map at the picture's size, as {@link Explanation.map}. */
  get map(): Float32Array {
    return this.explanation.map;
  }
}
