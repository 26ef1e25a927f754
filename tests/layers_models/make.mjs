// Makes the layers models beside it, and what TensorFlow.js answers about them:
// `npm install --no-save @tensorflow/tfjs@4.22.0 && node make.mjs` in a copy of this folder.
import { writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';

const { layers } = tf;
const init = (seed) => tf.initializers.randomNormal({ mean: 0, stddev: 0.3, seed });
let seed = 1;
const trained = () => ({ kernelInitializer: init(++seed), biasInitializer: init(++seed) });
const normalised = (settings = {}) =>
  layers.batchNormalization({
    betaInitializer: init(++seed),
    gammaInitializer: init(++seed),
    movingMeanInitializer: init(++seed),
    movingVarianceInitializer: tf.initializers.randomUniform({ minval: 0.5, maxval: 2, seed: ++seed }),
    ...settings,
  });
const depthwise = () => ({ depthwiseInitializer: init(++seed), biasInitializer: init(++seed) });

/** One layer after the other: odd sizes, strides, both paddings, vectors. */
function plain() {
  return tf.sequential({
    name: 'plain',
    layers: [
      layers.rescaling({ inputShape: [19, 17, 3], scale: 1 / 127.5, offset: -1 }),
      layers.conv2d({ filters: 6, kernelSize: [3, 5], strides: [2, 1], padding: 'same', activation: 'elu', ...trained() }),
      normalised({ scale: false }),
      layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      layers.conv2d({ filters: 5, kernelSize: 3, dilationRate: 2, padding: 'same', useBias: false, kernelInitializer: init(++seed) }),
      layers.leakyReLU({ alpha: 0.2 }),
      layers.averagePooling2d({ poolSize: [2, 3], strides: 1, padding: 'same' }),
      layers.dense({ units: 4, activation: 'hardSigmoid', ...trained() }),
      layers.flatten(),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 12, activation: 'tanh', ...trained() }),
      normalised({ center: false }),
      layers.dense({ units: 5, activation: 'softmax', ...trained() }),
    ],
  });
}

/** Branches, a network within the network, a layer that is called twice, and MobileNet's head of 1x1 convolutions. */
function branching() {
  const input = tf.input({ shape: [16, 16, 3] });
  const inner = tf.input({ shape: [8, 8, 8], name: 'inner_input' });
  const shared = layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu6', name: 'shared', ...trained() });
  const block = tf.model({
    name: 'block',
    inputs: inner,
    outputs: layers.add().apply([shared.apply(shared.apply(inner)), inner]),
  });
  const padded = layers.zeroPadding2d({ padding: [[0, 1], [0, 1]] }).apply(input);
  const stem = layers.depthwiseConv2d({ kernelSize: 3, strides: 2, depthMultiplier: 2, activation: 'swish', ...depthwise() }).apply(padded);
  const wide = layers.conv2d({ filters: 8, kernelSize: 1, activation: 'softplus', ...trained() }).apply(stem);
  const body = normalised().apply(block.apply(wide));
  const squeezed = layers.globalAveragePooling2d({}).apply(body);
  const weighed = layers.reshape({ targetShape: [1, 1, 8] }).apply(layers.dense({ units: 8, activation: 'sigmoid', ...trained() }).apply(squeezed));
  const gated = layers.multiply().apply([body, weighed]);
  const separable = layers.separableConv2d({
    filters: 8, kernelSize: 3, padding: 'same', activation: 'selu', pointwiseInitializer: init(++seed), ...depthwise(),
  }).apply(gated);
  const [most, mean] = [layers.maximum().apply([separable, gated]), layers.average().apply([separable, gated])];
  const joined = layers.concatenate({ axis: -1 }).apply([layers.reLU({ maxValue: 4 }).apply(most), layers.activation({ activation: 'softsign' }).apply(mean)]);
  const pooled = layers.reshape({ targetShape: [1, 1, 16] }).apply(layers.globalMaxPooling2d({}).apply(joined));
  const scores = layers.conv2d({ filters: 4, kernelSize: 1, ...trained() }).apply(pooled);
  return tf.model({ name: 'branching', inputs: input, outputs: layers.softmax().apply(layers.reshape({ targetShape: [4] }).apply(scores)) });
}

for (const model of [plain(), branching()]) {
  const [, height, width] = model.inputs[0].shape;
  // The picture of the test; `branching` sees it from -1 to 1.
  const values = Float32Array.from({ length: height * width * 3 }, (_, at) => (at * 37) % 251);
  const seen = model.name === 'plain' ? values : values.map((value) => value / 127.5 - 1);
  const probabilities = Array.from(model.predict(tf.tensor4d(seen, [1, height, width, 3])).dataSync());
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData }) => {
      const manifest = [{ paths: [`${model.name}.bin`], weights: weightSpecs }];
      await writeFile(`${model.name}.json`, JSON.stringify({ format: 'layers-model', generatedBy: `TensorFlow.js tfjs-layers v${tf.version.tfjs}`, modelTopology, weightsManifest: manifest }));
      await writeFile(`${model.name}.bin`, Buffer.from(weightData));
      await writeFile(`${model.name}.expected.json`, JSON.stringify({ width, height, probabilities }));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    },
  });
}
