/* The point map: one instance per mounted component. Python sends data, the person's choices go back as state. */

const HOVER_REACH_ZOOM = 0.4; // discs grow with the 0.4th power of the zoom: room to see between them
const MARK_MS = 240; // dimming of the rest, growth of the links

const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);

class PointMap {
  constructor(root) {
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.root = root;
    this.stage = part("stage");
    this.tip = part("tip");
    this.status = part("status");
    this.voice = part("voice");
    this.camera = new Camera();
    this.options = { labelScale: 1, clusterNames: [], scrollZoom: true, title: "map" };
    this.cloud = { count: 0, goal: new Float32Array(0), origin: new Float32Array(0), colour: [], weight: [], size: null };
    Object.assign(this, { progress: 1, ratio: 1, version: null, identity: null, sequence: 0, clusterPlaces: [] });
    Object.assign(this, { clicked: null, selected: [], highlight: [], links: [], lit: null, asked: {} });
    Object.assign(this, { hover: -1, cursor: -1, dim: 0, reach: 1, ripple: 1, lasso: null, lassoing: false });
    Object.assign(this, { labelOrder: [], clusterOrder: [], pending: 0, tweens: new Map(), disposed: false });
    this.motion = matchMedia("(prefers-reduced-motion: reduce)");
    this.theme = readTheme(root, "categorical");
    const canvas = part("points");
    this.painter = choosePainter(canvas);
    this.surface = part("overlay");
    this.overlay = new Overlay(this, this.surface);
    this.hands = new Hands(this, this.surface);
    this.playback = new Playback(this, part("playback"));
    this.bindButtons(part);
    this.watch();
  }

  /** True for people who asked their system for less motion. */
  get calm() {
    return this.motion.matches;
  }

  bindButtons(part) {
    part("fit").onclick = () => this.fit();
    part("lasso").onclick = () => this.setLassoing(!this.lassoing);
    part("picture").onclick = () => this.savePicture();
    this.lassoButton = part("lasso");
    this.toolbar = part("toolbar");
  }

