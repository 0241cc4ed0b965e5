// A camera's picture with its background blurred, made on this device. Large, so loaded only when chosen.
//
// A small model says of each point how surely it is a person. People are drawn sharp over a blurred copy of the same
// picture; nothing leaves before the model has seen it. See docs/decisions/blur-from-packages.md.
import { ImageSegmenter } from "@mediapipe/tasks-vision";
import loader from "@mediapipe/tasks-vision/vision_wasm_module_internal.js?url";
import engine from "@mediapipe/tasks-vision/vision_wasm_module_internal.wasm?url";
import model from "@twilio/video-processors/dist/build/selfie_segmentation_landscape.tflite?url";

/** What the model looks at, in points. More would cost time and show it no more. */
const LOOKED_AT = { width: 256, height: 144 };
/** How often the picture is halved to blur it: at 32 points across, nothing written is left to read. */
const HALVES = 3;
/** Browsers that hand over no single pictures are asked for one this often. */
const EVERY_MS = 1000 / 25;

let making: Promise<ImageSegmenter> | null = null;

/** One for all cameras of the page: what it takes is loaded once. */
function segmenter(): Promise<ImageSegmenter> {
  making ??= make().catch((error: unknown) => {
    making = null;
    throw error;
  });
  return making;
}

async function make(): Promise<ImageSegmenter> {
  // Else the package adds a script to the page by its address, which our pages do not take. It takes what is there away.
  const { default: ModuleFactory } = (await import(/* @vite-ignore */ loader)) as { default: unknown };
  Object.assign(globalThis, { ModuleFactory });
  return ImageSegmenter.createFromOptions(
    { wasmLoaderPath: "", wasmBinaryPath: engine },
    // On the processor: reading a mask back from a graphics card takes longer than making one of this size.
    { baseOptions: { modelAssetPath: model, delegate: "CPU" }, runningMode: "VIDEO", outputConfidenceMasks: true, outputCategoryMask: false },
  );
}

/**
 * The same camera with its background blurred, from its first picture on. Stopping it stops the camera, and it ends when
 * the camera does or when a picture could not be blurred.
 * @throws where it cannot be done; the camera is left open.
 */
export async function blurred(camera: MediaStreamTrack): Promise<MediaStreamTrack> {
  const blur = new Blur(await segmenter());
  const track = typeof MediaStreamTrackProcessor === "function" ? await byPictures(camera, blur) : await byTheClock(camera, blur);
  return standIn(track, camera);
}

/** Where the browser hands over picture after picture: also while nobody looks at the page. */
function byPictures(camera: MediaStreamTrack, blur: Blur): Promise<MediaStreamTrack> {
  const made = new MediaStreamTrackGenerator({ kind: "video" });
  return new Promise((resolve, reject) => {
    const through = new TransformStream<VideoFrame, VideoFrame>({
      transform(frame, to) {
        try {
          blur.draw(frame, frame.displayWidth, frame.displayHeight);
          to.enqueue(new VideoFrame(blur.canvas, { timestamp: frame.timestamp }));
          resolve(made);
        } finally {
          frame.close();
        }
      },
    });
    new MediaStreamTrackProcessor({ track: camera as MediaStreamVideoTrack }).readable
      .pipeThrough(through)
      .pipeTo(made.writable)
      .then(() => reject(new Error("no picture")), reject)
      .finally(() => end(made));
  });
}

/** Elsewhere: the picture is played, and looked at again and again. */
async function byTheClock(camera: MediaStreamTrack, blur: Blur): Promise<MediaStreamTrack> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([camera]);
  await video.play();
  blur.draw(video, video.videoWidth, video.videoHeight);
  const [made] = blur.canvas.captureStream().getVideoTracks() as [MediaStreamTrack];
  const clock = setInterval(() => {
    try {
      if (made.readyState === "ended") clearInterval(clock);
      else if (video.videoWidth > 0) blur.draw(video, video.videoWidth, video.videoHeight);
    } catch {
      clearInterval(clock);
      end(made);
    }
  }, EVERY_MS);
  return made;
}

