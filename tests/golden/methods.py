"""Float64 references of every method beside the first six, for networks of the zoo.

Written from the papers, on an interpreter of ONNX files on torch's float64 tensors; nothing in the project runs it.

    python methods.py INTERPRETER ZOO OUT [NAME ...]

INTERPRETER: the folder of interp.py (`Graph(model).run(feeds)` gives the values of all names) and ../fill.py, which gives a
skeleton its weights. ZOO: tests/zoo, or the larger zoo beside the clone. OUT: NAME.safetensors goes there, NAME being networks of the zoo.

The picture: (r, g, b) = (4 x, 3 y + x, x y // 16) mod 256 at column x and row y, as the test makes it; the network sees
(rgb - 127) / 128. The classes are its two most probable ones. The first layer is the zoo's "default" target. A is the activation, g the gradient of the class's logit, both [K, positions] in float64, stored f32.

  METHOD.cC        the map of class C: after the final ReLU
  METHOD.signed.cC the same before it, where METHOD is one of SIGNED
  fused-FUSE.cC    layer-cam at both layers of "fused", fused by FUSE
  smooth-S.cC      grad-cam++ with `smooth: 'S'`
  against.cC1.cC2  grad-cam of class C1 rather than class C2
"""
import json, math, re, sys
from pathlib import Path
import numpy as np, onnx, torch
import torch.nn.functional as F
from safetensors.numpy import save_file

SAMPLES = {"smooth-grad": 5, "smooth-grad-cam++": 4, "integrated-gradients": 6, "rise": 12}
SEED, NOISE = 11, 0.15
SIGNED = ["grad-cam", "eigen-cam", "integrated-gradients", "score-cam", "grad-cam++-softmax"]
# As large as the picture, and stored with their signs alone.
GUIDED = ["guided-backpropagation", "guided-grad-cam", "guided-grad-cam++"]
# As large as the picture: of small pictures and one class alone.
PIXELS = ["input-gradients", "smooth-grad", "integrated-gradients", "rise"]
MASK64 = 2 ** 64 - 1


# ---- chance: SplitMix64 (Steele, Lea and Flood 2014), which counts, so that all numbers can be had at once
def splitmix(seed, count):
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def shares(index, count):
    """Numbers in [0, 1) of the index-th sequence."""
    seed = int(splitmix((SEED + index) & MASK64, 1)[0])
    return (splitmix(seed, count) >> np.uint64(11)).astype(np.float64) / 2.0 ** 53


def normal(index, count):
    """By Box and Muller."""
    u = shares(index, 2 * count).reshape(count, 2)
    return np.sqrt(-2 * np.log(1 - u[:, 0])) * np.cos(2 * np.pi * u[:, 1])


# ---- guided backpropagation
class Cut(torch.autograd.Function):
    """Cuts negative gradients."""
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return F.relu(g)


ACTIVATIONS = {"Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "ThresholdedRelu", "Gelu", "HardSwish", "Mish", "Softplus",
               "Softsign", "Tanh", "Sigmoid", "HardSigmoid", "Erf"}


def activations(graph):
    """Indices of the nodes whose outputs are an activation's: of x g(x), made of parts, that is the product."""
    def gated(k):
        made = lambda name: graph.nodes[graph.producer[name]] if name in graph.producer else None
        root, before = graph.nodes[k].input[0], made(graph.nodes[k].input[0])
        if graph.nodes[k].op_type == "Erf" and before is not None and before.op_type in ("Div", "Mul"):
            root = before.input[0]
        name = graph.nodes[k].output[0]
        while True:
            users = [(j, n) for j, n in enumerate(graph.nodes) if name in n.input]
            if len(users) != 1 or users[0][1].op_type not in ("Add", "Mul"):
                return k
            j, n = users[0]
            if n.op_type == "Mul":
                return j if root in n.input else k
            name = n.output[0]
    return {gated(k) for k, n in enumerate(graph.nodes) if n.op_type in ACTIVATIONS}


