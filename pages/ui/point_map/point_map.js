/* The point map: one instance per mounted component. Python sends data, the person's choices go back as state. */

const MARK_MS = 240; // dimming of the rest, growth of the links
const PATIENCE_MS = 250; // how long a click waits for its neighbours before the rest is dimmed without them
const GROWTH = 0.4; // discs grow with this power of the zoom: closer up there is room to see between them

class PointMap {
  constructor(root) {
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.root = root;
    this.stage = part("stage");
    this.surface = part("overlay");
    this.toolbar = part("toolbar");
    this.lassoButton = part("lasso");
    this.theme = readTheme(root, "categorical");
    this.options = { labelScale: 1, clusterNames: [], scrollZoom: true, title: "map", unit: "", emptyText: "" };
    this.cloud = Cloud.empty();
    // What is chosen and lit. `sequence` counts the person's choices, `asked` is what Python wanted last.
    Object.assign(this, { clicked: null, selected: [], highlight: [], links: [], lit: null, asked: {}, sequence: 0 });
    Object.assign(this, { hover: -1, cursor: -1, lasso: null, lassoing: false });
    // States of the transitions, 0..1: the rest dimmed, the links grown, the ripple of a click.
    Object.assign(this, { dim: 0, reach: 1, ripple: 1, ratio: 1, version: null, identity: null, seen: "" });
    this.camera = new Camera();
    this.motion = new Motion((now) => this.draw(now));
    this.pilot = new Pilot(this);
    this.painter = choosePainter(part("points"));
    this.overlay = new Overlay(this, this.surface);
    this.hands = new Hands(this, this.surface);
    this.captions = new Captions(this, part);
    this.playback = new Playback(this, part("playback"));
    part("fit").onclick = () => this.pilot.fit();
    part("lasso").onclick = () => this.hands.setLassoing(!this.lassoing);
    part("picture").onclick = () => savePicture(this);
    this.watch();
  }

