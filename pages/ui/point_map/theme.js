/* Colours and fonts, read from the CSS variables that Streamlit sets for the theme in force. */

const NO_CLUSTER = 255; // the colour number of points that belong to nothing
const MAX_COLOURS = 64; // length of the shader's palette

const colourReader = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** Any CSS colour as [r, g, b], each 0..1; the canvas is the parser. */
function parseColour(css) {
  colourReader.fillStyle = "#808080"; // stays when the text is no colour
  colourReader.fillStyle = css.trim();
  const text = colourReader.fillStyle;
  if (text.startsWith("#")) return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16) / 255);
  return text.match(/[\d.]+/g).slice(0, 3).map((part) => Number(part) / 255);
}

function mixColours(a, b, share) {
  return a.map((value, i) => value * (1 - share) + b[i] * share);
}

function cssColour([r, g, b], alpha = 1) {
  return `rgba(${Math.round(r * 255)}, ${Math.round(g * 255)}, ${Math.round(b * 255)}, ${alpha})`;
}

/** The theme of `element`: colours as [r, g, b], the palette asked for, the font. */
function readTheme(element, palette) {
  const style = getComputedStyle(element);
  const variable = (name, otherwise) => style.getPropertyValue(`--st-${name}`).trim() || otherwise;
  const panel = parseColour(variable("secondary-background-color", "#f5f6fa"));
  const text = parseColour(variable("text-color", "#14162b"));
  let colours = palette;
  if (!Array.isArray(palette)) {
    colours = variable(`chart-${palette}-colors`, "#4f46e5,#0d9488,#f59e0b,#db2777,#0284c7,#65a30d").split(",");
    // The faintest steps of a sequential scale vanish on the panel they are drawn on.
    if (palette === "sequential") colours = colours.slice(2);
  }
  return {
    panel,
    text,
    dark: panel[0] + panel[1] + panel[2] < 1.5,
    muted: mixColours(text, panel, 0.6),
    primary: parseColour(variable("primary-color", "#4f46e5")),
    font: variable("font", "sans-serif"),
    fontSize: parseFloat(variable("base-font-size", "16px")) || 16,
    palette: colours.slice(0, MAX_COLOURS).map(parseColour),
  };
}

/** The colour of colour number `c`. */
function colourOf(theme, c) {
  return c === NO_CLUSTER || !theme.palette.length ? theme.muted : theme.palette[c % theme.palette.length];
}
