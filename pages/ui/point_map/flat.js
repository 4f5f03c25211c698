/* Drawing the points on a plain canvas, where there is no WebGL: the same picture with fewer points. */

const FLAT_CAPACITY = 20000;

class FlatPainter {
  static on(canvas) {
    const pen = canvas.getContext("2d");
    return pen ? new FlatPainter(pen, canvas) : null;
  }

  constructor(pen, canvas) {
    this.pen = pen;
    this.canvas = canvas;
    this.name = "canvas";
    this.capacity = FLAT_CAPACITY;
    this.cloud = null;
    this.lit = [];
  }

  upload(cloud) { this.cloud = cloud; }
  move() {} // reads the cloud itself
  cloudOver(from, to) {
    this.haze = null;
    if (!to) return;
    const picture = document.createElement("canvas");
    Object.assign(picture, { width: to.pixels.width, height: to.pixels.height });
    picture.getContext("2d").putImageData(to.pixels, 0, 0);
    this.haze = { ...to, picture };
  }

  light(indices) { this.lit = indices; }
  setUp() {}
  dispose() {}

  draw({ camera, ratio, radius, dim, theme }) {
    const { pen, cloud } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!cloud) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.globalAlpha = hazeStrength({ camera, dim });
    if (this.haze) {
      const { picture, left, top, width, height } = this.haze;
      const { scale } = camera;
      pen.drawImage(picture, camera.screenX(left), camera.screenY(top), width * scale, height * scale);
    }
    // One path per colour: a fill per point would be ten times slower.
    const paint = (indices, count, extra) => {
      const paths = new Map();
      for (let k = 0; k < count; k++) {
        const i = indices ? indices[k] : k;
        const x = camera.screenX(cloud.x(i)), y = camera.screenY(cloud.y(i));
        const r = radius * cloud.weight[i] + extra;
        if (!(x > -r && y > -r && x < camera.width + r && y < camera.height + r)) continue;
        let path = paths.get(cloud.colour[i]);
        if (!path) paths.set(cloud.colour[i], (path = new Path2D()));
        path.moveTo(x + r, y);
        path.arc(x, y, r, 0, 2 * Math.PI);
      }
      for (const [c, path] of paths) {
        pen.fillStyle = cssColour(colourOf(theme, c));
        pen.fill(path);
      }
    };
    pen.globalAlpha = 0.85 - 0.68 * dim;
    paint(null, Math.min(cloud.count, this.capacity), 0);
    pen.globalAlpha = 0.95 * dim;
    if (this.lit.length && dim > 0) paint(this.lit, this.lit.length, 0.7);
    pen.globalAlpha = 1;
  }
}

/** The best painter this browser has. A canvas that failed to give WebGL can still give a plain context. */
function choosePainter(canvas) {
  try {
    const painter = GlPainter.on(canvas);
    if (painter) return painter;
  } catch (error) {
    // A driver that offers WebGL 2 but cannot link the shader: that canvas is spent, take a fresh one.
    console.warn("point map: WebGL failed, drawing on a plain canvas instead.", error.message);
    const fresh = canvas.cloneNode();
    canvas.replaceWith(fresh);
    return FlatPainter.on(fresh);
  }
  return FlatPainter.on(canvas);
}
