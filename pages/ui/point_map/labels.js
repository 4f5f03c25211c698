/* Which names stand on the map, and where: most important first, no two on top of each other.

   A name that finds a place fades in, one that loses it fades out; while the camera moves, names ride with their points
   and are placed anew a dozen times a second. */

const FADE_MS = 160;
const PLACING_PAUSE_MS = 80;
const AREA_PER_NAME = 8500; // square pixels of panel for each word shown
const MOST_EXAMINED = 4000; // candidates looked at per placing: beyond that the panel is full anyway
const LONGEST_NAME = 32; // letters
const LINE_LETTERS = 18; // names of clusters longer than this stand on two lines

// Where a name can stand, seen from its point: a direction and how far beyond the usual gap.
const AROUND = [[1, 0], [-1, 0], [0, -1], [0, 1]];
const DIAGONAL = [[0.8, -0.8], [-0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]];
const spots = (directions, away) => directions.map(([x, y]) => ({ x, y, away }));
const SPOTS = {
  word: [...spots([[0, -1], [0, 1]], 0)],
  clicked: [...spots([[0, -1], [0, 1], [1, 0], [-1, 0]], 0)],
  // Neighbours often crowd together on the map; their names may step back and point home with a thin line.
  near: [...spots(AROUND, 0), ...[16, 34, 56, 80].flatMap((away) => spots([...DIAGONAL, ...AROUND], away))],
  cluster: [{ x: 0, y: 0, away: 0 }, { x: 0, y: -1, away: 8 }, { x: 0, y: 1, away: 8 }],
};

/** Rectangles already taken, in coarse buckets. */
class Taken {
  constructor() { this.buckets = new Map(); }

  *keys(box) {
    for (let row = Math.floor(box.top / 64); row <= Math.floor(box.bottom / 64); row++) {
      for (let col = Math.floor(box.left / 64); col <= Math.floor(box.right / 64); col++) yield row * 1000 + col;
    }
  }

  free(box) {
    for (const key of this.keys(box)) {
      for (const other of this.buckets.get(key) ?? []) {
        if (box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top) {
          return false;
        }
      }
    }
    return true;
  }

  add(box) {
    for (const key of this.keys(box)) {
      if (!this.buckets.has(key)) this.buckets.set(key, []);
      this.buckets.get(key).push(box);
    }
  }
}

class Labels {
  constructor(map, pen) {
    this.map = map;
    this.pen = pen;
    this.shown = new Map(); // name of label -> {kind, index, side, alpha, wanted}
    this.widths = new Map();
    this.words = [];
    this.clusters = [];
    this.placedAt = -Infinity;
    this.lastDraw = 0;
    this.stale = true;
  }

  /** Forget what was measured and shown: other words, another font. */
  reset() {
    this.shown.clear();
    this.widths.clear();
    this.stale = true;
  }

  /** Who may stand on the map, most important first. */
  order() {
    const { map } = this;
    const { cloud, options } = map;
    this.words = options.labels ?? Array.from({ length: cloud.count }, (_, i) => i);
    if (!options.labels && cloud.size) {
      const late = new Set(options.late);
      this.words.sort((a, b) => late.has(a) - late.has(b) || cloud.size[b] - cloud.size[a]);
    }
    if (!cloud.names) this.words = [];
    const members = cloud.members();
    this.clusters = options.clusterNames.map((name, c) => c).filter((c) => options.clusterNames[c] && members[c]);
    this.clusters.sort((a, b) => members[b] - members[a]);
    this.reset();
  }

  /** Pixels and weight of a kind of label. */
  style(kind, index = 0) {
    const { map } = this;
    const base = (map.theme.fontSize / 15) * map.options.labelScale * (map.camera.width < 500 ? 0.92 : 1);
    if (kind === "cluster") return { size: 14 * base, weight: 640 };
    if (kind === "clicked") return { size: 14.5 * base, weight: 650 };
    if (kind === "near") return { size: 12.5 * base, weight: 560 };
    return { size: (11 + 1.6 * clamp(map.cloud.weight[index] - 1, 0, 1.5)) * base, weight: 480 };
  }

