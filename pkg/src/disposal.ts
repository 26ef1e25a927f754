/// <reference lib="esnext.disposable" preserve="true" />

/** The method that `using` calls: where the runtime does not know it, under the name that compilers of `using` ask for. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
