// The network as an ONNX file, for onnxruntime-web.
import protobuf from 'protobufjs';
import { layers, padding } from '../network.js';

const FLOAT = 1;
const [INT, INTS] = [2, 7];

/**
 * @param {Map<string, { shape: number[], values: Float32Array }>} tensors
 * @param {number} size of the picture, a side in pixels
 * @returns {Promise<Uint8Array>}
 */
export async function onnxFile(tensors, size) {
  const root = new protobuf.Root();
  await root.load(new URL('onnx.proto', import.meta.url).pathname, { keepCase: true });
  const Model = root.lookupType('ModelProto');
  return Model.encode(Model.fromObject(model(tensors, size))).finish();
}

function model(tensors, size) {
  const nodes = [];
  const initializers = [];
  const node = (op_type, input, output, attribute = []) => {
    nodes.push({ op_type, name: output, input, output: [output], attribute });
    return output;
  };
  const constant = (name, dims, values) => {
    initializers.push({ name, dims, data_type: FLOAT, raw_data: new Uint8Array(values.buffer) });
    return name;
  };
  const stored = (name) => constant(name, tensors.get(name).shape, tensors.get(name).values);

  const bounds = [constant('zero', [], Float32Array.of(0)), constant('six', [], Float32Array.of(6))];
  let x = 'image';
  let shortcut;
  for (const layer of layers()) {
    const { name, kind, kernel, stride, outputs } = layer;
    const values = [stored(`${name}.weight`), stored(`${name}.bias`)];
    if (kind === 'linear') {
      const pooled = node('Flatten', [node('GlobalAveragePool', [x], 'pooled')], 'flat');
      node('Gemm', [pooled, ...values], 'logits', [int('transB', 1)]);
      break;
    }
    if (layer.opens) shortcut = x;
    const { before, after } = padding(layer);
    x = node('Conv', [x, ...values], `${name}.convolution`, [
      ints('kernel_shape', [kernel, kernel]),
      ints('strides', [stride, stride]),
      ints('pads', [before, before, after, after]),
      int('group', kind === 'depthwise' ? outputs : 1),
    ]);
    if (layer.relu6) x = node('Clip', [x, ...bounds], `${name}.relu6`);
    if (layer.adds) x = node('Add', [x, shortcut], `${name}.sum`);
  }
  return {
    ir_version: 9,
    producer_name: 'gradlens bench',
    opset_import: [{ domain: '', version: 17 }],
    graph: {
      name: 'EfficientNet-Lite0',
      node: nodes,
      initializer: initializers,
      input: [described('image', [1, 3, size, size])],
      output: [described('logits', [1, 1000])],
    },
  };
}

const int = (name, i) => ({ name, type: INT, i });
const ints = (name, values) => ({ name, type: INTS, ints: values });

function described(name, sides) {
  const shape = { dim: sides.map((dim_value) => ({ dim_value })) };
  return { name, type: { tensor_type: { elem_type: FLOAT, shape } } };
}
