/* What lies above the points on a canvas of its own: links, rings, names, the lasso. */

class Overlay {
  constructor(map, canvas) {
    this.map = map;
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.labels = new Labels(map, this.pen);
  }

  /** Draw all of it; true while something is still moving by itself. */
  draw(now, moving) {
    const { map, pen } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.setTransform(map.ratio, 0, 0, map.ratio, 0, 0);
    this.drawLinks();
    this.drawRings();
    const fading = this.labels.draw(now, moving);
    this.drawLasso();
    return fading;
  }

  drawLinks() {
    const { map, pen } = this;
    pen.lineWidth = 1.4;
    pen.lineCap = "round";
    for (const [a, b] of map.links) {
      const [x0, y0] = map.screenPlace(a), [x1, y1] = map.screenPlace(b);
      const length = Math.hypot(x1 - x0, y1 - y0);
      const grown = map.reach; // the lines grow out of the clicked point
      // Start and end at the rims, not under the discs.
      const start = (map.radiusOf(a) + 4) / length, end = Math.min(grown, 1 - (map.radiusOf(b) + 2) / length);
      if (!(end > start)) continue;
      const fade = pen.createLinearGradient(x0, y0, x1, y1);
      fade.addColorStop(0, cssColour(map.theme.primary, 0.9));
      fade.addColorStop(1, cssColour(colourOf(map.theme, map.cloud.colour[b]), 0.45));
      pen.strokeStyle = fade;
      pen.beginPath();
      pen.moveTo(x0 + (x1 - x0) * start, y0 + (y1 - y0) * start);
      pen.lineTo(x0 + (x1 - x0) * end, y0 + (y1 - y0) * end);
      pen.stroke();
    }
  }

  ring(index, gap, width, colour) {
    const { map, pen } = this;
    const [x, y] = map.screenPlace(index);
    pen.beginPath();
    pen.arc(x, y, map.radiusOf(index) + gap, 0, 2 * Math.PI);
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.stroke();
  }

  drawRings() {
    const { map } = this;
    const { theme } = map;
    for (const index of map.clicked === null ? [] : map.highlight) {
      this.ring(index, 1.2, 1.5, cssColour(theme.panel, 0.95));
    }
    if (map.clicked !== null) {
      this.ring(map.clicked, 2.2, 2.6, cssColour(theme.panel, 0.95));
      this.ring(map.clicked, 3.6, 2.2, cssColour(theme.primary));
      // A ripple that answers the click at once, before anything has come back from the server.
      if (map.ripple < 1) {
        this.ring(map.clicked, 4 + 22 * map.ripple, 2 * (1 - map.ripple), cssColour(theme.primary, 1 - map.ripple));
      }
    }
    for (const index of new Set([map.hover, map.cursor])) {
      if (index >= 0 && index !== map.clicked) this.ring(index, 2.4, 1.8, cssColour(theme.text, 0.85));
    }
  }

  drawLasso() {
    const { map, pen } = this;
    const loop = map.lasso;
    if (!loop || loop.length < 2) return;
    pen.beginPath();
    for (const [x, y] of loop) pen.lineTo(map.camera.screenX(x), map.camera.screenY(y));
    pen.closePath();
    pen.fillStyle = cssColour(map.theme.primary, 0.1);
    pen.fill();
    pen.setLineDash([6, 5]);
    pen.lineWidth = 1.6;
    pen.strokeStyle = cssColour(map.theme.primary, 0.9);
    pen.stroke();
    pen.setLineDash([]);
  }
}