# ---- the network
class Network:
    def __init__(self, interp, model, facts):
        class Guided(interp.Graph):
            def op(self, k, n, x):
                y = super().op(k, n, x)
                return Cut.apply(y) if k in self.cut else y
        self.graph = interp.Graph(model)
        self.guided = Guided(model)
        self.guided.cut = activations(self.graph)
        self.facts, (_, self.C, self.H, self.W) = facts, facts["input_shape"]
        y, x = np.mgrid[:self.H, :self.W]
        pixels = np.stack([4 * x, 3 * y + x, x * y // 16]) % 256
        self.rgb = torch.from_numpy(pixels.astype(np.float64))[None]
        self.x = self.see(self.rgb)

    def see(self, rgb):
        return (rgb - 127) / 128

    def values(self, x):
        return self.graph.run({self.facts["input"]: x})

    def logits(self, x):
        return self.values(x)[self.facts["logit_value"]].reshape(-1)

    def probability(self, x, c):
        with torch.no_grad():
            y = self.logits(x)
            return (y.sigmoid() if self.facts["final_activation"] == "Sigmoid" else y.softmax(0))[c]

    def planes(self, target, t):
        """[K, h, w] of a value or gradient, without class tokens."""
        (h, w), k = target["grid"], target["channels"]
        if target["layout"] == "NLC":
            return t[0, target.get("prefix_tokens", 0):].T.reshape(k, h, w)
        return t[0] if target["layout"] == "NCHW" else t[0].permute(2, 0, 1)

    def pass_(self, x, target, weights):
        """A and g of a linear function of the logits at a target, and at the picture."""
        x = x.clone().requires_grad_()
        v = self.values(x)
        y = sum(w * v[self.facts["logit_value"]].reshape(-1)[c] for c, w in weights.items())
        at = v[target["value"]]
        g, gx = torch.autograd.grad(y, [at, x], retain_graph=True)
        return self.planes(target, at.detach()), self.planes(target, g), gx[0], y.detach()

    def guided_gradient(self, c):
        """What comes back to the picture, [C, H, W]."""
        x = self.x.clone().requires_grad_()
        y = self.guided.run({self.facts["input"]: x})[self.facts["logit_value"]].reshape(-1)[c]
        return torch.autograd.grad(y, x)[0][0]

    def all_gradients(self, target):
        """The logits, and the gradient of each at a target, [classes, K, h, w]."""
        v = self.values(self.x.clone().requires_grad_())
        y, at = v[self.facts["logit_value"]].reshape(-1), v[target["value"]]
        gradients = [self.planes(target, torch.autograd.grad(y_k, at, retain_graph=True)[0]) for y_k in y]
        return y.detach(), torch.stack(gradients)

    def ablated(self, target, k, c):
        """The logit without channel k at the picture's positions: what makes the value is run, and then what it makes."""
        def hook(node, value):
            value = value.clone()
            self.planes(target, value)[k] = 0      # a view of it
            return value
        g = self.graph
        made = g.producer[target["value"]]
        with torch.no_grad():
            before = g.run({self.facts["input"]: self.x}, only=set(range(made + 1)))
            before[target["value"]] = hook(None, before[target["value"]])
            after = g.run({}, only=set(range(made + 1, len(g.nodes))), env=before)
        return after[self.facts["logit_value"]].reshape(-1)[c]


# ---- the methods
S = lambda t: t.sum((1, 2), keepdim=True)


def alpha(A, g2, g3):
    """Eq. 19 of moments of g; 0 where its denominator is at most 0. A is rectified inside the sum."""
    denominator = 2 * g2 + S(F.relu(A)) * g3
    return torch.where(denominator > 0, g2 / torch.where(denominator > 0, denominator, 1.0), 0.0)


def principal(X, towards):
    """[K, h, w] -> X V_1, positions by channels, not centred; the sign of its product with a map."""
    M = X.reshape(X.shape[0], -1)
    _, _, Vh = torch.linalg.svd(M, full_matrices=False)       # rows of M are channels: Vh[0] lies in positions
    s = torch.linalg.svdvals(M)[0]
    u = Vh[0] * s
    return (u if u @ towards.reshape(-1) >= 0 else -u).reshape(X.shape[1:])


def resize(plane, h, w):
    return F.interpolate(plane[None, None], (h, w), mode="bilinear", align_corners=False)[0, 0]


def softmax_grad_cam_plus_plus(net, target, A, c):
    """Eqs 10 and 21 to 24, over the classes of at least 1e-6, without the factor Y of the weights."""
    S_, s = net.all_gradients(target)
    if net.facts["final_activation"] == "Sigmoid":
        Y, s = S_.sigmoid()[c], s[c]
        Y1 = Y * (1 - Y) * s
        Y2 = Y1 * (1 - 2 * Y) * s
        Y3 = Y1 * (1 - 6 * Y + 6 * Y ** 2) * s ** 2
    else:
        all_Y = S_.softmax(0)[:, None, None, None]
        all_Y = torch.where(all_Y < 1e-6, 0.0, all_Y)
        all_Y = all_Y / all_Y.sum()
        over = lambda t: (t * s).sum(0)
        apart = s - over(all_Y)
        all_Y1 = all_Y * apart                                                # eq. 21
        all_Y2 = all_Y1 * apart - all_Y * over(all_Y1)                        # eqs 22, 23
        Y3 = all_Y2[c] * apart[c] - 2 * all_Y1[c] * over(all_Y1) - all_Y[c] * over(all_Y2)    # eq. 24
        Y, Y1, Y2 = all_Y[c], all_Y1[c], all_Y2[c]
    denominator = 2 * Y2 + S(F.relu(A)) * Y3
    a = torch.where(denominator > 0, Y2 / torch.where(denominator > 0, denominator, 1.0), 0.0)
    return (S(a * F.relu(Y1)) * A).sum(0) / Y.reshape(())


def guided_maps(net, target, c):
    A, g, _, _ = net.pass_(net.x, target, {c: 1.0})
    R = net.guided_gradient(c).sum(0)
    of = lambda weights: R * resize(F.relu((weights * A).sum(0)), net.H, net.W)
    plus_plus = S(torch.where(g > 0, F.relu(g) / (2 + S(F.relu(A)) * F.relu(g)), 0.0))
    return {"guided-backpropagation": R, "guided-grad-cam": of(S(g) / g[0].numel()), "guided-grad-cam++": of(plus_plus)}


BLOCK = re.compile(r"(blocks\.|encoder_layer_)\d+/Add_1_output_0$")


def attention_maps(net, target, c):
    """Of transformers whose blocks' tokens have names as BLOCK says, the target's grid and tokens before it."""
    graph, logits = net.graph, net.facts["logit_value"]
    values = net.values(net.x.clone().requires_grad_())
    attention = [values[n.output[0]] for n in graph.nodes if n.op_type == "Softmax" and n.output[0] != logits]
    names = [n.output[0] for n in graph.nodes if BLOCK.search(n.output[0])]
    tokens = attention[0].shape[-1]
    heads = lambda t: t.reshape(-1, tokens, tokens)
    rollout = torch.eye(tokens, dtype=torch.float64)
    for a in attention:
        rollout = (heads(a).mean(0) + torch.eye(tokens, dtype=torch.float64)) / 2 @ rollout
    behind = set(range(graph.producer[names[-1]] + 1, len(graph.nodes)))
    legrad = 0
    for a, name in zip(attention, names, strict=True):
        seen = graph.run({}, only=behind, env={**values, names[-1]: values[name]})
        g = torch.autograd.grad(seen[logits].reshape(-1)[c], a, retain_graph=True)[0]
        legrad = legrad + F.relu(heads(g)).mean((0, 1)) / len(names)
    grid = lambda t: t[target["prefix_tokens"]:].reshape(target["grid"]).detach()
    return {"attention-rollout": grid(rollout[0]), "legrad": grid(legrad)}


def maps(net, target, c):
    """Every method's map before its ReLU."""
    A, g, gx, y = net.pass_(net.x, target, {c: 1.0})
    out = {"grad-cam": (S(g) / g[0].numel() * A).sum(0)}
    positive = (g > 0).double()
    a = positive * alpha(A, g ** 2, g ** 3)
    total = S(a)
    out["grad-cam++-normalised"] = (torch.where(total > 0, S(a * F.relu(g)) / torch.where(total > 0, total, 1.0), 0.0) * A).sum(0)
    out["grad-cam++-softmax"] = softmax_grad_cam_plus_plus(net, target, A, c)
    out["grad-cam-elementwise"] = F.relu(g * A).sum(0)
    out["eigen-cam"] = principal(A, A.abs().sum(0))
    out["eigengrad-cam"] = principal(g * A, (g * A).sum(0))
    out["input-gradients"] = gx.abs().amax(0)

    # Noise in the order of [H, W, C]; its deviation is a share of the input's range.
    def noisy(i):
        n = torch.from_numpy(normal(i, net.H * net.W * net.C)).reshape(net.H, net.W, net.C).permute(2, 0, 1)[None]
        return net.x + NOISE * (net.x.max() - net.x.min()) * n
    copies = [net.pass_(noisy(i), target, {c: 1.0}) for i in range(max(SAMPLES["smooth-grad"], SAMPLES["smooth-grad-cam++"]))]
    out["smooth-grad"] = torch.stack([gx for _, _, gx, _ in copies[:SAMPLES["smooth-grad"]]]).mean(0).abs().amax(0)
    gs = torch.stack([g for _, g, _, _ in copies[:SAMPLES["smooth-grad-cam++"]]])
    m1, m2, m3 = [(gs ** p).mean(0) for p in (1, 2, 3)]
    out["smooth-grad-cam++"] = (S(alpha(A, m2, m3) * F.relu(m1)) * A).sum(0)

    black, n = net.see(torch.zeros_like(net.rgb)), SAMPLES["integrated-gradients"]
    way = [net.pass_(black + (i + 0.5) / n * (net.x - black), target, {c: 1.0})[2] for i in range(n)]
    out["integrated-gradients"] = ((net.x - black)[0] * torch.stack(way).mean(0)).sum(0)

    masked = lambda mask: net.probability(net.see(net.rgb * mask), c)
    whole, nothing = net.probability(net.x, c), masked(torch.zeros(net.H, net.W))
    sums = torch.zeros_like(A[0])
    for a in A:
        if a.max() > a.min():
            M = resize((a - a.min()) / (a.max() - a.min()), net.H, net.W)
            sums = sums + (masked(M) - nothing) * a
    out["score-cam"] = sums
    out["ablation-cam"] = sum((y - net.ablated(target, k, c)) * A[k] for k in range(len(A)))

    # Squares of three places, of which the short side has 14.
    place = min(net.H, net.W) / 14
    rows, columns = round(net.H / place), round(net.W / place)
    lies = lambda side, places: [(2 * p + 1) * places // (2 * side) for p in range(side)]
    R, Cs = torch.tensor(lies(net.H, rows))[:, None], torch.tensor(lies(net.W, columns))[None]
    out["occlusion"] = torch.stack([torch.stack([whole - masked(1 - (((R - r).abs() <= 1) & ((Cs - q).abs() <= 1)).double())
                                                 for q in range(columns)]) for r in range(rows)])

    n, total = SAMPLES["rise"], torch.zeros(net.H, net.W, dtype=torch.float64)
    for i in range(n):
        u = shares(i, 51)
        grid = torch.from_numpy((u[:49] < 0.5).astype(np.float64)).reshape(7, 7)
        ch, cw = -(-net.H // 7), -(-net.W // 7)
        left, top = int(u[49] * cw), int(u[50] * ch)
        M = resize(grid, 8 * ch, 8 * cw)[top:top + net.H, left:left + net.W]
        total += masked(M) * M / (n * 0.5)
    out["rise"] = total
    return out


def smoothed(net, target, c):
    """Grad-CAM++ with `smooth: 'tta'` and 'eigen'."""
    def terms(x):
        A, g, _, _ = net.pass_(x, target, {c: 1.0})
        return S(torch.where(g > 0, F.relu(g) / (2 + S(F.relu(A)) * F.relu(g)), 0.0)) * A
    maps = []
    for light in (0.9, 1.0, 1.1):
        rgb = torch.floor(net.rgb * round(10 * light) / 10 + 0.5).clamp(max=255)
        maps.append(F.relu(terms(net.see(rgb)).sum(0)))
        maps.append(F.relu(terms(net.see(rgb.flip(3))).sum(0)).flip(1))
    own = terms(net.x)
    return {"smooth-tta": torch.stack(maps).mean(0), "smooth-eigen": F.relu(principal(own, own.sum(0)))}


def layer_cam(net, target, c):
    A, g, _, _ = net.pass_(net.x, target, {c: 1.0})
    return F.relu((F.relu(g) * A).sum(0))


def fused(net, targets, c, fuse):
    """LayerCAM's shallow maps, of positions nearer than 8 pixels, go in as tanh(2 M / max M)."""
    h, w = max(t["grid"][0] for t in targets), max(t["grid"][1] for t in targets)
    maps = []
    for t in targets:
        M = layer_cam(net, t, c)
        M = resize(M / M.max(), h, w) if M.max() > 0 else torch.zeros(h, w, dtype=torch.float64)
        maps.append(torch.tanh(2 * M) if net.W < 8 * t["grid"][1] else M)
    maps = torch.stack(maps)
    return maps.mean(0) if fuse == "mean" else maps.amax(0)


def golden(net, facts):
    out, target = {}, facts["targets"][0]
    classes = net.logits(net.x).topk(2).indices.tolist()
    small = net.H * net.W <= 4096
    if target.get("prefix_tokens"):
        out.update({f"{name}.c{classes[0]}": m for name, m in attention_maps(net, target, classes[0]).items()})
        if not small:
            # Of transformers that see large pictures the attention is enough.
            classes = []
    for c in classes[:1 if not small else 2]:
        for name, m in maps(net, target, c).items():
            if name in PIXELS and not (small and c == classes[0]):
                continue
            out[f"{name}.c{c}"] = F.relu(m)
            if name in SIGNED:
                out[f"{name}.signed.c{c}"] = m
        if c == classes[0] and net.H * net.W <= 128 * 96:
            for name, m in guided_maps(net, target, c).items():
                if small or name == "guided-backpropagation":
                    out[f"{name}.signed.c{c}"] = m
        for name, m in smoothed(net, target, c).items():
            out[f"{name}.c{c}"] = m
        for fuse in ("mean", "maximum"):
            out[f"fused-{fuse}.c{c}"] = fused(net, facts["targets"][:2], c, fuse)
    for one, other in zip(classes, classes[1:]):
        A, g, _, _ = net.pass_(net.x, target, {one: 1.0, other: -1.0})
        out[f"against.c{one}.c{other}"] = F.relu((S(g) / g[0].numel() * A).sum(0))
    return {k: v.detach().float().contiguous().numpy() for k, v in out.items()}


if __name__ == "__main__":
    tools, zoo, folder, *names = sys.argv[1:]
    sys.path[:0] = [tools, str(Path(tools).parent)]
    import fill, interp
    torch.set_num_threads(1)
    for name in names:
        facts = json.loads((Path(zoo) / f"{name}.json").read_text())
        model = onnx.load(Path(zoo) / f"{name}.onnx")
        fill.fill_model(model)
        net = Network(interp, interp.inline_ifs(model, torch.zeros(facts["input_shape"], dtype=torch.float64)), facts)
        found = golden(net, facts)
        save_file(found, str(Path(folder) / f"{name}.safetensors"))
        print(name, {k: f'{float(v.min()):.1e}..{float(v.max()):.1e}' for k, v in found.items()})
