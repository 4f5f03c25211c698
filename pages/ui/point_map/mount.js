/* The door to Streamlit, and the sums that need no instance. */

const HEAVIEST = 2.6; // how much larger than a point of weight 1 the most frequent one is

const eased = (apply) => (t) => apply(ease(t));

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

/** Called by Streamlit at mounting and whenever data or theme change; the returned function runs once, at unmounting. */
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector("[data-part=root]");
  const map = (root.pointMap ??= new PointMap(root));
  map.update(data, setStateValue);
  return () => {
    map.dispose();
    delete root.pointMap;
  };
}
