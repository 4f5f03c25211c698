/* Drawing the points with WebGL 2.

   Three layers: the haze, the points, and once more the points that are lit. Geometry goes to the GPU only in `upload`
   and `move`; what is lit is a list of numbers of its own, so that a click never touches the geometry. */

const POINT_VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 origin;
layout(location = 1) in vec2 goal;
layout(location = 2) in float weight;
layout(location = 3) in uint colour;
uniform vec2 centre, halfSize;
uniform float scale, progress, radius, extra;
uniform vec3 palette[${MAX_COLOURS}];
uniform vec3 muted;
uniform uint colours;
out vec3 tint;
out float edge;
void main() {
  vec2 place = (mix(origin, goal, progress) - centre) * scale;
  gl_Position = vec4(place / halfSize, 0.0, 1.0);
  edge = radius * weight + extra;
  gl_PointSize = 2.0 * edge + 2.0;
  tint = colour == ${NO_CLUSTER}u || colours == 0u ? muted : palette[colour % colours];
}`;

const POINT_FRAGMENT = `#version 300 es
precision mediump float;
in vec3 tint;
in float edge;
uniform vec3 panel;
uniform float opacity, fade;
out vec4 pixel;
void main() {
  float away = length(gl_PointCoord - 0.5) * (2.0 * edge + 2.0);
  vec3 ink = mix(tint, panel, fade);
  float cover = clamp(edge - away + 0.5, 0.0, 1.0);
  // A breath of panel colour at the rim keeps overlapping discs apart, where they are large enough to have a rim.
  float rim = smoothstep(edge - 1.6, edge, away) * smoothstep(3.0, 6.0, edge);
  ink = mix(ink, panel, 0.45 * rim);
  float alpha = opacity * cover;
  pixel = vec4(ink * alpha, alpha);
}`;

const HAZE_VERTEX = `#version 300 es
uniform vec4 box; // left, top, width, height in the data
uniform vec2 centre, halfSize;
uniform float scale;
out vec2 at;
void main() {
  at = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 place = box.xy + vec2(at.x, -at.y) * box.zw;
  gl_Position = vec4((place - centre) * scale / halfSize, 0.0, 1.0);
}`;

const HAZE_FRAGMENT = `#version 300 es
precision mediump float;
in vec2 at;
uniform sampler2D haze;
uniform float strength;
out vec4 pixel;
void main() { pixel = texture(haze, at) * strength; }`;

function buildProgram(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getProgramInfoLog(program) ?? "the shader did not link");
  }
  const places = {};
  for (let i = 0; i < gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS); i++) {
    const name = gl.getActiveUniform(program, i).name.replace("[0]", "");
    places[name] = gl.getUniformLocation(program, name);
  }
  return { program, places };
}

class GlPainter {
  /** Null where the browser has no WebGL 2. */
  static on(canvas) {
    const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, depth: false });
    return gl ? new GlPainter(gl, canvas) : null;
  }

  constructor(gl, canvas) {
    this.gl = gl;
    this.canvas = canvas;
    this.name = "webgl";
    this.capacity = Infinity; // points it can draw
    this.setUp();
  }

  /** Everything that lives on the GPU; called again when a lost context comes back. */
  setUp() {
    const gl = this.gl;
    this.points = buildProgram(gl, POINT_VERTEX, POINT_FRAGMENT);
    this.wash = buildProgram(gl, HAZE_VERTEX, HAZE_FRAGMENT);
    this.buffers = {};
    for (const name of ["origin", "goal", "weight", "colour", "lit"]) this.buffers[name] = gl.createBuffer();
    this.layout = gl.createVertexArray();
    gl.bindVertexArray(this.layout);
    const attribute = (place, name, size, type) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
      gl.enableVertexAttribArray(place);
      if (type === gl.UNSIGNED_BYTE) gl.vertexAttribIPointer(place, size, type, 0, 0);
      else gl.vertexAttribPointer(place, size, type, false, 0, 0);
    };
    attribute(0, "origin", 2, gl.FLOAT);
    attribute(1, "goal", 2, gl.FLOAT);
    attribute(2, "weight", 1, gl.FLOAT);
    attribute(3, "colour", 1, gl.UNSIGNED_BYTE);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.lit);
    gl.bindVertexArray(null);
    this.bare = gl.createVertexArray(); // the haze makes its own four corners
    this.hazes = [];
    this.count = 0;
    this.litCount = 0;
  }

  fill(name, values, target = this.gl.ARRAY_BUFFER) {
    this.gl.bindVertexArray(null);
    this.gl.bindBuffer(target, this.buffers[name]);
    this.gl.bufferData(target, values, this.gl.DYNAMIC_DRAW);
  }

  upload(cloud) {
    this.count = cloud.count;
    this.fill("weight", cloud.weight);
    this.fill("colour", cloud.colour);
    this.move(cloud.origin, cloud.goal);
  }

  move(origin, goal) {
    this.fill("origin", origin);
    this.fill("goal", goal);
  }

  light(indices) {
    this.litCount = indices.length;
    this.fill("lit", indices, this.gl.ELEMENT_ARRAY_BUFFER);
  }

  /** Take the clouds at the origins and at the goals; often they are one and the same. */
  cloudOver(from, to) {
    const { gl } = this;
    for (const texture of new Set(this.hazes.map((haze) => haze.texture))) gl.deleteTexture(texture);
    const start = this.cloudTexture(from);
    this.hazes = [start, to === from ? start : this.cloudTexture(to)].filter(Boolean);
  }

  cloudTexture(haze) {
    if (!haze) return null;
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, haze.pixels);
    const set = (name, value) => gl.texParameteri(gl.TEXTURE_2D, name, value);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) set(side, gl.CLAMP_TO_EDGE);
    for (const way of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) set(way, gl.LINEAR);
    return { texture, box: [haze.left, haze.top, haze.width, haze.height] };
  }

  /** scene: {camera, ratio, progress, radius, dim, theme}, lengths in CSS pixels. */
  draw(scene) {
    const { gl } = this;
    if (gl.isContextLost()) return;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.count) return;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.drawHaze(scene);
    this.usePoints(scene);
    const { places } = this.points;
    gl.uniform1f(places.opacity, 0.8 - 0.58 * scene.dim);
    gl.uniform1f(places.fade, 0.45 * scene.dim);
    gl.drawArrays(gl.POINTS, 0, this.count);
    if (this.litCount && scene.dim > 0) {
      gl.uniform1f(places.opacity, 0.95 * scene.dim);
      gl.uniform1f(places.fade, 0);
      gl.uniform1f(places.extra, (this.litCount < 200 ? 0.7 : 0) * scene.ratio); // a few are to stand out
      gl.drawElements(gl.POINTS, this.litCount, gl.UNSIGNED_INT, 0);
    }
    gl.bindVertexArray(null);
  }

  drawHaze(scene) {
    const { gl } = this;
    const { program, places } = this.wash;
    const strength = hazeStrength(scene);
    if (strength <= 0) return;
    gl.useProgram(program);
    gl.bindVertexArray(this.bare);
    this.aim(places, scene);
    this.hazes.forEach(({ texture, box }, k) => {
      const share = this.hazes[0] === this.hazes[1] ? 1 - k : k ? scene.progress : 1 - scene.progress;
      if (share <= 0) return;
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.uniform4fv(places.box, box);
      gl.uniform1f(places.strength, strength * share);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    });
  }

  aim(places, { camera, ratio }) {
    this.gl.uniform2f(places.centre, camera.x, camera.y);
    this.gl.uniform2f(places.halfSize, this.canvas.width / 2, this.canvas.height / 2);
    this.gl.uniform1f(places.scale, camera.scale * ratio);
  }

  usePoints(scene) {
    const { gl } = this;
    const { progress, radius, ratio, theme } = scene;
    const { program, places } = this.points;
    gl.useProgram(program);
    gl.bindVertexArray(this.layout);
    this.aim(places, scene);
    gl.uniform1f(places.progress, progress);
    gl.uniform1f(places.radius, radius * ratio);
    gl.uniform1f(places.extra, 0);
    gl.uniform3fv(places.panel, theme.panel);
    gl.uniform3fv(places.muted, theme.muted);
    gl.uniform1ui(places.colours, theme.palette.length);
    if (theme.palette.length) gl.uniform3fv(places.palette, theme.palette.flat());
  }

  dispose() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
