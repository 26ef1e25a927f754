// What is on a photo that is posted. Workers compile no WebAssembly: both modules are deployed with this script.
import cpu from 'gradlens/cpu.wasm';
import decoder from 'gradlens/decode.wasm';
import { load, readPicture } from 'gradlens/core';

/** Loaded by the first request. */
let loading;

export default {
  async fetch(request, { ASSETS }) {
    if (request.method !== 'POST') return new Response('This takes a photo by POST.', { status: 405 });
    loading ??= ASSETS.fetch('https://assets/net.onnx').then((model) => load({ backend: 'cpu', model, wasm: { cpu } }));
    const explainer = await loading;
    const picture = await readPicture(await request.arrayBuffer(), { wasm: decoder });
    const { label, logit, raw } = await explainer.explain(picture);
    return Response.json({ label, logit, raw: [...raw] });
  },
};
