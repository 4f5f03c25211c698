/* The points: where they are, where they are going, how large, of which colour and name. */

const HEAVIEST = 2.6; // how much larger than a point of weight 1 the most frequent one is

class Cloud {
  /** From Python's table; `before` gives the places to travel from where these are the same points. */
  constructor(table, before = null) {
    const x = table.getChild("x").toArray(), y = table.getChild("y").toArray();
    this.count = x.length;
    const xy = new Float32Array(2 * this.count);
    for (let i = 0; i < this.count; i++) { xy[2 * i] = x[i]; xy[2 * i + 1] = y[i]; }
    this.size = table.getChild("size")?.toArray() ?? null;
    this.colour = table.getChild("colour")?.toArray() ?? new Uint8Array(this.count);
    this.weight = weightsOf(xy, this.size);
    this.names = table.getChild("name");
    this.nameCache = []; // decoding a name costs more than looking it up
    this.given = xy;
    this.origin = before?.origin ?? xy;
    this.goal = before?.goal ?? xy;
    this.progress = before?.progress ?? 1; // 0 at the origins, 1 at the goals
    this.arrive();
  }

  static empty() {
    const none = { toArray: () => new Uint8Array(0) };
    return new Cloud({ getChild: (name) => (name === "name" ? null : none) });
  }

  x(i) { return this.origin[2 * i] + (this.goal[2 * i] - this.origin[2 * i]) * this.progress; }
  y(i) { return this.origin[2 * i + 1] + (this.goal[2 * i + 1] - this.origin[2 * i + 1]) * this.progress; }

  /** Middle of the points of colour number `c`, on its way like them. */
  middle(c) {
    const [x0, y0, x1, y1] = this.middles[c] ?? [0, 0, 0, 0];
    return [x0 + (x1 - x0) * this.progress, y0 + (y1 - y0) * this.progress];
  }

  name(i) {
    return this.names ? (this.nameCache[i] ??= String(this.names.get(i) ?? "")) : "";
  }

  /** Set out for `xy` from where the points are now, be it in mid-flight. */
  setOut(xy) {
    if (this.progress === 1) this.origin = this.goal;
    else {
      const now = new Float32Array(xy.length);
      for (let k = 0; k < now.length; k++) now[k] = this.origin[k] + (this.goal[k] - this.origin[k]) * this.progress;
      this.origin = now;
    }
    this.goal = xy;
    this.progress = 0;
    this.arrive();
  }

  /** The goals have changed: index them, and find the middles of the clusters. */
  arrive() {
    this.grid = new Grid(this.goal);
    const from = clusterMiddles(this.origin, this.colour);
    const to = this.origin === this.goal ? from : clusterMiddles(this.goal, this.colour);
    this.middles = to.map((place, c) => place && [...(from[c] ?? place), ...place]);
  }

  /** How many points each colour number has. */
  members() {
    const members = new Array(256).fill(0);
    for (const c of this.colour) members[c]++;
    return members;
  }
}

/** Radius factors from frequencies, on a logarithmic scale; points without a place get none. */
function weightsOf(xy, size) {
  const n = xy.length / 2;
  const weight = new Float32Array(n).fill(1);
  if (size && n) {
    let low = Infinity, high = -Infinity;
    for (let i = 0; i < n; i++) {
      const s = Math.log1p(Number(size[i]));
      low = Math.min(low, s);
      high = Math.max(high, s);
    }
    const span = Math.max(1e-9, high - low);
    // A power above 1: words are Zipfian, and only the few really frequent ones should stand out.
    if (high > low) {
      for (let i = 0; i < n; i++) {
        weight[i] = 0.8 + (HEAVIEST - 0.8) * ((Math.log1p(Number(size[i])) - low) / span) ** 1.8;
      }
    }
  }
  for (let i = 0; i < n; i++) if (!Number.isFinite(xy[2 * i] + xy[2 * i + 1])) weight[i] = 0;
  return weight;
}

/** For every colour number the middle of its points: the mean of the half that lies nearest to the plain mean. */
function clusterMiddles(xy, colour) {
  const sums = [];
  const add = (c, x, y) => {
    const sum = (sums[c] ??= { x: 0, y: 0, n: 0, spread: 0 });
    sum.x += x; sum.y += y; sum.n++;
  };
  for (let i = 0; i < colour.length; i++) {
    if (Number.isFinite(xy[2 * i] + xy[2 * i + 1])) add(colour[i], xy[2 * i], xy[2 * i + 1]);
  }
  const means = sums.map((sum) => [sum.x / sum.n, sum.y / sum.n]);
  const away = (i, [x, y]) => Math.hypot(xy[2 * i] - x, xy[2 * i + 1] - y);
  for (let i = 0; i < colour.length; i++) {
    const d = means[colour[i]] && away(i, means[colour[i]]);
    if (Number.isFinite(d)) sums[colour[i]].spread += d / sums[colour[i]].n;
  }
  const inner = sums.map(() => [0, 0, 0]);
  for (let i = 0; i < colour.length; i++) {
    const c = colour[i];
    if (!means[c] || !(away(i, means[c]) <= sums[c].spread)) continue;
    inner[c][0] += xy[2 * i]; inner[c][1] += xy[2 * i + 1]; inner[c][2]++;
  }
  return means.map((mean, c) => (inner[c][2] ? [inner[c][0] / inner[c][2], inner[c][1] / inner[c][2]] : mean));
}
