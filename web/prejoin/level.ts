// How loud a microphone is, and whether it says nothing at all.

/** Below this a peak is the noise of a quiet room; a voice in front of a microphone is above. */
export const HEARD = 0.015;
/** Seconds without a sound until the page says so. */
export const HUSH_AFTER = 5;
const QUIETEST_DB = -54;
const LOUDEST_DB = -6;

/** The highest sample, 0 to 1. */
export function peak(samples: ArrayLike<number>): number {
  let highest = 0;
  for (let at = 0; at < samples.length; at += 1) {
    const size = Math.abs(samples[at] ?? 0);
    if (size > highest) highest = size;
  }
  return Math.min(1, highest);
}

/** A peak as the ear takes it: 0 is nothing, 1 is as loud as a voice should ever be. */
export function loudness(highest: number): number {
  if (highest <= 0) return 0;
  const db = 20 * Math.log10(highest);
  return Math.min(1, Math.max(0, (db - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}

/** Rises at once and falls slowly, so that the eye can follow. */
export function follow(before: number, now: number): number {
  return now >= before ? now : Math.max(now, before - 0.08);
}

/**
 * Whether a microphone has said nothing since it was opened. One that was heard once works: who is silent
 * later is a person who listens, and is left in peace. Times in seconds.
 */
export class Hush {
  #since: number | null = null;
  #heard = false;

  /** Whether it is silent, after this peak. */
  hear(highest: number, at: number): boolean {
    this.#since ??= at;
    if (highest >= HEARD) this.#heard = true;
    return !this.#heard && at - this.#since >= HUSH_AFTER;
  }
}

/** Listens to a track. `told` gets loudness and silence some twelve times a second, until `close`. */
export class Ear {
  readonly #told: (loud: number, silent: boolean) => void;
  readonly #context: AudioContext | null;
  readonly #clock: ReturnType<typeof setInterval> | undefined;
  readonly #hush = new Hush();
  #loud = 0;

  constructor(track: MediaStreamTrack, told: (loud: number, silent: boolean) => void) {
    this.#told = told;
    try {
      this.#context = new AudioContext();
      const analyser = new AnalyserNode(this.#context, { fftSize: 4096 });
      this.#context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      this.#clock = setInterval(() => this.#listen(track, analyser, samples), 80);
      // Some browsers let nothing sound, and so nothing be heard, before the person touched the page.
      addEventListener("pointerdown", this.#wake);
      addEventListener("keydown", this.#wake);
      this.#wake();
    } catch {
      // A browser that measures nothing shows no level and claims no silence.
      this.#context = null;
    }
  }

  close(): void {
    clearInterval(this.#clock);
    removeEventListener("pointerdown", this.#wake);
    removeEventListener("keydown", this.#wake);
    void this.#context?.close().catch(() => undefined);
  }

  readonly #wake = (): void => void this.#context?.resume().catch(() => undefined);

  #listen(track: MediaStreamTrack, analyser: AnalyserNode, samples: Float32Array<ArrayBuffer>): void {
    if (this.#context?.state !== "running") return;
    analyser.getFloatTimeDomainData(samples);
    const highest = peak(samples);
    this.#loud = follow(this.#loud, loudness(highest));
    // The system's own switch, or a call that took it: no need to wait for that.
    this.#told(this.#loud, track.muted || this.#hush.hear(highest, performance.now() / 1000));
  }
}