  watch() {
    const { canvas } = this.painter;
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.stage);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault()); // or it would never come back
    canvas.addEventListener("webglcontextrestored", () => {
      this.painter.setUp();
      this.upload();
      this.light();
    });
    // Names were measured in the fallback font if the page's own arrives later.
    document.fonts?.ready.then(() => {
      this.overlay.labels.reset();
      this.redraw();
    });
    this.resize();
  }

  resize() {
    const { clientWidth, clientHeight } = this.stage;
    if (!clientWidth || !clientHeight) return;
    this.ratio = Math.min(window.devicePixelRatio || 1, 2.5);
    this.seen = ""; // a canvas that changes its size forgets its picture
    for (const canvas of [this.painter.canvas, this.surface]) {
      canvas.width = Math.round(clientWidth * this.ratio);
      canvas.height = Math.round(clientHeight * this.ratio);
    }
    this.camera.resize(clientWidth, clientHeight);
    this.redraw();
  }

  // ---- what Python sends ------------------------------------------------------------------------------------------

  /** Take over `data`; called on every run and at a change of theme. */
  update(data, setStateValue) {
    const { options } = data;
    this.setStateValue = setStateValue;
    this.options = options;
    const before = JSON.stringify(this.theme);
    this.theme = readTheme(this.root, options.palette);
    this.seen = "";
    this.root.style.setProperty("--point-map-height", `${options.height}px`);
    this.surface.style.touchAction = options.scrollZoom ? "none" : "pan-y";
    const first = this.version === null;
    const other = options.identity !== this.identity; // other points than before, not the same ones elsewhere
    const moved = options.version !== this.version;
    if (first) this.sequence = options.sequence;
    if (other) this.takeOtherPoints(data.points);
    else if (moved) this.takeNewPlaces(data.points);
    else if (before !== JSON.stringify(this.theme)) this.upload(); // the clouds hold the theme's colours
    const names = JSON.stringify([options.clusterNames, options.labels, options.late, options.labelScale, this.theme.font]);
    if (other || moved || names !== this.namesDrawn) this.overlay.labels.order();
    this.namesDrawn = names;
    // Marks that answer an older choice than the newest would flash up and vanish: leave them.
    if (other || options.sequence === this.sequence) this.takeMarks(options, first || other);
    if (first) this.pilot.recall(options.restore.view);
    this.takeFrames(data.frames, options.frames);
    this.captions.describe();
    this.redraw();
  }

  takeOtherPoints(table) {
    const { identity, version } = this.options;
    Object.assign(this, { identity, version, clicked: null, selected: [], highlight: [], links: [], asked: {} });
    Object.assign(this, { hover: -1, cursor: -1, lit: null, dim: 0 });
    this.motion.tweens.clear();
    this.cloud = new Cloud(table);
    this.upload();
    this.painter.light(new Uint32Array(0));
    this.camera.frame(boundsOf(this.cloud.given));
    Object.assign(this.camera, this.camera.home, { touched: false });
    this.captions.fillTip();
  }

  /** The same points at new places: go there; the camera follows unless the person chose a view that still holds. */
  takeNewPlaces(table) {
    const { camera } = this;
    this.version = this.options.version;
    this.cloud = new Cloud(table, this.cloud);
    this.upload();
    if (this.options.frames) return; // the frames say where the points lie
    const before = camera.home;
    camera.frame(boundsOf(this.cloud.given));
    const { home } = camera;
    const elsewhere = Math.abs(Math.log(home.scale / before.scale)) > 0.5
      || Math.hypot(home.x - before.x, home.y - before.y) * home.scale > 0.25 * camera.width;
    this.moveTo(this.cloud.given, GLIDE_MS);
    if (!camera.touched || elsewhere) this.pilot.fit();
  }

  takeFrames(table, frames) {
    const { camera, playback } = this;
    if (!frames) {
      if (playback.frames) this.leaveFrames();
      return playback.take(null);
    }
    const first = !playback.frames;
    const added = frames.content !== playback.frames?.content;
    if (added) this.steps = { xs: table.getChild("x").toArray(), ys: table.getChild("y").toArray() };
    playback.take({ ...frames, ...this.steps });
    if (!added) return;
    // One view for the whole recording, or every frame would seem to breathe.
    const some = new Set([0, playback.last >> 1, playback.last]);
    // The bar of the playback, its buttons two letters high, and the gap below it.
    camera.covered = 28 + 2 * parseFloat(getComputedStyle(document.documentElement).fontSize);
    camera.frame(unionOf([...some].map((k) => boundsOf(playback.positions(k)))));
    if (camera.touched) return;
    if (first) Object.assign(camera, camera.home);
    else if (Math.abs(camera.zoom - 1) > 0.02) this.pilot.fit();
  }

  /** No recording any more: back to where the points themselves are. */
  leaveFrames() {
    this.camera.covered = 0;
    this.camera.frame(boundsOf(this.cloud.given));
    this.moveTo(this.cloud.given, GLIDE_MS);
    if (!this.camera.touched) this.pilot.fit();
  }

  /** Clicked point, neighbours and links as Python sees them; what it did not change stays as the person left it. */
  takeMarks({ selected, highlight, links, focus, restore }, fresh) {
    const known = (i) => Number.isInteger(i) && i >= 0 && i < this.cloud.count;
    if (fresh) {
      // A new place in the page's layout is a new instance: it takes up what the person had chosen on the old one.
      this.clicked = [selected, restore.clicked].find(known) ?? null;
      this.selected = this.clicked === null ? restore.selected.filter(known) : [];
    } else if (selected !== this.asked.selected) {
      this.clicked = known(selected) ? selected : null;
      if (this.clicked !== null) this.selected = [];
    }
    const near = this.selected.length ? [] : highlight.filter(known);
    const lines = (links ?? (this.clicked === null ? [] : near.map((i) => [this.clicked, i])))
      .filter(([a, b]) => a !== b && known(a) && known(b));
    const same = JSON.stringify([near, lines]) === JSON.stringify([this.highlight, this.links]);
    Object.assign(this, { highlight: near, links: lines });
    if (!same) this.motion.start("reach", MARK_MS, (t) => (this.reach = t));
    if ((fresh || focus !== this.asked.focus) && known(focus)) this.pilot.flyTo(focus, fresh);
    this.asked = { selected, focus };
    this.light();
  }

  // ---- where things are on the screen -----------------------------------------------------------------------------

  screenPlace(i) { return [this.camera.screenX(this.cloud.x(i)), this.camera.screenY(this.cloud.y(i))]; }

  clusterPlace(c) {
    const [x, y] = this.cloud.middle(c);
    return [this.camera.screenX(x), this.camera.screenY(y)];
  }

  /** Radius in CSS pixels of a point of weight 1: smaller where there are many. */
  get radius() {
    const { width, height, zoom } = this.camera;
    const base = clamp(0.205 * Math.sqrt((width * height) / Math.max(1, this.cloud.count)), 1.1, 4.2);
    return base * clamp(zoom ** GROWTH, 0.75, 3.2);
  }

  radiusOf(i) { return this.radius * this.cloud.weight[i]; }

  /** The point under a screen position, give or take `reach` pixels, or -1. */
  pick(px, py, reach) {
    const { camera, cloud } = this;
    const radius = this.radius / camera.scale;
    const size = (i) => radius * (i < 0 ? HEAVIEST : cloud.weight[i]);
    return cloud.grid.nearest(camera.dataX(px), camera.dataY(py), reach / camera.scale, size);
  }

  /** Boxes on the panel that names keep clear of. */
  obstacles() {
    const frame = this.stage.getBoundingClientRect();
    return [this.toolbar, this.playback.bar, this.captions.status].filter((part) => part.offsetWidth).map((part) => {
      const box = part.getBoundingClientRect();
      const left = box.left - frame.left - 4, top = box.top - frame.top - 4;
      return { left, top, right: left + box.width + 8, bottom: top + box.height + 8 };
    });
  }

  // ---- drawing ----------------------------------------------------------------------------------------------------

  /** Names may have to move, and the picture is to be drawn again. */
  redraw() {
    this.overlay.labels.stale = true;
    this.motion.request();
  }

  /** Draw once; true while something fades by itself. */
  draw(now) {
    const { camera, ratio, radius, dim, theme, motion } = this;
    const { progress } = this.cloud;
    // Hovering, ripples and names change the canvas above only: the points stay as they were drawn.
    const seen = [camera.x, camera.y, camera.scale, camera.width, camera.height, ratio, dim, progress].join();
    if (seen !== this.seen) this.painter.draw({ camera, ratio, radius, dim, theme, progress });
    this.seen = seen;
    const moving = motion.has("camera") || motion.has("places") || Boolean(this.hands.press?.moved);
    const fading = this.overlay.draw(now, moving);
    this.captions.placeTip();
    return fading;
  }

  upload() {
    this.painter.upload(this.cloud);
    const haze = makeHaze(this.cloud.goal, this.cloud.colour, this.theme);
    this.cloudOver(haze, haze);
  }

  cloudOver(from, to) {
    this.seen = "";
    this.haze = to;
    this.painter.cloudOver(from, to);
  }

  moveTo(xy, ms) {
    const { cloud } = this;
    if (!cloud.count || xy.length !== cloud.goal.length) return;
    cloud.setOut(xy);
    this.painter.move(cloud.origin, cloud.goal);
    this.cloudOver(this.haze, makeHaze(cloud.goal, cloud.colour, this.theme));
    this.motion.start("places", ms, (t) => (cloud.progress = ease(t)), () => this.redraw());
  }

  // ---- choices ----------------------------------------------------------------------------------------------------

  setHover(index) {
    if (index === this.hover) return;
    this.hover = index;
    this.surface.dataset.over = index >= 0 ? "point" : "panel";
    this.captions.fillTip();
    this.motion.request();
  }

  setCursor(index) {
    this.cursor = index;
    this.captions.fillTip();
    this.motion.request();
  }

  click(index) {
    this.setCursor(-1);
    if (index >= 0) {
      this.captions.say(`${this.captions.spoken(index)}, opened`);
      this.choose(index, []);
    } else if (this.clicked !== null || this.selected.length) this.choose(null, []);
  }

  clear() {
    this.hands.setLassoing(false);
    this.hands.setLasso(null);
    this.setCursor(-1);
    if (this.clicked !== null || this.selected.length || this.highlight.length) this.choose(null, []);
  }

  /** The person's choice: shown at once, sent to Python, whose neighbours follow. */
  choose(clicked, selected) {
    if (clicked !== this.clicked || selected.length) Object.assign(this, { highlight: [], links: [] });
    Object.assign(this, { clicked, selected });
    this.sequence++;
    this.send();
    this.captions.fillTip();
    this.captions.describe();
    if (clicked === null) this.light();
    else {
      // Ring, ripple and name are there at once. The dimming waits for the neighbours: it is the better picture, and on
      // machines that draw without a GPU its frames would hold up the very message that asks for them.
      this.motion.start("ripple", 350, (t) => (this.ripple = t));
      clearTimeout(this.patience);
      this.patience = setTimeout(() => this.light(), PATIENCE_MS);
      this.redraw();
    }
  }

  /** Light what is chosen and dim the rest. */
  light() {
    clearTimeout(this.patience);
    const clicked = this.clicked === null ? [] : [this.clicked];
    const chosen = this.selected.length ? this.selected : [...this.highlight, ...clicked];
    this.lit = null;
    this.seen = "";
    if (chosen.length) {
      this.lit = new Uint8Array(this.cloud.count);
      for (const i of chosen) this.lit[i] = 1;
      this.painter.light(Uint32Array.from(chosen));
    }
    const start = this.dim, goal = chosen.length ? 1 : 0;
    // The lit points stay on the GPU while the rest comes back, or they would blink.
    const done = () => !this.lit && this.painter.light(new Uint32Array(0));
    if (start === goal) done();
    else this.motion.start("dim", MARK_MS, (t) => (this.dim = start + (goal - start) * ease(t)), done);
    this.redraw();
  }

  /** Tell Python. The choices travel as one value: each setStateValue is a run of the page. */
  send() {
    const { camera, playback, clicked, selected, sequence, identity } = this;
    const view = { x: camera.x, y: camera.y, zoom: camera.zoom };
    const frame = playback.frames?.report ? playback.at : null;
    this.pilot.remember();
    this.setStateValue?.("pick", { clicked, selected, view, frame, sequence, identity });
  }

  dispose() {
    clearTimeout(this.patience);
    this.pilot.remember();
    for (const part of [this.motion, this.pilot, this.playback, this.painter]) part.dispose();
    this.sizes.disconnect();
  }
}

/** Called by Streamlit at mounting and whenever data or theme change; what it returns runs once, at unmounting. */
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector("[data-part=root]");
  const map = (root.pointMap ??= new PointMap(root));
  map.update(data, setStateValue);
  return () => {
    map.dispose();
    delete root.pointMap;
  };
}
