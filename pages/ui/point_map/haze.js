/* The soft clouds behind the points: their density, coloured and blurred, as a small picture stretched over the map.

   Counted into a coarse grid once for each set of places. Drawing every point a second time as a wide, faint blot gives
   the same picture, at three times the cost of the points themselves in every single frame. */

const HAZE_CELLS = 150; // along the longer side of the map
const HAZE_BLUR = 2; // cells; three passes of a box of this radius are close to a Gaussian
const HAZE_COVER = 0.5; // the densest places are covered by so much

/** {pixels: ImageData, top row first, left, top, width, height in data units}, or null without points. */
function makeHaze(xy, colour, theme) {
  const n = colour.length;
  if (!n) return null;
  const { left, right, bottom, top } = boundsOf(xy);
  const cell = Math.max(right - left, top - bottom) / HAZE_CELLS;
  const rim = 4 * HAZE_BLUR; // so that the blur ends before the picture does
  const w = Math.ceil((right - left) / cell) + 2 * rim, h = Math.ceil((top - bottom) / cell) + 2 * rim;
  const channels = [0, 1, 2, 3].map(() => new Float32Array(w * h)); // red, green, blue sums and the count
  const inks = new Map();
  for (let i = 0; i < n; i++) {
    const col = Math.floor((xy[2 * i] - left) / cell) + rim, row = Math.floor((top - xy[2 * i + 1]) / cell) + rim;
    if (!(col >= 0 && row >= 0 && col < w && row < h)) continue;
    let ink = inks.get(colour[i]);
    if (!ink) inks.set(colour[i], (ink = colourOf(theme, colour[i])));
    for (let k = 0; k < 3; k++) channels[k][row * w + col] += ink[k];
    channels[3][row * w + col] += 1;
  }
  const spare = new Float32Array(w * h);
  for (const channel of channels) {
    for (let pass = 0; pass < 3; pass++) {
      blurLines(channel, spare, w, h, 1, w);
      blurLines(spare, channel, h, w, w, 1);
    }
  }
  const pixels = hazePixels(channels, w, h);
  return { pixels, left: left - rim * cell, top: top + rim * cell, width: w * cell, height: h * cell };
}

/** One box blur along lines of `length` cells that lie `step` apart; `stride` leads to the next line. */
function blurLines(from, to, length, lines, step, stride) {
  const share = 1 / (2 * HAZE_BLUR + 1);
  for (let line = 0; line < lines; line++) {
    let sum = 0;
    for (let k = -HAZE_BLUR; k < length; k++) {
      if (k + HAZE_BLUR < length) sum += from[line * stride + (k + HAZE_BLUR) * step];
      if (k - HAZE_BLUR - 1 >= 0) sum -= from[line * stride + (k - HAZE_BLUR - 1) * step];
      if (k >= 0) to[line * stride + k * step] = Math.max(0, sum * share);
    }
  }
}

function hazePixels([red, green, blue, count], w, h) {
  // The crowd an average point stands in. A lone point casts nothing, a crowd approaches the full cover.
  let sum = 0, squares = 0;
  for (const d of count) { sum += d; squares += d * d; }
  const usual = squares / Math.max(sum, 1e-9);
  const pixels = new ImageData(w, h);
  for (let k = 0; k < count.length; k++) {
    const d = count[k];
    if (d <= 1e-6) continue;
    const t = (d / usual) ** 2;
    pixels.data[4 * k] = (red[k] / d) * 255;
    pixels.data[4 * k + 1] = (green[k] / d) * 255;
    pixels.data[4 * k + 2] = (blue[k] / d) * 255;
    pixels.data[4 * k + 3] = ((HAZE_COVER * t) / (t + 0.45)) * 255;
  }
  return pixels;
}

/** The haze belongs to the whole; close up, the points speak for themselves. */
function hazeStrength({ camera, dim }) {
  return clamp(1.1 - Math.log2(Math.max(1, camera.zoom)) / 2.8, 0, 1) * (1 - 0.7 * dim);
}