  watch() {
    const { canvas } = this.painter;
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.stage);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault()); // or it would never come back
    canvas.addEventListener("webglcontextrestored", () => {
      this.painter.setUp();
      this.painter.upload(this.cloud);
      this.light();
      this.request();
    });
    // Names were measured in the fallback font if the page's own arrived later.
    document.fonts?.ready.then(() => { this.overlay.labels.reset(); this.request(); });
    this.resize();
  }

  // ---- what Python sends ------------------------------------------------------------------------------------------

  /** Take over `data`; called on every run and at a change of theme. */
  update(data, setStateValue) {
    this.report = setStateValue;
    const options = data.options;
    this.theme = readTheme(this.root, options.palette);
    this.root.style.setProperty("--point-map-height", `${options.height}px`);
    this.surface.style.touchAction = options.scrollZoom ? "none" : "pan-y";
    const words = JSON.stringify([options.clusterNames, options.labels, options.labelScale, this.theme.font]);
    Object.assign(this.options, options);
    const first = this.version === null;
    const other = options.identity !== this.identity; // other points than before, not the same ones elsewhere
    const moved = options.version !== this.version;
    if (moved) this.takePoints(data.points, other);
    if (moved || words !== this.words) this.orderLabels();
    this.words = words;
    if (first) this.sequence = options.sequence;
    // Marks that answer an older click than the newest one would flash up and vanish: leave them.
    if (other || options.sequence === this.sequence) this.takeMarks(options, first || other);
    this.takeFrames(data.frames, options.frames);
    this.describe();
    this.overlay.labels.stale = true;
    this.request();
  }

  takePoints(table, other) {
    const { options } = this;
    const x = table.getChild("x").toArray(), y = table.getChild("y").toArray();
    const n = x.length;
    const xy = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) { xy[2 * i] = x[i]; xy[2 * i + 1] = y[i]; }
    this.version = options.version;
    this.names = table.getChild("name");
    this.nameCache = [];
    const size = table.getChild("size")?.toArray() ?? null;
    const colour = table.getChild("colour")?.toArray() ?? new Uint8Array(n);
    const cloud = { count: n, size, colour, weight: weightsOf(xy, size) };
    if (other) {
      this.identity = options.identity;
      Object.assign(this, { clicked: null, selected: [], highlight: [], links: [], lit: null, hover: -1, cursor: -1 });
      this.asked = {};
      this.overlay.labels.reset();
      this.tweens.clear();
      Object.assign(this, { dim: 0, progress: 1 });
      this.cloud = { ...cloud, origin: xy, goal: xy };
      this.painter.upload(this.cloud);
      this.light();
      this.arrive();
      this.camera.touched = false;
      this.camera.frame(boundsOf(xy));
      Object.assign(this.camera, this.camera.home);
    } else {
      this.cloud = { ...this.cloud, ...cloud };
      this.painter.upload(this.cloud);
      if (!options.frames) this.travel(xy);
    }
  }

  /** The same points at new places: go there, and follow with the camera unless the person chose a view that holds. */
  travel(xy) {
    const before = this.camera.home;
    this.camera.frame(boundsOf(xy));
    const { home } = this.camera;
    const elsewhere = Math.abs(Math.log(home.scale / before.scale)) > 0.5
      || Math.hypot(home.x - before.x, home.y - before.y) * home.scale > 0.25 * this.camera.width;
    this.moveTo(xy, GLIDE_MS);
    if (!this.camera.touched || elsewhere) this.fit();
  }

  orderLabels() {
    const { cloud, options } = this;
    if (options.labels) this.labelOrder = options.labels;
    else {
      this.labelOrder = Array.from({ length: cloud.count }, (_, i) => i);
      if (cloud.size) this.labelOrder.sort((a, b) => cloud.size[b] - cloud.size[a]);
    }
    if (!this.names) this.labelOrder = [];
    const members = new Array(256).fill(0);
    for (const c of cloud.colour) members[c]++;
    this.clusterOrder = options.clusterNames.map((name, c) => c).filter((c) => options.clusterNames[c] && members[c]);
    this.clusterOrder.sort((a, b) => members[b] - members[a]);
    this.overlay.labels.reset();
  }

  /** Clicked point, neighbours and links as Python sees them; what Python did not change stays as the person left it. */
  takeMarks({ selected, highlight, links, focus }, fresh) {
    const inside = (i) => Number.isInteger(i) && i >= 0 && i < this.cloud.count;
    const changed = (name, value) => fresh || JSON.stringify(this.asked[name] ?? null) !== JSON.stringify(value ?? null);
    if (changed("selected", selected)) {
      this.clicked = inside(selected) ? selected : null;
      if (this.clicked !== null) this.selected = [];
    }
    const near = this.clicked === null && !this.selected.length ? highlight : this.clicked === null ? [] : highlight;
    const lines = links ?? (this.clicked === null ? [] : near.map((i) => [this.clicked, i]));
    const same = JSON.stringify([near, lines]) === JSON.stringify([this.highlight, this.links]);
    this.highlight = near.filter(inside);
    this.links = lines.filter(([a, b]) => a !== b && inside(a) && inside(b));
    if (!same) this.tween("reach", MARK_MS, (t) => (this.reach = t));
    if (changed("focus", focus) && inside(focus)) this.flyTo(focus, fresh);
    this.asked = { selected, focus };
    this.light();
  }

  takeFrames(table, frames) {
    if (!frames) return this.playback.take(null);
    if (frames.count && table && frames.series !== this.playback.frames?.series) {
      const xs = table.getChild("x").toArray(), ys = table.getChild("y").toArray();
      this.frameArrays = { xs, ys };
      const [left, bottom, width, height] = frames.box;
      this.camera.frame({ left, bottom, right: left + width, top: bottom + height });
      if (!this.camera.touched) Object.assign(this.camera, this.camera.home);
    }
    this.playback.take({ ...frames, ...this.frameArrays });
  }

  // ---- where things are -------------------------------------------------------------------------------------------

  x(i) { const { origin, goal } = this.cloud; return origin[2 * i] + (goal[2 * i] - origin[2 * i]) * this.progress; }
  y(i) { const { origin, goal } = this.cloud; return origin[2 * i + 1] + (goal[2 * i + 1] - origin[2 * i + 1]) * this.progress; }
  screenPlace(i) { return [this.camera.screenX(this.x(i)), this.camera.screenY(this.y(i))]; }

  clusterPlace(c) {
    const [x0, y0, x1, y1] = this.clusterPlaces[c] ?? [0, 0, 0, 0];
    const at = (from, to) => from + (to - from) * this.progress;
    return [this.camera.screenX(at(x0, x1)), this.camera.screenY(at(y0, y1))];
  }

  /** Radius in CSS pixels of a point of weight 1: smaller where there are many. */
  get radius() {
    const { width, height, zoom } = this.camera;
    const base = clamp(0.205 * Math.sqrt((width * height) / Math.max(1, this.cloud.count)), 1.1, 4.2);
    return base * clamp(zoom ** HOVER_REACH_ZOOM, 0.75, 3.2);
  }

  radiusOf(i) { return this.radius * this.cloud.weight[i]; }

  nameOf(i) {
    if (!this.names) return "";
    return (this.nameCache[i] ??= String(this.names.get(i) ?? ""));
  }

  pick(px, py, reach) {
    const { camera, cloud } = this;
    if (!cloud.count) return -1;
    const { scale } = camera;
    const r = this.radius;
    const size = (i) => (r * (i < 0 ? HEAVIEST : cloud.weight[i])) / scale;
    return this.grid.nearest(camera.dataX(px), camera.dataY(py), reach / scale, size);
  }

  /** Boxes on the panel that names keep clear of. */
  obstacles() {
    const frame = this.stage.getBoundingClientRect();
    return [this.toolbar, this.playback.bar, this.status].filter((part) => part.offsetWidth).map((part) => {
      const box = part.getBoundingClientRect();
      const [left, top] = [box.left - frame.left, box.top - frame.top];
      return { left: left - 4, top: top - 4, right: left + box.width + 4, bottom: top + box.height + 4 };
    });
  }

  // ---- motion -----------------------------------------------------------------------------------------------------

  /** Run `apply(t)` for t from 0 to 1 over `ms`; a second tween of the same name replaces the first. */
  tween(name, ms, apply, done) {
    if (this.calm || ms <= 0 || this.disposed) {
      this.tweens.delete(name);
      apply(1);
      done?.();
    } else {
      apply(0);
      this.tweens.set(name, { start: performance.now(), ms, apply, done });
    }
    this.request();
  }

  moveTo(xy, ms) {
    if (!this.cloud.count || xy.length !== this.cloud.goal.length) return;
    const { cloud } = this;
    if (this.progress === 1) cloud.origin = cloud.goal;
    else {
      // Turn round in mid-flight: start from where the points are now.
      const now = new Float32Array(xy.length);
      for (let k = 0; k < now.length; k++) now[k] = cloud.origin[k] + (cloud.goal[k] - cloud.origin[k]) * this.progress;
      cloud.origin = now;
    }
    cloud.goal = xy;
    this.painter.move(cloud.origin, cloud.goal);
    this.arrive();
    this.tween("places", ms, (t) => (this.progress = ease(t)));
  }

  /** The goal has changed: index it, and find the middles of the clusters. */
  arrive() {
    const { cloud } = this;
    this.grid = new Grid(cloud.goal);
    const from = clusterMiddles(cloud.origin, cloud.colour);
    const to = cloud.origin === cloud.goal ? from : clusterMiddles(cloud.goal, cloud.colour);
    this.clusterPlaces = to.map((place, c) => place && [...from[c], ...place]);
    this.overlay.labels.stale = true;
  }

  request() {
    if (!this.pending && !this.disposed) this.pending = requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    this.pending = 0;
    for (const [name, tween] of this.tweens) {
      const t = clamp((now - tween.start) / tween.ms, 0, 1);
      tween.apply(t);
      if (t === 1 && this.tweens.get(name) === tween) {
        this.tweens.delete(name);
        tween.done?.();
      }
    }
    const moving = this.tweens.has("camera") || this.tweens.has("places") || Boolean(this.hands.press?.moved);
    const { camera, ratio, progress, radius, dim, theme } = this;
    this.painter.draw({ camera, ratio, progress, radius, dim, theme });
    const fading = this.overlay.draw(now, moving);
    this.placeTip();
    if (this.tweens.size || fading) this.request();
  }

  resize() {
    const { clientWidth, clientHeight } = this.stage;
    if (!clientWidth || !clientHeight) return;
    this.ratio = Math.min(window.devicePixelRatio || 1, 2.5);
    for (const canvas of [this.painter.canvas, this.surface]) {
      canvas.width = Math.round(clientWidth * this.ratio);
      canvas.height = Math.round(clientHeight * this.ratio);
    }
    this.camera.resize(clientWidth, clientHeight);
    this.root.dataset.narrow = clientWidth < 500;
    this.overlay.labels.stale = true;
    this.request();
  }

  // ---- the view ---------------------------------------------------------------------------------------------------

  fit() {
    this.tween("camera", 450, eased(this.camera.flight(this.camera.home)), () => (this.camera.touched = false));
  }

  flyTo(index, atOnce) {
    const scale = this.camera.limit(Math.max(this.camera.scale, this.camera.home.scale * 3.5));
    const goal = { x: this.cloud.goal[2 * index], y: this.cloud.goal[2 * index + 1], scale };
    this.camera.touched = true;
    this.tween("camera", atOnce ? 0 : 700, eased(this.camera.flight(goal)));
  }

  stopFlight() { this.tweens.delete("camera"); }

  pan(dx, dy) {
    this.stopFlight();
    this.camera.panBy(dx, dy);
    this.overlay.labels.stale = true;
    this.request();
  }

  /** Zoom about a screen point; wheel steps add up and are smoothed. */
  zoomBy(px, py, factor, smooth) {
    const { camera } = this;
    const goal = camera.limit((this.tweens.has("camera") && this.zoomGoal ? this.zoomGoal : camera.scale) * factor);
    const start = camera.scale;
    this.zoomGoal = goal;
    const done = () => { this.zoomGoal = 0; this.settleView(); };
    this.tween("camera", smooth ? 140 : 0, (t) => camera.zoomTo(px, py, start * (goal / start) ** t), done);
    if (!smooth) this.overlay.labels.stale = true;
  }

  /** The person has stopped moving the view. */
  settleView() {
    this.overlay.labels.stale = true;
    this.request();
    clearTimeout(this.settling);
    if (this.options.watchView) this.settling = setTimeout(() => this.send(), 500);
  }

  // ---- choices ----------------------------------------------------------------------------------------------------

  setHover(index) {
    if (index === this.hover) return;
    this.hover = index;
    this.surface.dataset.over = index >= 0 ? "point" : "panel";
    this.fillTip();
    this.request();
  }

  setCursor(index) {
    this.cursor = index;
    this.fillTip();
    this.request();
  }

  /** One step with an arrow key, from the cursor, else from the clicked point, else from the middle of the view. */
  walk(dx, dy) {
    const { camera, cloud } = this;
    if (!cloud.count) return;
    let next;
    const from = this.cursor >= 0 ? this.cursor : this.clicked ?? -1;
    if (from < 0) next = this.pick(camera.width / 2, camera.height / 2, Math.max(camera.width, camera.height));
    else next = nearestInDirection(cloud.goal, from, dx, dy);
    if (next < 0) return;
    this.setCursor(next);
    this.voice.textContent = this.spoken(next);
    const [x, y] = this.screenPlace(next);
    const rim = 40;
    const sx = x < rim ? rim - x : x > camera.width - rim ? camera.width - rim - x : 0;
    const sy = y < rim ? rim - y : y > camera.height - rim ? camera.height - rim - y : 0;
    if (sx || sy) {
      const goal = { x: camera.x - sx / camera.scale, y: camera.y + sy / camera.scale, scale: camera.scale };
      camera.touched = true;
      this.tween("camera", 200, eased(camera.flight(goal)));
    }
  }

  click(index) {
    if (index < 0) {
      if (this.clicked !== null || this.selected.length) this.choose(null, []);
      return;
    }
    this.setCursor(-1);
    this.choose(index, []);
    this.voice.textContent = `${this.spoken(index)}, opened`;
  }

  clear() {
    this.setLassoing(false);
    this.setLasso(null);
    this.setCursor(-1);
    if (this.clicked !== null || this.selected.length || this.highlight.length) this.choose(null, []);
  }

  /** The person's choice: shown at once, sent to Python, whose neighbours follow. */
  choose(clicked, selected) {
    if (clicked !== this.clicked) Object.assign(this, { highlight: [], links: [] });
    this.clicked = clicked;
    this.selected = selected;
    this.sequence++;
    if (clicked !== null) this.tween("ripple", 450, (t) => (this.ripple = t));
    this.light();
    this.fillTip();
    this.describe();
    this.send();
  }

  /** Light what is chosen and dim the rest. */
  light() {
    const chosen = this.selected.length
      ? this.selected
      : [...this.highlight, ...(this.clicked === null ? [] : [this.clicked])];
    this.lit = null;
    if (chosen.length) {
      this.lit = new Uint8Array(this.cloud.count);
      for (const i of chosen) this.lit[i] = 1;
      this.painter.light(Uint32Array.from(chosen));
    }
    const start = this.dim, goal = chosen.length ? 1 : 0;
    // The lit points stay on the GPU while the rest comes back, or they would blink.
    const done = () => { if (!this.lit) this.painter.light(new Uint32Array(0)); };
    if (start === goal) done();
    else this.tween("dim", MARK_MS, (t) => (this.dim = start + (goal - start) * ease(t)), done);
    this.overlay.labels.stale = true;
    this.request();
  }

  setLassoing(on) {
    this.lassoing = on;
    this.lassoButton.setAttribute("aria-pressed", String(on));
    this.surface.dataset.tool = on ? "lasso" : "hand";
  }

  setLasso(loop) {
    this.lasso = loop;
    this.request();
  }

  finishLasso() {
    const inside = this.lasso ? pointsInside(this.cloud.goal, this.lasso) : [];
    this.setLasso(null);
    this.setLassoing(false);
    this.choose(null, inside);
  }

  send() {
    const { camera, playback } = this;
    clearTimeout(this.settling);
    this.report?.("pick", {
      clicked: this.clicked,
      selected: this.selected,
      view: { x: camera.x, y: camera.y, zoom: camera.zoom },
      frame: playback.frames && playback.frames.report ? playback.at : null,
      sequence: this.sequence,
      identity: this.identity,
    });
  }

  // ---- words for people -------------------------------------------------------------------------------------------

  spoken(index) {
    const { size } = this.cloud;
    const name = this.nameOf(index) || `point ${index + 1}`;
    return size ? `${name}, ${Number(size[index]).toLocaleString("en")} ${this.options.unit}` : name;
  }

  fillTip() {
    const index = this.hover >= 0 ? this.hover : this.cursor;
    this.tip.hidden = index < 0 || index === this.clicked || !this.names; // the clicked one has its name already
    if (this.tip.hidden) return;
    const [name, count] = this.tip.children;
    name.textContent = this.nameOf(index);
    const group = this.options.clusterNames[this.cloud.colour[index]];
    const size = this.cloud.size ? `${Number(this.cloud.size[index]).toLocaleString("en")} ${this.options.unit}` : "";
    count.textContent = [size, group].filter(Boolean).join(" · ");
    count.hidden = !count.textContent;
  }

  placeTip() {
    if (this.tip.hidden) return;
    const index = this.hover >= 0 ? this.hover : this.cursor;
    const [x, y] = this.screenPlace(index);
    const { offsetWidth: w, offsetHeight: h } = this.tip;
    const gap = this.radiusOf(index) + 9;
    const left = clamp(x - w / 2, 6, Math.max(6, this.camera.width - w - 6));
    const top = y - gap - h < 6 ? y + gap : y - gap - h;
    this.tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  describe() {
    const { count } = this.cloud;
    const drawn = Math.min(count, this.painter.capacity);
    const text = this.selected.length
      ? `${this.selected.length.toLocaleString("en")} selected · Esc clears`
      : drawn < count
        ? `the first ${drawn.toLocaleString("en")} of ${count.toLocaleString("en")} (no WebGL here)`
        : "";
    this.status.textContent = count ? text : this.options.emptyText;
    this.status.hidden = !this.status.textContent;
    this.status.dataset.empty = String(!count);
    const keys = "Arrow keys go from point to point, Enter opens one, Escape clears, plus and minus zoom.";
    this.surface.setAttribute("aria-label", `${this.options.title}: ${count.toLocaleString("en")} points. ${keys}`);
    // For tests and for people who look under the bonnet.
    Object.assign(this.root.dataset, { count, clicked: this.clicked ?? "", selected: this.selected.length });
    Object.assign(this.root.dataset, { near: this.highlight.length, painter: this.painter.constructor.name });
  }

  /** The panel as a PNG, exactly as it is on screen. */
  savePicture() {
    const picture = document.createElement("canvas");
    picture.width = this.surface.width;
    picture.height = this.surface.height;
    const pen = picture.getContext("2d");
    pen.fillStyle = cssColour(this.theme.panel);
    pen.fillRect(0, 0, picture.width, picture.height);
    // WebGL forgets its picture once it is on screen: draw again, and copy within the same turn.
    this.frame(performance.now());
    pen.drawImage(this.painter.canvas, 0, 0);
    pen.drawImage(this.surface, 0, 0);
    picture.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${this.options.title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "map"}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  }

  dispose() {
    this.disposed = true;
    cancelAnimationFrame(this.pending);
    clearTimeout(this.settling);
    this.sizes.disconnect();
    this.playback.dispose();
    this.painter.dispose();
  }
}
