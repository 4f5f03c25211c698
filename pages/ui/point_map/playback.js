/* Playing the recorded frames of a training: newest as they come, all within half a minute, or one a click. */

const GLIDE_MS = 400; // from one frame to the next

class Playback {
  constructor(map, bar) {
    this.map = map;
    this.bar = bar;
    this.frames = null;
    this.at = 0;
    this.playing = false;
    this.timer = 0;
    this.wanted = "";
    const part = (name) => bar.querySelector(`[data-part=${name}]`);
    this.parts = Object.fromEntries(["play", "back", "on", "seek", "caption"].map((name) => [name, part(name)]));
    this.parts.play.onclick = () => (this.playing ? this.pause() : this.play());
    this.parts.back.onclick = () => this.step(-1);
    this.parts.on.onclick = () => this.step(1);
    this.parts.seek.oninput = () => {
      const at = Number(this.parts.seek.value); // before pause() sets the handle back
      this.pause();
      this.show(at, 120);
    };
  }

  get last() {
    return this.frames ? this.frames.count - 1 : 0;
  }

  /** Take what Python sent: {count, box, captions, mode, seconds, report, series, content, xs, ys} or null. */
  take(frames) {
    const followed = !this.frames || this.at >= this.last; // was the newest frame on screen?
    const fresh = !this.frames || this.frames.series !== frames?.series;
    this.frames = frames && frames.count ? frames : null;
    this.bar.hidden = !this.frames;
    if (!this.frames) return this.pause();
    this.parts.seek.max = this.last;
    const asked = `${frames.series} ${frames.mode} ${frames.seconds}`;
    if (asked !== this.wanted) {
      this.wanted = asked;
      this.begin(frames.mode, fresh);
    } else if (frames.mode === "live" && followed) {
      this.show(this.last, GLIDE_MS);
    } else {
      this.describe();
    }
  }

  begin(mode, fresh) {
    this.pause();
    if (mode === "live") return this.show(this.last, fresh ? 0 : GLIDE_MS);
    this.show(0, fresh ? 0 : GLIDE_MS);
    if (mode === "timed") this.play();
  }

  play() {
    if (!this.frames) return;
    if (this.at >= this.last) this.show(0, GLIDE_MS);
    this.playing = true;
    const pause = clamp((this.frames.seconds * 1000) / Math.max(1, this.last), 60, 60000);
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      this.show(this.at + 1, Math.min(GLIDE_MS, pause));
      if (this.at >= this.last) this.pause();
    }, pause);
    this.describe();
  }

  pause() {
    clearInterval(this.timer);
    if (this.playing) this.report();
    this.playing = false;
    if (this.frames) this.describe();
  }

  step(by) {
    this.pause();
    this.show(this.at + by, GLIDE_MS);
  }

  show(at, glide) {
    this.at = clamp(at, 0, this.last);
    this.map.moveTo(this.positions(this.at), glide);
    if (!this.playing) this.report();
    this.describe();
  }

  /** Frame `k` as x0, y0, x1, y1, …: sent as 16-bit fractions of the box that holds all frames. */
  positions(k) {
    const { xs, ys, box: [left, bottom, width, height] } = this.frames;
    const n = this.map.cloud.count;
    const xy = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) {
      xy[2 * i] = left + (xs[k * n + i] / 65535) * width;
      xy[2 * i + 1] = bottom + (ys[k * n + i] / 65535) * height;
    }
    return xy;
  }

  describe() {
    const { parts } = this;
    parts.seek.value = this.at;
    const name = this.playing ? "Pause" : "Play";
    parts.play.title = name;
    parts.play.setAttribute("aria-label", name);
    parts.play.dataset.state = this.playing ? "playing" : "resting";
    parts.back.disabled = this.at <= 0;
    parts.on.disabled = this.at >= this.last;
    const live = this.frames.mode === "live" && this.at >= this.last;
    this.bar.dataset.live = live;
    parts.caption.textContent = this.frames.captions[this.at] ?? `${this.at + 1} of ${this.last + 1}`;
    parts.seek.setAttribute("aria-valuetext", parts.caption.textContent);
  }

  /** Tell Python which frame came to rest, if the page asked for that. */
  report() {
    clearTimeout(this.reporting);
    if (this.frames?.report) this.reporting = setTimeout(() => this.map.send(), 250);
  }

  dispose() {
    clearInterval(this.timer);
    clearTimeout(this.reporting);
  }
}
