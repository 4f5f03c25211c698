/* Questions about places: which point lies here, which in that direction, which inside a loop. */

/** A bucket grid over the points: the nearest point in constant time for even 100,000 of them. */
class Grid {
  constructor(xy) {
    const n = xy.length / 2;
    this.xy = xy;
    let left = Infinity, right = -Infinity, bottom = Infinity, top = -Infinity;
    for (let i = 0; i < n; i++) {
      const x = xy[2 * i], y = xy[2 * i + 1];
      if (!Number.isFinite(x + y)) continue;
      left = Math.min(left, x); right = Math.max(right, x);
      bottom = Math.min(bottom, y); top = Math.max(top, y);
    }
    if (left > right) left = right = bottom = top = 0;
    this.left = left;
    this.bottom = bottom;
    this.side = clamp(Math.ceil(Math.sqrt(n / 3)), 1, 400);
    this.cell = Math.max((right - left) / this.side, (top - bottom) / this.side, 1e-9);
    // Counting sort by cell: `members` holds the points of cell c at starts[c] .. starts[c + 1].
    const cellOf = new Int32Array(n).fill(-1);
    this.starts = new Int32Array(this.side * this.side + 1);
    for (let i = 0; i < n; i++) {
      if (!Number.isFinite(xy[2 * i] + xy[2 * i + 1])) continue;
      cellOf[i] = this.row(xy[2 * i + 1]) * this.side + this.column(xy[2 * i]);
      this.starts[cellOf[i] + 1]++;
    }
    for (let c = 0; c < this.starts.length - 1; c++) this.starts[c + 1] += this.starts[c];
    const next = this.starts.slice();
    this.members = new Int32Array(n);
    for (let i = 0; i < n; i++) if (cellOf[i] >= 0) this.members[next[cellOf[i]]++] = i;
  }

  column(x) { return clamp(Math.floor((x - this.left) / this.cell), 0, this.side - 1); }
  row(y) { return clamp(Math.floor((y - this.bottom) / this.cell), 0, this.side - 1); }

  /** The point whose disc is nearest to (x, y) within `reach`, or -1. `radius(i)` and `reach` in data units. */
  nearest(x, y, reach, radius) {
    let best = -1, bestDistance = reach;
    const far = reach + radius(-1); // the largest disc may reach in from another cell
    for (let r = this.row(y - far); r <= this.row(y + far); r++) {
      for (let c = this.column(x - far); c <= this.column(x + far); c++) {
        const cell = r * this.side + c;
        for (let k = this.starts[cell]; k < this.starts[cell + 1]; k++) {
          const i = this.members[k];
          // Distance to the rim, so that a small point on top of a large one can still be reached.
          const distance = Math.hypot(this.xy[2 * i] - x, this.xy[2 * i + 1] - y) - 0.6 * radius(i);
          if (distance < bestDistance) { best = i; bestDistance = distance; }
        }
      }
    }
    return best;
  }
}

/** The nearest point in direction (dx, dy), a step along an axis; what lies sideways counts as farther. */
function nearestInDirection(xy, from, dx, dy) {
  const x0 = xy[2 * from], y0 = xy[2 * from + 1];
  let best = -1, bestCost = Infinity;
  for (let i = 0; i < xy.length / 2; i++) {
    const ahead = (xy[2 * i] - x0) * dx + (xy[2 * i + 1] - y0) * dy;
    const aside = Math.abs((xy[2 * i] - x0) * dy) + Math.abs((xy[2 * i + 1] - y0) * dx);
    if (i === from || !(ahead > 0) || aside > 1.2 * ahead) continue;
    const cost = ahead + 2 * aside;
    if (cost < bestCost) { best = i; bestCost = cost; }
  }
  return best;
}

/** The points inside a closed loop (list of [x, y] in data units), in ascending order: even-odd rule. */
function pointsInside(xy, loop) {
  const xs = loop.map((corner) => corner[0]), ys = loop.map((corner) => corner[1]);
  const left = Math.min(...xs), right = Math.max(...xs), bottom = Math.min(...ys), top = Math.max(...ys);
  const inside = [];
  for (let i = 0; i < xy.length / 2; i++) {
    const x = xy[2 * i], y = xy[2 * i + 1];
    if (!(x >= left && x <= right && y >= bottom && y <= top)) continue;
    let odd = false;
    for (let a = 0, b = loop.length - 1; a < loop.length; b = a++) {
      const crosses = ys[a] > y !== ys[b] > y;
      if (crosses && x < ((xs[b] - xs[a]) * (y - ys[a])) / (ys[b] - ys[a]) + xs[a]) odd = !odd;
    }
    if (odd) inside.push(i);
  }
  return inside;
}
