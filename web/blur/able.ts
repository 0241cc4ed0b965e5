// Whether this browser can blur a background at all: asked where it is offered.
let able: boolean | null = null;

/** What it needs: code that runs fast, a graphics card or the likeness of one, and a way to make a picture a camera's. */
export function canBlur(): boolean {
  able ??=
    typeof WebAssembly === "object" &&
    (typeof MediaStreamTrackGenerator === "function" || "captureStream" in HTMLCanvasElement.prototype) &&
    document.createElement("canvas").getContext("webgl2") !== null;
  return able;
}
