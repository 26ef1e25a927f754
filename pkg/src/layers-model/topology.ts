// The layers of a TensorFlow.js layers model: `modelTopology` of its model.json, as Keras writes networks.

import { GradlensError } from '../errors.js';
import { isObject } from '../kinds.js';

/** What a layer is set to. */
export type Config = Readonly<Record<string, unknown>>;

/** A call of a layer. */
export interface Layer {
  /** As it is called in its own network, and its weights are. */
  readonly name: string;
  readonly type: string;
  readonly config: Config;
  /** What it takes. */
  readonly inputs: readonly Layer[];
}

/** A network flattened: networks within networks are gone. */
export interface Topology {
  readonly name: string;
  /** The version of Keras whose meanings of settings hold. */
  readonly keras: string;
  /** Of the picture, `[height, width, channels]`, as far as it is known. */
  readonly inputShape: readonly (number | null)[];
  /** The picture. */
  readonly input: Layer;
  /** The others, in an order in which they can be computed. */
  readonly layers: readonly Layer[];
  /** The one that gives the scores. */
  readonly output: Layer;
}

interface Described {
  class_name: string;
  config: Config;
  inbound_nodes?: unknown[];
}

/**
 * Reads `modelTopology`.
 *
 * @throws GradlensError `invalid-model`, or `unsupported-model` for networks of several inputs
 */
export function readTopology(topology: unknown): Topology {
  if (!isObject(topology)) throw damaged('it has no modelTopology');
  const { model_config: inner, keras_version: keras = '' } = topology as { model_config?: unknown; keras_version?: unknown };
  const network = described(inner ?? topology);
  const input: Layer = { name: 'image', type: 'InputLayer', config: {}, inputs: [] };
  const layers: Layer[] = [];
  const output = expand(network, [input], layers);
  const { name = 'model' } = network.config as { name?: string };
  return { name: String(name), keras: String(keras), inputShape: inputShapeOf(network).slice(1), input, layers, output };
}

const networks = ['Sequential', 'Model', 'Functional'];

/** Adds what a layer, or a network, consists of; the answer is its last call. */
function expand(layer: Described, inputs: readonly Layer[], into: Layer[]): Layer {
  const { class_name: type, config } = layer;
  if (!networks.includes(type)) {
    const call = { name: String(config['name']), type, config, inputs };
    into.push(call);
    return call;
  }
  const [input] = inputs;
  if (!input || inputs.length > 1) {
    const what = `the network "${String(config['name'])}" takes ${inputs.length} inputs`;
    throw new GradlensError('unsupported-model', `${what}; a picture alone is taken`);
  }
  return type === 'Sequential' ? expandSequence(layer, input, into) : expandGraph(config, input, into);
}

function expandSequence(network: Described, input: Layer, into: Layer[]): Layer {
  return layersOf(network)
    .filter(({ class_name: type }) => type !== 'InputLayer')
    .reduce((last, layer) => expand(layer, [last], into), input);
}

/** Layers name the calls of others that they take: `[layer, how often that was called before, output]`. */
function expandGraph(config: Config, input: Layer, into: Layer[]): Layer {
  const done = new Map<string, Layer>();
  const layers = layersOf({ class_name: 'Model', config });
  const inner = layers.filter(({ class_name: type }) => networks.includes(type)).map((network) => network.config['name']);
  // That of a network counts from its making, or not.
  const keyOf = (name: unknown, at: unknown) => `${String(name)}:${inner.includes(name) ? 0 : String(at)}`;
  // Some files list a layer before those that it takes.
  let waiting = layers.flatMap((layer) => {
    const calls = layer.class_name === 'InputLayer' ? [[]] : (layer.inbound_nodes ?? []).map(referencesOf);
    if (calls.length > 1 && networks.includes(layer.class_name)) {
      throw new GradlensError('unsupported-model', `the network "${String(layer.config['name'])}" is called more than once`);
    }
    return calls.map((taken, at) => {
      const takes = taken.map(([name, at]) => keyOf(name, at));
      return { layer, key: keyOf(layer.config['name'], at), takes };
    });
  });
  while (waiting.length > 0) {
    const ready = waiting.filter(({ takes }) => takes.every((key) => done.has(key)));
    if (ready.length === 0) throw damaged(`"${waiting[0]!.key}" takes what no layer gives`);
    for (const { layer, key, takes } of ready) {
      done.set(key, layer.class_name === 'InputLayer' ? input : expand(layer, takes.map((key) => done.get(key)!), into));
    }
    waiting = waiting.filter(({ key }) => !done.has(key));
  }
  const [[name, at] = []] = referencesOf(config['output_layers']);
  const output = done.get(keyOf(name, at));
  if (output) return output;
  throw damaged('it has no output');
}

/** `[name, call, output]` of each call that is taken, in Keras 2's form and Keras 3's. */
function referencesOf(node: unknown): [name: unknown, at: unknown][] {
  if (Array.isArray(node)) {
    return typeof node[0] === 'string' ? [[node[0], node[1]]] : node.flatMap(referencesOf);
  }
  if (!isObject(node)) return [];
  const { args, config } = node as { args?: unknown; config?: { keras_history?: unknown } };
  return referencesOf(args ?? config?.keras_history);
}

function layersOf({ class_name: type, config }: Described): Described[] {
  const layers = Array.isArray(config) ? config : config['layers'];
  if (Array.isArray(layers)) return layers.map(described);
  throw damaged(`a ${type} in it has no layers`);
}

/** The shape that the first layer says, of its own or its network's. */
function inputShapeOf(layer: Described): (number | null)[] {
  const shape = layer.config['batch_input_shape'] ?? layer.config['batch_shape'];
  if (Array.isArray(shape)) return shape.map((extent) => (typeof extent === 'number' ? extent : null));
  const layers = networks.includes(layer.class_name) ? layersOf(layer) : [];
  const first = layers.find(({ class_name: type }) => type === 'InputLayer') ?? layers[0];
  return first ? inputShapeOf(first) : [];
}

function described(layer: unknown): Described {
  const { class_name: type, config, inbound_nodes: nodes } = (isObject(layer) ? layer : {}) as Partial<Described>;
  if (typeof type !== 'string' || !isObject(config)) throw damaged('a layer in it has no class_name or config');
  return { class_name: type, config, inbound_nodes: Array.isArray(nodes) ? nodes : [] };
}

function damaged(reason: string): GradlensError {
  return new GradlensError('invalid-model', `the model.json is no TensorFlow.js layers model, or is damaged: ${reason}`);
}
