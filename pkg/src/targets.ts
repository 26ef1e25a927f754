import { checkAgainstTarget, checkClass, checkLinearTarget } from './checks.js';
import type { LinearTarget, Target } from './types.js';

/**
 * A target as the core takes it, checked as far as the number of classes tells.
 *
 * @throws GradlensError `invalid-class`, `invalid-target`
 */
export function plainTarget(target: Target, classes: number): number | LinearTarget {
  if (typeof target !== 'object' || target === null) {
    checkClass(target, classes);
    return target;
  }
  if (!('against' in target)) {
    checkLinearTarget(target);
    return target;
  }
  checkAgainstTarget(target, classes);
  const { class: of, against, strength = 1 } = target;
  const others = typeof against === 'number' ? [against] : against;
  return { weights: [[of, 1], ...others.map((other): [number, number] => [other, -strength / others.length])] };
}
