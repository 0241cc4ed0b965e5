// Every camera that this page opens comes blurred while that is chosen. The code for it is loaded only then.
//
// It is done where cameras are opened, because livekit-client opens them by itself, too: no change of device, no way
// back after a cut and no failure brings the plain picture within reach of anything that could send it.
import { shelf } from "../doorbell/browser.ts";

const KEY = "blur";
/** What was chosen on this page. It holds here also where nothing can be stored. */
let chosen: boolean | null = null;

/** The background is to be blurred: chosen on this device. */
export function blurWanted(): boolean {
  return chosen ?? shelf().read(KEY) === "yes";
}

export function wantBlur(on: boolean): void {
  chosen = on;
  shelf().write(KEY, on ? "yes" : "no");
}

const listeners = new Set<() => void>();

/** Called whenever a camera stayed off for that, until the returned function is called. */
export function onNotBlurred(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

type Opens = Pick<MediaDevices, "getUserMedia">;
type Blurs = (camera: MediaStreamTrack) => Promise<MediaStreamTrack>;

const theirs: Blurs = async (camera) => (await import("./blurred.ts")).blurred(camera);

/**
 * From now on these devices give no plain picture while a blurred one is wanted: a camera that could not be blurred is
 * closed again, and an Error thrown that is named NotBlurred. To be called once, first of all.
 */
export function guardCameras(devices: Opens | undefined = navigator.mediaDevices as Opens | undefined, blurs: Blurs = theirs): void {
  if (devices === undefined) return;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (asked) => {
    const stream = await open(asked);
    const [camera] = stream.getVideoTracks();
    if (camera === undefined || !blurWanted()) return stream;
    try {
      const blurred = await blurs(camera);
      stream.removeTrack(camera);
      stream.addTrack(blurred);
      return stream;
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      for (const listener of listeners) listener();
      throw Object.assign(new Error("not blurred", { cause: error }), { name: "NotBlurred" });
    }
  };
}
