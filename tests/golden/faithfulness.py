"""Reference values of what `faithfulness` measures beyond equation 25, in numpy's float64 but for the network.

    python faithfulness.py MODEL.onnx chelsea_224x224.safetensors CLASS > faithfulness.json

MODEL.onnx: the built-in network with weights of 32 bits, run by ONNX Runtime in float32. An independent implementation from
the papers and from the definitions in the project's documentation; nothing in the project runs it. The map is Grad-CAM of the
golden file.
"""
import json, sys
import numpy as np, onnxruntime
from safetensors.numpy import load_file

golden = load_file(sys.argv[2])
CLASS = int(sys.argv[3])
RGB = golden["rgb_u8"].astype(np.float64)
H, W = RGB.shape[:2]
session = onnxruntime.InferenceSession(sys.argv[1])


def score(picture):
    x = ((picture - 127) / 128).transpose(2, 0, 1)[None].astype(np.float32)
    logits = session.run(["logits"], {"image": x})[0][0].astype(np.float64)
    powers = np.exp(logits - logits.max())
    return powers[CLASS] / powers.sum()


class SplitMix64:
    MASK = (1 << 64) - 1

    def __init__(self, seed):
        self.state = seed

    def draw(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.MASK
        return z ^ (z >> 31)

    def share(self):
        return (self.draw() >> 11) / 2**53

    def normal(self):
        first, second = 1 - self.share(), self.share()
        return np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)


def nth(seed, index):
    return SplitMix64(SplitMix64((seed + index) & SplitMix64.MASK).draw())


def axis(source, size):
    """Weights of a bilinear scaling with samples at the centres of cells, edges held."""
    weights = np.zeros((size, source))
    for at in range(size):
        place = min(max((at + 0.5) / size * source - 0.5, 0), source - 1)
        first = int(place)
        weights[at, first] += 1 - (place - first)
        weights[at, min(first + 1, source - 1)] += place - first
    return weights


def scaled(values):
    return axis(values.shape[0], H) @ values @ axis(values.shape[1], W).T


def held(values, dy, dx):
    rows = np.clip(np.arange(values.shape[0]) + dy, 0, values.shape[0] - 1)
    columns = np.clip(np.arange(values.shape[1]) + dx, 0, values.shape[1] - 1)
    return values[rows][:, columns]


def blurred(deviation):
    reach = int(np.ceil(4 * deviation))
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (offsets / deviation) ** 2)
    weights /= weights.sum()
    along = sum(w * held(RGB, 0, by) for by, w in zip(offsets, weights))
    return sum(w * held(along, by, 0) for by, w in zip(offsets, weights))


def noise(seed):
    random = SplitMix64(seed)
    return np.array([255 * random.share() for _ in range(H * W * 3)]).reshape(H, W, 3)


def masked(mask, background):
    return score(mask[..., None] * RGB + (1 - mask[..., None]) * background)


def gini(values):
    v = np.sort(values.ravel())
    n = v.size
    return ((2 * np.arange(1, n + 1) - n - 1) * v).sum() / (n * v.sum())


def order(mask, seed):
    """Positions, the most important first, those of one value by chance."""
    random = SplitMix64(seed)
    draws = [random.draw() for _ in range(mask.size)]
    values = mask.ravel()
    return sorted(range(mask.size), key=lambda at: (-values[at], draws[at]))


NEIGHBOURS = [(dy, dx, 1 / 6 if dy == 0 or dx == 0 else 1 / 12) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]


def inside(dy, dx):
    y, x = np.mgrid[:H, :W]
    return (y + dy >= 0) & (y + dy < H) & (x + dx >= 0) & (x + dx < W)


def imputed(kept):
    """Conjugate gradients in float64 down to a residual of 1e-10."""
    missing = ~kept
    valid = [(dy, dx, w * inside(dy, dx)) for dy, dx, w in NEIGHBOURS]
    total = sum(w for _, _, w in valid)
    sums = lambda plane: sum(w * held(plane, dy, dx) for dy, dx, w in valid)
    product = lambda plane: missing * (total * plane - sums(plane))
    picture = np.empty_like(RGB)
    for channel in range(3):
        known = kept * RGB[..., channel]
        residual = missing * sums(known)
        least = 1e-10 * np.linalg.norm(residual)
        solution, direction, square = np.zeros((H, W)), residual.copy(), (residual**2).sum()
        while np.sqrt(square) > least:
            p = product(direction)
            step = square / (direction * p).sum()
            solution += step * direction
            residual -= step * p
            following = (residual**2).sum()
            direction = residual + following / square * direction
            square = following
        picture[..., channel] = known + solution
    return picture


def imputed_score(kept, seed, index):
    picture, random = imputed(kept), nth(seed, index)
    for y, x in zip(*np.nonzero(~kept)):
        picture[y, x] += [2.55 * random.normal() for _ in range(3)]
    return score(picture)


def road(mask, seed):
    ranked, count = order(mask, seed), mask.size
    morf, lerf = [], []
    for step in range(1, 10):
        kept = np.ones(count, bool)
        kept[ranked[: count * step // 10]] = False
        morf.append(imputed_score(kept.reshape(H, W), seed, 2 * step))
        kept = np.zeros(count, bool)
        kept[ranked[: count * (10 - step) // 10]] = True
        lerf.append(imputed_score(kept.reshape(H, W), seed, 2 * step + 1))
    return {"morf": morf, "lerf": lerf, "score": float(np.mean(np.array(lerf) - morf) / 2)}


def smooth_noise(height, width, seed):
    random = SplitMix64(seed)
    values = np.array([random.share() for _ in range(height * width)]).reshape(height, width)
    along = held(values, 0, -1) / 4 + values / 2 + held(values, 0, 1) / 4
    smooth = held(along, -1, 0) / 4 + along / 2 + held(along, 1, 0) / 4
    return (smooth - smooth.min()) / np.ptp(smooth)


def shuffled(values, seed):
    random, cells = SplitMix64(seed), list(values.ravel())
    for last in range(len(cells) - 1, 0, -1):
        other = int(random.share() * (last + 1))
        cells[last], cells[other] = cells[other], cells[last]
    return np.array(cells).reshape(values.shape)


def edges():
    gray = RGB @ [0.299, 0.587, 0.114]
    at = lambda dy, dx: held(gray, dy, dx)
    across = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1)
    down = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1)
    length = np.hypot(across, down)
    return length / length.max()


raw = golden[f"grad-cam.features.{CLASS}"].astype(np.float64)
cells = raw / raw.max()
mask = scaled(cells)
SEED = 3
backgrounds = {
    "black": np.zeros(3),
    "mean": RGB.mean((0, 1)),
    "blur 10": blurred(10),
    "noise 7": noise(7),
}
yardsticks = {
    "ones": np.ones((H, W)),
    "noise": scaled(smooth_noise(*cells.shape, SEED)),
    "edges": edges(),
    "shuffled grad-cam": scaled(shuffled(cells, SEED)),
}
json.dump(
    {
        "class": CLASS,
        "seed": SEED,
        "mean_colour": list(backgrounds["mean"]),
        "confidence": score(RGB),
        "masked": {name: masked(mask, behind) for name, behind in backgrounds.items()},
        "visible": mask.mean(),
        "sparseness": gini(mask),
        "road": road(mask, SEED),
        "yardsticks": {
            name: {"masked": masked(values, 0), "visible": values.mean(), "sparseness": gini(values)}
            for name, values in yardsticks.items()
        },
    },
    sys.stdout,
    indent=1,
)
