/* Moving the camera: by hand, and by itself. */

const lastViews = new Map(); // the view of every map of this tab, by key: a page one comes back to looks as one left it

class Pilot {
  constructor(map) {
    this.map = map;
    this.camera = map.camera;
    this.zoomGoal = 0; // where wheel steps under way will end
  }

  fit() {
    const { camera, map } = this;
    map.motion.start("camera", 450, eased(camera.flight(camera.home)), () => {
      camera.touched = false;
      this.settle();
    });
  }

  /** Fly to a point, and closer if the view is wide. */
  flyTo(index, atOnce) {
    const { camera, map } = this;
    const [x, y] = [map.cloud.goal[2 * index], map.cloud.goal[2 * index + 1]];
    const scale = camera.limit(Math.max(camera.scale, camera.home.scale * 3.5));
    camera.touched = true;
    map.motion.start("camera", atOnce ? 0 : 700, eased(camera.flight({ x, y, scale })), () => this.settle());
  }

  /** Move just so far that a point lies inside the panel. */
  bringIn(index) {
    const { camera, map } = this;
    const rim = 40;
    const [x, y] = map.screenPlace(index);
    const dx = x - clamp(x, rim, Math.max(rim, camera.width - rim));
    const dy = y - clamp(y, rim, Math.max(rim, camera.height - rim));
    if (!dx && !dy) return;
    camera.touched = true;
    const goal = { x: camera.x + dx / camera.scale, y: camera.y - dy / camera.scale, scale: camera.scale };
    map.motion.start("camera", 200, eased(camera.flight(goal)), () => this.settle());
  }

  pan(dx, dy) {
    this.stop();
    this.camera.panBy(dx, dy);
    this.map.redraw();
  }

  /** Zoom about a screen point; wheel steps add up and are smoothed. */
  zoomBy(px, py, factor, smooth) {
    const { camera, map } = this;
    const start = camera.scale;
    const goal = camera.limit((this.zoomGoal || start) * factor);
    const apply = (t) => camera.zoomTo(px, py, start * (goal / start) ** t);
    this.zoomGoal = smooth ? goal : 0;
    map.motion.start("camera", smooth ? 140 : 0, apply, () => this.settle());
  }

  stop() {
    this.zoomGoal = 0;
    this.map.motion.stop("camera");
  }

  /** The view has come to rest. */
  settle() {
    this.zoomGoal = 0;
    this.map.redraw();
    this.remember();
    clearTimeout(this.settling);
    if (this.map.options.watchView) this.settling = setTimeout(() => this.map.send(), 500);
  }

  /** Keep the view for the next instance of this map. */
  remember() {
    const { camera, map } = this;
    const view = camera.touched ? { x: camera.x, y: camera.y, zoom: camera.zoom, identity: map.identity } : null;
    lastViews.set(map.options.key, view);
  }

  /** Take up the view of an earlier instance, or the one that Python knows of. */
  recall(known) {
    const { camera, map } = this;
    const view = lastViews.has(map.options.key) ? lastViews.get(map.options.key) : known;
    if (!view || (view.identity ?? map.identity) !== map.identity || map.options.focus !== null) return;
    Object.assign(camera, { x: view.x, y: view.y, scale: camera.limit(camera.home.scale * view.zoom) });
    camera.touched = Math.abs(view.zoom - 1) > 0.01;
  }

  dispose() {
    clearTimeout(this.settling);
  }
}
