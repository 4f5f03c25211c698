/* Drawing the points with WebGL 2.

   Three layers: a soft haze (every point as a wide, faint blot, drawn at a quarter of the resolution), the points,
   and once more the points that are lit. Geometry goes to the GPU only in `upload` and `move`; what is lit is a list of
   numbers of its own, so that a click never touches the geometry. */

const HAZE_SHRINK = 4; // the haze has no edges: a sixteenth of the pixels is enough

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
uniform float opacity, fade, hazy;
out vec4 pixel;
void main() {
  float away = length(gl_PointCoord - 0.5) * (2.0 * edge + 2.0);
  vec3 ink = mix(tint, panel, fade);
  float cover = clamp(edge - away + 0.5, 0.0, 1.0);
  // A breath of panel colour at the rim keeps overlapping discs apart, where they are large enough to have a rim.
  float rim = smoothstep(edge - 1.6, edge, away) * smoothstep(3.0, 6.0, edge);
  ink = mix(ink, panel, 0.45 * rim);
  float blot = exp(-4.5 * away * away / (edge * edge)) * step(away, edge);
  float alpha = opacity * mix(cover, blot, hazy);
  pixel = vec4(ink * alpha, alpha);
}`;

const HAZE_VERTEX = `#version 300 es
out vec2 at;
void main() {
  at = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
  gl_Position = vec4(at * 2.0 - 1.0, 0.0, 1.0);
}`;

const HAZE_FRAGMENT = `#version 300 es
precision mediump float;
in vec2 at;
uniform sampler2D haze;
uniform float strength;
out vec4 pixel;
void main() {
  vec4 cloud = texture(haze, at);
  // A lone point casts none, a crowd no more than half a cover: clouds, not spots and not paint.
  pixel = cloud * strength * cloud.a / (0.22 + 1.7 * cloud.a * cloud.a);
}`;

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
    this.capacity = Infinity;
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
    this.empty = gl.createVertexArray(); // the wash makes its own three corners
    this.hazeTexture = gl.createTexture();
    this.hazeFrame = gl.createFramebuffer();
    this.hazeSize = "";
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

  /** scene: {camera, ratio, progress, radius, dim, theme}, lengths in CSS pixels. */
  draw(scene) {
    const { gl } = this;
    if (gl.isContextLost()) return;
    const { width, height } = this.canvas;
    gl.clearColor(0, 0, 0, 0);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    if (this.count) this.drawHaze(scene, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.count) return;
    gl.useProgram(this.wash.program);
    gl.bindVertexArray(this.empty);
    gl.uniform1f(this.wash.places.strength, 1 - 0.75 * scene.dim);
    gl.drawArrays(gl.TRIANGLES, 0, 3);

    this.usePoints(scene, scene.ratio);
    const { places } = this.points;
    const veil = scene.dim;
    gl.uniform1f(places.opacity, 0.8 - 0.58 * veil);
    gl.uniform1f(places.fade, 0.45 * veil);
    gl.drawArrays(gl.POINTS, 0, this.count);
    if (this.litCount && scene.dim > 0) {
      gl.uniform1f(places.opacity, 0.95 * scene.dim);
      gl.uniform1f(places.fade, 0);
      gl.uniform1f(places.extra, 0.7 * scene.ratio);
      gl.drawElements(gl.POINTS, this.litCount, gl.UNSIGNED_INT, 0);
    }
    gl.bindVertexArray(null);
  }

  drawHaze(scene, width, height) {
    const { gl } = this;
    const w = Math.max(1, Math.ceil(width / HAZE_SHRINK)), h = Math.max(1, Math.ceil(height / HAZE_SHRINK));
    gl.bindTexture(gl.TEXTURE_2D, this.hazeTexture);
    if (this.hazeSize !== `${w}x${h}`) {
      this.hazeSize = `${w}x${h}`;
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, w, h, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
      for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
      for (const way of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, way, gl.LINEAR);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.hazeFrame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.hazeTexture, 0);
    gl.viewport(0, 0, w, h);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.usePoints(scene, scene.ratio / HAZE_SHRINK);
    const { places } = this.points;
    gl.uniform2f(places.halfSize, width / HAZE_SHRINK / 2, height / HAZE_SHRINK / 2);
    gl.uniform1f(places.hazy, 1);
    // Wide enough that neighbours melt into one cloud, faint enough that a thousand of them do not shout.
    gl.uniform1f(places.extra, (13 + 3 * scene.radius) * scene.ratio / HAZE_SHRINK);
    gl.uniform1f(places.opacity, clamp(4.2 / Math.sqrt(this.count), 0.02, 0.16) * (scene.theme.dark ? 1.25 : 1));
    gl.uniform1f(places.fade, 0);
    gl.drawArrays(gl.POINTS, 0, this.count);
  }

  usePoints({ camera, progress, radius, theme }, ratio) {
    const { gl } = this;
    const { program, places } = this.points;
    gl.useProgram(program);
    gl.bindVertexArray(this.layout);
    gl.uniform2f(places.centre, camera.x, camera.y);
    gl.uniform2f(places.halfSize, this.canvas.width / 2, this.canvas.height / 2);
    gl.uniform1f(places.scale, camera.scale * ratio);
    gl.uniform1f(places.progress, progress);
    gl.uniform1f(places.radius, radius * ratio);
    gl.uniform1f(places.extra, 0);
    gl.uniform1f(places.hazy, 0);
    gl.uniform3fv(places.panel, theme.panel);
    gl.uniform3fv(places.muted, theme.muted);
    gl.uniform1ui(places.colours, theme.palette.length);
    if (theme.palette.length) gl.uniform3fv(places.palette, theme.palette.flat());
  }

  dispose() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