  /** What stands there, one or two lines. */
  lines(kind, index) {
    const cut = (text) => (text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME - 1)}…` : text);
    if (kind !== "cluster") return [cut(this.map.cloud.name(index))];
    const name = this.map.options.clusterNames[index];
    // Break at the blank nearest to the middle.
    const middle = (name.length - 1) / 2;
    const blanks = [...name.matchAll(/ /g)].map((found) => found.index);
    const at = blanks.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
    if (name.length <= LINE_LETTERS || at === undefined) return [cut(name)];
    return [cut(name.slice(0, at)), cut(name.slice(at + 1))];
  }

  font({ size, weight }) {
    return `${weight} ${size.toFixed(1)}px ${this.map.theme.font}`;
  }

  width(kind, index, style) {
    const key = `${kind}${index}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      this.pen.font = this.font({ size: 10, weight: style.weight });
      const widths = this.lines(kind, index).map((line) => this.pen.measureText(line).width);
      width = Math.max(...widths) / 10; // per pixel of font size
      this.widths.set(key, width);
    }
    return width * style.size;
  }

  /** Where the label's middle lies, and its box, for a spot beside the point. */
  box(kind, index, spot, style) {
    const { map } = this;
    const [x, y] = kind === "cluster" ? map.clusterPlace(index) : map.screenPlace(index);
    const w = this.width(kind, index, style), h = style.size * 1.25 * this.lines(kind, index).length;
    const gap = (kind === "cluster" ? 0 : map.radiusOf(index) + 3.5) + spot.away;
    const cx = x + spot.x * (gap + w / 2), cy = y + spot.y * (gap + h / 2);
    return { x, y, cx, cy, left: cx - w / 2 - 5, right: cx + w / 2 + 5, top: cy - h / 2 - 2, bottom: cy + h / 2 + 2 };
  }

  /** Give the label the first free spot; a forced one else takes the first that is inside the panel. */
  tryPlace(kind, index, taken, { forced = false, choices = SPOTS[kind] } = {}) {
    const { camera } = this.map;
    const style = this.style(kind, index);
    let fallback = null;
    for (const spot of choices) {
      const box = this.box(kind, index, spot, style);
      if (box.left < 0 || box.right > camera.width || box.top < 0 || box.bottom > camera.height) continue;
      if (taken.free(box)) return this.keep(kind, index, spot, box, taken);
      fallback ??= { spot, box };
    }
    if (forced && fallback) return this.keep(kind, index, fallback.spot, fallback.box, taken);
    return false;
  }

  keep(kind, index, spot, box, taken) {
    taken.add(box);
    const key = `${kind}${index}`;
    const label = this.shown.get(key) ?? { kind, index, alpha: 0 };
    Object.assign(label, { spot, wanted: true });
    this.shown.set(key, label);
    return true;
  }

  place() {
    const { map } = this;
    for (const label of this.shown.values()) label.wanted = false;
    if (!map.cloud.count) return;
    const taken = new Taken();
    for (const box of map.obstacles()) taken.add(box);
    if (map.clicked !== null) {
      this.tryPlace("clicked", map.clicked, taken, { forced: true });
      for (const index of map.highlight) {
        if (index !== map.clicked) this.tryPlace("near", index, taken);
      }
    }
    if (this.clusterAlpha() > 0.05) {
      for (const index of this.clusters) this.tryPlace("cluster", index, taken);
    }
    if (map.clicked === null) this.placeWords(taken);
  }

  placeWords(taken) {
    const { map } = this;
    const { camera } = map;
    let room = (camera.width * camera.height) / (AREA_PER_NAME * map.options.labelScale ** 2);
    let examined = 0;
    for (const index of this.words) {
      if (map.lit && !map.lit[index]) continue;
      const [x, y] = map.screenPlace(index);
      if (!(x > 0 && x < camera.width && y > 0 && y < camera.height)) continue;
      if (++examined > MOST_EXAMINED) break;
      // A label that stays where it was does not jump from side to side.
      const spot = this.shown.get(`word${index}`)?.spot;
      const choices = spot ? [spot, ...SPOTS.word] : SPOTS.word;
      if (this.tryPlace("word", index, taken, { choices }) && --room < 1) break;
    }
  }

  /** Cluster names make way for words when one zooms in, and for the neighbours after a click. */
  clusterAlpha() {
    const { camera, dim, selected } = this.map;
    return clamp(1.25 - Math.log2(Math.max(1, camera.zoom)) / 3.2, 0, 1) * (1 - (selected.length ? 0.3 : 0.6) * dim);
  }

  /** Draw; true while something is still fading. */
  draw(now, moving) {
    if (this.stale || (moving && now - this.placedAt > PLACING_PAUSE_MS)) {
      this.place();
      this.placedAt = now;
      this.stale = moving; // one more placing when all has come to rest
    }
    const step = this.map.motion.calm ? 1 : Math.min(1, (now - this.lastDraw) / FADE_MS);
    this.lastDraw = now;
    let fading = false;
    const layers = { word: [], cluster: [], near: [], clicked: [] };
    for (const [key, label] of this.shown) {
      label.alpha = clamp(label.alpha + (label.wanted ? step : -step), 0, 1);
      if (label.alpha === 0 && !label.wanted) this.shown.delete(key);
      else layers[label.kind].push(label);
      fading ||= label.alpha > 0 && label.alpha < 1;
    }
    for (const kind of Object.keys(layers)) for (const label of layers[kind]) this.paint(label);
    return fading || (this.stale && !moving);
  }

  paint({ kind, index, spot, alpha }) {
    const { map, pen } = this;
    const { theme } = map;
    const style = this.style(kind, index);
    const { x, y, cx, cy, right, left } = this.box(kind, index, spot, style);
    const colour = colourOf(theme, kind === "cluster" ? index : map.cloud.colour[index]);
    const ink = {
      cluster: mixColours(colour, theme.text, theme.dark ? 0.15 : 0.25),
      clicked: theme.text,
      near: theme.text,
      word: mixColours(colour, theme.text, 0.72),
    }[kind];
    pen.font = this.font(style);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.globalAlpha = alpha * (kind === "cluster" ? this.clusterAlpha() : kind === "word" ? 0.92 : 1);
    if (kind === "near" && spot.away) {
      pen.beginPath();
      pen.moveTo(x, y);
      pen.lineTo(clamp(x, left + 8, right - 8), cy);
      pen.lineWidth = 0.8;
      pen.strokeStyle = cssColour(theme.text, 0.35);
      pen.stroke();
    }
    // A halo in the panel's colour lifts the letters off the points beneath.
    pen.lineJoin = "round";
    pen.lineWidth = kind === "word" ? 3.2 : 4;
    pen.strokeStyle = cssColour(theme.panel, 0.85);
    pen.fillStyle = cssColour(ink);
    const lines = this.lines(kind, index);
    const baseline = (k) => cy + (k - (lines.length - 1) / 2) * style.size * 1.2;
    lines.forEach((line, k) => pen.strokeText(line, cx, baseline(k)));
    lines.forEach((line, k) => pen.fillText(line, cx, baseline(k)));
    pen.globalAlpha = 1;
  }
}
