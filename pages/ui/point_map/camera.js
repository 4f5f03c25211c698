/* The camera: which part of the plane the panel shows. In the data y points up, on the screen down. */

const ZOOM_OUT_LIMIT = 0.5; // of the scale that fits everything
const ZOOM_IN_LIMIT = 400;

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

class Camera {
  constructor() {
    Object.assign(this, { x: 0, y: 0, scale: 1, width: 1, height: 1, touched: false });
    this.covered = 0; // pixels at the lower edge that lie under the playback bar
    this.home = { x: 0, y: 0, scale: 1 }; // the view that fits everything
    this.bounds = { left: -1, right: 1, bottom: -1, top: 1 };
  }

  /** How far the view is zoomed in; 1 shows everything. */
  get zoom() {
    return this.scale / this.home.scale;
  }

  screenX(x) { return (x - this.x) * this.scale + this.width / 2; }
  screenY(y) { return (this.y - y) * this.scale + this.height / 2; }
  dataX(px) { return (px - this.width / 2) / this.scale + this.x; }
  dataY(py) { return this.y - (py - this.height / 2) / this.scale; }

  /** Take the panel's size in CSS pixels; a view nobody has moved keeps fitting. */
  resize(width, height) {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    this.frame(this.bounds);
    if (!this.touched) Object.assign(this, this.home);
  }

  /** Find the view that fits `bounds`, with room for labels at the rim and the buttons. */
  frame(bounds) {
    this.bounds = bounds;
    const room = Math.min(48, this.width * 0.07, this.height * 0.09);
    const across = Math.max(1e-6, bounds.right - bounds.left);
    const up = Math.max(1e-6, bounds.top - bounds.bottom);
    const scale = Math.min((this.width - 2 * room) / across, (this.height - this.covered - 2 * room) / up);
    const y = (bounds.bottom + bounds.top) / 2 - this.covered / 2 / scale;
    this.home = { x: (bounds.left + bounds.right) / 2, y, scale };
  }

  limit(scale) {
    return clamp(scale, this.home.scale * ZOOM_OUT_LIMIT, this.home.scale * ZOOM_IN_LIMIT);
  }

  /** Zoom so that the data under the screen point stays there. */
  zoomTo(px, py, scale) {
    const x = this.dataX(px), y = this.dataY(py);
    this.scale = this.limit(scale);
    this.x = x - (px - this.width / 2) / this.scale;
    this.y = y + (py - this.height / 2) / this.scale;
    this.touched = true;
  }

  panBy(dx, dy) {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
    this.touched = true;
  }

  /** A flight from here to `goal`, as a function of time 0..1. */
  flight(goal) {
    const start = { x: this.x, y: this.y, scale: this.scale };
    const ratio = goal.scale / start.scale;
    return (t) => {
      this.scale = start.scale * ratio ** t;
      // Moving the centre with 1/scale keeps one point of the screen still: a zoom without swerving.
      const along = Math.abs(Math.log(ratio)) < 0.01
        ? t
        : (1 / start.scale - 1 / this.scale) / (1 / start.scale - 1 / goal.scale);
      this.x = start.x + (goal.x - start.x) * along;
      this.y = start.y + (goal.y - start.y) * along;
    };
  }
}

/** Bounds of the points. A few far outliers may not squeeze the rest together: then the inner 99 % decide. */
function boundsOf(xy) {
  const range = (offset) => {
    const values = new Float32Array(xy.length / 2);
    let n = 0;
    for (let i = offset; i < xy.length; i += 2) if (Number.isFinite(xy[i])) values[n++] = xy[i];
    if (!n) return [-1, 1];
    const sorted = values.subarray(0, n).sort();
    const inner = [sorted[Math.floor(n * 0.005)], sorted[Math.ceil(n * 0.995) - 1]];
    const full = [sorted[0], sorted[n - 1]];
    const whole = full[1] - full[0] <= 1.6 * (inner[1] - inner[0]) ? full : inner;
    return whole[1] > whole[0] ? whole : [whole[0] - 1, whole[0] + 1];
  };
  const [left, right] = range(0), [bottom, top] = range(1);
  return { left, right, bottom, top };
}

function unionOf(boxes) {
  const all = (side, pick) => pick(...boxes.map((box) => box[side]));
  const [left, right] = [all("left", Math.min), all("right", Math.max)];
  return { left, right, bottom: all("bottom", Math.min), top: all("top", Math.max) };
}