/** To whoever uses it, it is the camera: says of itself what that says, and stops it. */
function standIn(track: MediaStreamTrack, camera: MediaStreamTrack): MediaStreamTrack {
  const stop = track.stop.bind(track);
  const told = (type: "mute" | "unmute") => (): boolean => track.dispatchEvent(new Event(type));
  camera.addEventListener("mute", told("mute"));
  camera.addEventListener("unmute", told("unmute"));
  camera.addEventListener("ended", () => end(track));
  track.addEventListener("ended", () => camera.stop());
  return Object.defineProperties(track, {
    label: { get: () => camera.label },
    muted: { get: () => camera.muted },
    getSettings: { value: () => camera.getSettings() },
    getConstraints: { value: () => camera.getConstraints() },
    getCapabilities: { value: () => camera.getCapabilities() },
    applyConstraints: { value: (wanted?: MediaTrackConstraints) => camera.applyConstraints(wanted) },
    stop: {
      value: () => {
        stop();
        camera.stop();
      },
    },
  });
}

/** By itself, as a camera ends that is pulled out; `stop` alone tells nobody. */
function end(track: MediaStreamTrack): void {
  if (track.readyState === "ended") return;
  track.stop();
  track.dispatchEvent(new Event("ended"));
}

/** Draws one picture after the other on its canvas. */
class Blur {
  readonly canvas = document.createElement("canvas");
  readonly #out = paper(this.canvas);
  readonly #segmenter: ImageSegmenter;
  /** The picture as the model looks at it, and its halves. */
  readonly #sizes = Array.from({ length: HALVES + 1 }, (_, at) => sheet(LOOKED_AT.width >> at, LOOKED_AT.height >> at));
  readonly #mask = sheet(LOOKED_AT.width, LOOKED_AT.height);
  readonly #points = new ImageData(LOOKED_AT.width, LOOKED_AT.height);

  constructor(segmenter: ImageSegmenter) {
    this.#segmenter = segmenter;
  }

  /** @throws when it is not blurred; the canvas is as it was then. */
  draw(picture: VideoFrame | HTMLVideoElement, width: number, height: number): void {
    const { canvas } = this;
    const small = this.#sizes[0]!;
    cover(small, picture);
    this.#look(small.canvas);
    this.#soften();
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const out = this.#out;
    // People, as far as they are people …
    out.globalCompositeOperation = "copy";
    cover(out, this.#mask.canvas);
    out.globalCompositeOperation = "source-in";
    cover(out, picture);
    // … and behind them the rest.
    out.globalCompositeOperation = "destination-over";
    cover(out, small.canvas);
  }

  /** Where people are, as the mask's opacity. */
  #look(picture: HTMLCanvasElement): void {
    const points = this.#points.data;
    let said = false;
    try {
      this.#segmenter.segmentForVideo(picture, performance.now(), ({ confidenceMasks }) => {
        const sure = confidenceMasks?.[0]?.getAsFloat32Array();
        said = sure?.length === points.length / 4;
        sure?.forEach((one, at) => (points[at * 4 + 3] = Math.round(one * 255)));
      });
      if (!said) throw new Error("no mask");
    } catch (error) {
      // Another try begins with another.
      making = null;
      throw error;
    }
    this.#mask.putImageData(this.#points, 0, 0);
  }

  /** Smaller by halves and large again the same way: a soft blur that every browser can draw. */
  #soften(): void {
    const sizes = this.#sizes;
    for (let at = 1; at < sizes.length; at += 1) cover(sizes[at]!, sizes[at - 1]!.canvas);
    for (let at = sizes.length - 1; at > 0; at -= 1) cover(sizes[at - 1]!, sizes[at]!.canvas);
  }
}

function sheet(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return paper(canvas);
}

function paper(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  context.imageSmoothingQuality = "high";
  return context;
}

function cover(on: CanvasRenderingContext2D, picture: CanvasImageSource): void {
  on.drawImage(picture, 0, 0, on.canvas.width, on.canvas.height);
}
