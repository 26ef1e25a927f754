import { Explanation } from './explanation.js';
import type { Box, Candidate, Picture, RawObject, Region } from './types.js';

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
  /** Other classes that explain the same place, best first. */
  readonly alternatives: readonly Candidate[];
  /** Where the network sees it. */
  readonly explanation: Explanation;

  /** @internal */
  constructor(raw: RawObject, picture: Picture) {
    this.classIdx = raw.classIdx;
    this.label = raw.label;
    this.score = raw.score;
    this.box = raw.box;
    this.regions = raw.regions;
    this.alternatives = raw.alternatives;
    this.explanation = new Explanation(raw.explanation, picture.width, picture.height);
  }

  /** The map at the picture's size, as {@link Explanation.map}. */
  get map(): Float32Array {
    return this.explanation.map;
  }
}
