/**
 * Where an object keeps itself. Frameworks hold objects behind proxies (Vue, Alpine, MobX), which have no private fields:
 * public methods go on with the object itself.
 */
export const self = Symbol('self');

/** Lets an object be reached through its proxies: by a function, which they hand out as it is, and copies leave out. */
export function keepSelf(object: object): void {
  Object.defineProperty(object, self, { value: () => object });
}
