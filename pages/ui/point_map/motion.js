/* Everything that takes time: named transitions, one animation frame for all of them. */

const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);
const eased = (apply) => (t) => apply(ease(t));

class Motion {
  /** `draw(now)` draws once and says whether something still moves by itself. */
  constructor(draw) {
    this.draw = draw;
    this.tweens = new Map();
    this.pending = 0;
    this.stopped = false;
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)");
  }

  /** True for people who asked their system for less motion: everything is there at once. */
  get calm() {
    return this.reduced.matches;
  }

  has(name) {
    return this.tweens.has(name);
  }

  /** Run `apply(t)` for t from 0 to 1 over `ms`; a second transition of the same name replaces the first. */
  start(name, ms, apply, done) {
    this.tweens.delete(name);
    if (this.calm || ms <= 0) {
      apply(1);
      done?.();
    } else {
      apply(0);
      this.tweens.set(name, { begun: performance.now(), ms, apply, done });
    }
    this.request();
  }

  stop(name) {
    this.tweens.delete(name);
  }

  request() {
    if (!this.pending && !this.stopped) this.pending = requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    this.pending = 0;
    for (const [name, tween] of this.tweens) {
      // A browser's frame time may lie a little before the moment the transition began.
      const t = clamp((now - tween.begun) / tween.ms, 0, 1);
      tween.apply(t);
      if (t === 1 && this.tweens.get(name) === tween) {
        this.tweens.delete(name);
        tween.done?.();
      }
    }
    if (this.draw(now) || this.tweens.size) this.request();
  }

  dispose() {
    this.stopped = true;
    cancelAnimationFrame(this.pending);
  }
}
