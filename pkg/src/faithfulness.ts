import type { Background, Layer, Method, Rgb } from './types.js';

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
  /** What lay behind the maps. */
  readonly background: Background;
  /** Its red, green and blue from 0 to 255, where it has one colour; else null. */
  readonly colour: Rgb | null;
  /** One entry a method, in the order asked. */
  readonly methods: readonly MethodFaithfulness[];
  /** The same of maps that look at no evidence; empty without `yardsticks`. */
  readonly yardsticks: readonly YardstickFaithfulness[];
  /** The method with the smallest drop; null where the smallest is shared. */
  readonly winner: Method | null;
}

/** How faithful one map is. */
export interface MapFaithfulness {
  /** Y: probability of the class on the whole picture. */
  readonly confidence: number;
  /**
   * O: the same on E = L ∘ I + (1 − L) ∘ B: the picture I where the map L is 1, the background B where it is 0; with a
   * black one, the picture multiplied by the map.
   */
  readonly maskedConfidence: number;
  /** max(0, Y − O) / Y: the share of the score that is lost. */
  readonly drop: number;
  /** O > Y: the class is surer without the rest of the picture. */
  readonly increased: boolean;
  /** The mean of L, in [0, 1]: how much of the picture stays visible. Drops reward it. */
  readonly visible: number;
  /** The Gini index of L: 0 where all places are alike, near 1 where few hold everything. */
  readonly sparseness: number;
  /** Whether the map is zero everywhere, so that nothing stays visible. */
  readonly isEmpty: boolean;
  /** The score while the most important pixels give way to the background; null without `curveSteps`. */
  readonly deletion: Curve | null;
  /** The score while the most important pixels are put into the background; null without `curveSteps`. */
  readonly insertion: Curve | null;
  /** The score while pixels are imputed from those around them; null without `road`. */
  readonly road: Road | null;
  /** Null without `truth`. */
  readonly localisation: Localisation | null;
}

/** How faithful a method's map is. */
export interface MethodFaithfulness extends MapFaithfulness {
  /** How the map was made. */
  readonly method: Method;
  /** Where in the network it was taken. */
  readonly layer: Layer;
}

/**
 * A map that looks at no evidence: `ones` everywhere; `noise`, smooth, on the grid of the first method's map; the `edges` of
 * the picture; or a method's own map with its cells `shuffled`. A measure by which one of them is better than every method
 * measures nothing there.
 */
export type Yardstick = 'ones' | 'noise' | 'edges' | 'shuffled';

/** How faithful a map is that looks at no evidence. */
export interface YardstickFaithfulness extends MapFaithfulness {
  /** Which it is. */
  readonly yardstick: Yardstick;
  /** The method whose map was shuffled; null for the others. */
  readonly method: Method | null;
}

/**
 * A score over the share of pixels that were taken away or put in, in equal steps from 0 to 1. Pixels of one
 * value, such as the many where a map is zero, go in a random order that the seed fixes.
 */
export interface Curve {
  /** Probabilities in [0, 1], one more than there are steps. */
  readonly scores: Float32Array;
  /** The area below it, in [0, 1]: better small for deletion, large for insertion. */
  readonly area: number;
}

/**
 * ROAD (Rong et al. 2022): the score while 10, 20, … 90 % of the pixels are imputed, each the weighted mean of its neighbours
 * and normal noise with a deviation of 2.55, a hundredth of the range of 8 bits. The linear system of the means is solved to
 * a residual of 0.0001 of its right side.
 */
export interface Road {
  /** Probabilities with the most relevant pixels imputed first. */
  readonly morf: Float32Array;
  /** Probabilities with the least relevant first. */
  readonly lerf: Float32Array;
  /** The mean of (LeRF − MoRF) / 2, in [−0.5, 0.5]: the larger, the better; 0 is chance. */
  readonly score: number;
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
