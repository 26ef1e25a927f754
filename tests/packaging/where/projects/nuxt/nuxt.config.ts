const heavy = /\.(wasm|onnx)$/;

export default defineNuxtConfig({
  telemetry: false,
  hooks: {
    // Nuxt has every page fetch, in advance, the files that its scripts name.
    'build:manifest'(manifest) {
      for (const file of Object.values(manifest)) file.assets = file.assets?.filter((name) => !heavy.test(name));
    },
  },
});
