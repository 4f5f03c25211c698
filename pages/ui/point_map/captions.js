/* Words beside the picture: the tooltip, the line in the corner, what a screen reader says, and the picture as a file.
   All of it is set as text, never as HTML: words come from other people's files. */

class Captions {
  constructor(map, part) {
    this.map = map;
    this.tip = part("tip");
    this.status = part("status");
    this.voice = part("voice");
  }

  size(index) {
    const { size } = this.map.cloud;
    return size ? `${Number(size[index]).toLocaleString("en")} ${this.map.options.unit}` : "";
  }

  spoken(index) {
    return [this.map.cloud.name(index) || `point ${index + 1}`, this.size(index)].filter(Boolean).join(", ");
  }

  say(text) {
    this.voice.textContent = text;
  }

  get pointed() {
    return this.map.hover >= 0 ? this.map.hover : this.map.cursor;
  }

  /** Fill the tooltip for the point under mouse or keyboard; the clicked one has its name on the map already. */
  fillTip() {
    const { map, pointed } = this;
    this.tip.hidden = pointed < 0 || pointed === map.clicked || !map.cloud.names;
    if (this.tip.hidden) return;
    const [name, more] = this.tip.children;
    name.textContent = map.cloud.name(pointed);
    const group = map.options.clusterNames[map.cloud.colour[pointed]];
    more.textContent = [this.size(pointed), group].filter(Boolean).join(" · ");
    more.hidden = !more.textContent;
  }

  placeTip() {
    if (this.tip.hidden) return;
    const { map, pointed } = this;
    const [x, y] = map.screenPlace(pointed);
    const { offsetWidth: w, offsetHeight: h } = this.tip;
    const gap = map.radiusOf(pointed) + 9;
    const left = clamp(x - w / 2, 6, Math.max(6, map.camera.width - w - 6));
    const top = y - gap - h < 6 ? y + gap : y - gap - h;
    this.tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  /** The line in the corner, the label for screen readers, and the facts as data attributes. */
  describe() {
    const { map } = this;
    const { count } = map.cloud;
    const number = (n) => n.toLocaleString("en");
    const drawn = Math.min(count, map.painter.capacity);
    let text = "";
    if (!count) text = map.options.emptyText;
    else if (map.selected.length) text = `${number(map.selected.length)} selected · Esc clears`;
    else if (drawn < count) text = `the first ${number(drawn)} of ${number(count)} (this browser has no WebGL)`;
    this.status.textContent = text;
    this.status.hidden = !text;
    this.status.dataset.empty = String(!count);
    const keys = "Arrow keys go from point to point, Enter opens one, Escape clears, plus and minus zoom, 0 fits.";
    map.surface.setAttribute("aria-label", `${map.options.title}: ${number(count)} points. ${keys}`);
    const facts = { count, clicked: map.clicked ?? "", selected: map.selected.length, near: map.highlight.length };
    Object.assign(map.root.dataset, facts, { version: map.version, painter: map.painter.name });
  }
}

/** Save the panel as a PNG, exactly as it is on screen. */
function savePicture(map) {
  const picture = document.createElement("canvas");
  picture.width = map.surface.width;
  picture.height = map.surface.height;
  const pen = picture.getContext("2d");
  pen.fillStyle = cssColour(map.theme.panel);
  pen.fillRect(0, 0, picture.width, picture.height);
  // WebGL forgets its picture once it is on screen: draw again, and copy within the same turn.
  map.seen = "";
  map.draw(performance.now());
  pen.drawImage(map.painter.canvas, 0, 0);
  pen.drawImage(map.surface, 0, 0);
  const slug = map.options.title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  picture.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${slug || "map"}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}
