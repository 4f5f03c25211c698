/* Mouse, touch and keyboard. */

const STILL = { mouse: 4, pen: 6, touch: 9 }; // pixels a press may wander and still be a click
const REACH = { mouse: 9, pen: 12, touch: 20 }; // pixels beside a point that still hit it
const DOUBLE_MS = 400;

class Hands {
  constructor(map, surface) {
    this.map = map;
    this.surface = surface;
    this.fingers = new Map(); // pointer id -> [x, y]
    this.press = null; // the gesture under way
    this.lastTap = { time: -Infinity, x: 0, y: 0 };
    // Assigned, not added: nothing stacks up, and it all goes with the element.
    surface.onpointerdown = (event) => this.down(event);
    surface.onpointermove = (event) => this.moveFinger(event);
    surface.onpointerup = (event) => this.up(event);
    surface.onpointercancel = (event) => this.cancel(event);
    surface.onpointerleave = () => map.setHover(-1);
    surface.onkeydown = (event) => this.key(event);
    surface.onblur = () => map.setCursor(-1);
    surface.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  at(event) {
    const frame = this.surface.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  down(event) {
    if (event.button > 0) return;
    const { map } = this;
    this.surface.setPointerCapture(event.pointerId);
    const [x, y] = this.at(event);
    this.fingers.set(event.pointerId, [x, y]);
    map.pilot.stop();
    if (this.fingers.size === 2) {
      this.setLasso(null);
      this.press = { kind: "pinch" };
    } else if (event.shiftKey || map.lassoing) {
      this.press = { kind: "lasso", start: [x, y], moved: false };
    } else {
      this.press = { kind: "pan", start: [x, y], moved: false };
    }
  }

  moveFinger(event) {
    const { map, press } = this;
    const [x, y] = this.at(event);
    const before = this.fingers.get(event.pointerId);
    if (!before) return void (event.pointerType !== "touch" && map.setHover(map.pick(x, y, REACH[event.pointerType])));
    if (press?.kind === "pinch") this.pinch(event.pointerId, [x, y]);
    this.fingers.set(event.pointerId, [x, y]);
    if (!press || press.kind === "pinch") return;
    if (!press.moved && Math.hypot(x - press.start[0], y - press.start[1]) < STILL[event.pointerType]) return;
    if (!press.moved) {
      press.moved = true;
      map.setHover(-1);
      if (press.kind === "lasso") this.setLasso([this.place(press.start)]);
    }
    if (press.kind === "lasso") this.setLasso([...map.lasso, this.place([x, y])]);
    else {
      this.surface.dataset.dragging = "yes";
      map.pilot.pan(x - before[0], y - before[1]);
    }
  }

  place([x, y]) {
    return [this.map.camera.dataX(x), this.map.camera.dataY(y)];
  }

  pinch(id, now) {
    const { map } = this;
    const before = this.fingers.get(id);
    const other = [...this.fingers].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const gap = (p) => Math.max(10, Math.hypot(p[0] - other[0], p[1] - other[1]));
    const middle = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2];
    map.pilot.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    map.pilot.zoomBy(middle[0], middle[1], gap(now) / gap(before), false);
  }

  up(event) {
    const { map, press } = this;
    if (!this.fingers.delete(event.pointerId)) return;
    delete this.surface.dataset.dragging;
    if (this.fingers.size) return;
    this.press = null;
    if (press?.kind === "lasso" && press.moved) return this.finishLasso();
    if (press && !press.moved && press.kind !== "pinch") this.tap(event);
    else map.pilot.settle();
  }

  cancel(event) {
    this.fingers.delete(event.pointerId);
    this.press = null;
    this.setLasso(null);
    delete this.surface.dataset.dragging;
  }

  tap(event) {
    const { map } = this;
    const [x, y] = this.at(event);
    const now = event.timeStamp; // when it happened, not when this page came round to it
    const again = now - this.lastTap.time < DOUBLE_MS && Math.hypot(x - this.lastTap.x, y - this.lastTap.y) < 24;
    this.lastTap = { time: again ? -Infinity : now, x, y };
    if (again) return map.pilot.fit();
    map.click(map.pick(x, y, REACH[event.pointerType]));
  }

  wheel(event) {
    const { map } = this;
    // On a page that scrolls past the map the wheel belongs to the page, unless Ctrl or a pinch on the touchpad asks.
    if (!map.options.scrollZoom && !event.ctrlKey) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 18 : event.deltaMode === 2 ? 400 : 1;
    const turn = clamp(event.deltaY * lines, -300, 300) * (event.ctrlKey ? 0.01 : 0.0022);
    const [x, y] = this.at(event);
    map.pilot.zoomBy(x, y, Math.exp(-turn), true);
  }

  key(event) {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const { map } = this;
    const middle = [map.camera.width / 2, map.camera.height / 2];
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (arrows[event.key]) this.walk(...arrows[event.key]);
    else if (event.key === "Enter") map.cursor >= 0 && map.click(map.cursor);
    else if (event.key === "Escape") map.clear();
    else if (event.key === "+" || event.key === "=") map.pilot.zoomBy(...middle, 1.5, true);
    else if (event.key === "-") map.pilot.zoomBy(...middle, 1 / 1.5, true);
    else if (event.key === "0" || event.key === "Home") map.pilot.fit();
    else if (event.key === "l") this.setLassoing(!map.lassoing);
    else if (event.key === " " && map.playback.frames) map.playback.parts.play.click();
    else return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has shortcuts of its own
  }

  /** One step with an arrow key, from the cursor, else from the clicked point, else from the middle of the view. */
  walk(dx, dy) {
    const { map } = this;
    const { camera, cloud } = map;
    const from = map.cursor >= 0 ? map.cursor : map.clicked ?? -1;
    const next = from >= 0
      ? nearestInDirection(cloud.goal, from, dx, dy)
      : map.pick(camera.width / 2, camera.height / 2, Math.max(camera.width, camera.height));
    if (next < 0) return;
    map.hover = -1;
    map.setCursor(next);
    map.captions.say(map.captions.spoken(next));
    map.pilot.bringIn(next);
  }

  setLassoing(on) {
    const { map } = this;
    map.lassoing = on;
    map.lassoButton.setAttribute("aria-pressed", String(on));
    this.surface.dataset.tool = on ? "lasso" : "hand";
  }

  setLasso(loop) {
    this.map.lasso = loop;
    this.map.motion.request();
  }

  finishLasso() {
    const { map } = this;
    const inside = map.lasso ? pointsInside(map.cloud.goal, map.lasso) : [];
    this.setLasso(null);
    this.setLassoing(false);
    map.choose(null, inside);
    map.captions.say(`${inside.length} points selected`);
  }
}
