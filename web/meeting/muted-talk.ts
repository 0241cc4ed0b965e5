// *You are muted*: whether somebody talks into their microphone while it is off. Heard in this page only.
import { peak } from "../prejoin/level.ts";

/** Louder than a room and its fans, softer than a voice that is meant for the others (the highest sample, 0 to 1). */
const VOICE = 0.07;
/** So much of a voice within so long is talking, not a cough or a chair. */
const TALK_MS = 700;
const WITHIN_MS = 1_600;
/** Who goes on talking to somebody in the room is told again only after this. */
export const QUIET_MS = 30_000;

/** Hears the peaks of a muted microphone, and says once when somebody talks. */
export class MutedTalk {
  #heard: { at: number; lasted: number }[] = [];
  #last: number | null = null;
  #told = Number.NEGATIVE_INFINITY;

  /** @returns true when the person is to be told, at `at` milliseconds. */
  hear(highest: number, at: number): boolean {
    const lasted = Math.min(at - (this.#last ?? at), 250);
    this.#last = at;
    this.#heard = this.#heard.filter((one) => at - one.at < WITHIN_MS);
    if (highest >= VOICE) this.#heard.push({ at, lasted });
    const talked = this.#heard.reduce((sum, one) => sum + one.lasted, 0);
    if (talked < TALK_MS || at - this.#told < QUIET_MS) return false;
    this.#told = at;
    this.#heard = [];
    return true;
  }

  /** The microphone is on again, or a new one: what was heard is over. */
  forget(): void {
    this.#heard = [];
    this.#last = null;
  }
}

/** A copy of a microphone's track that is heard by nobody but this page, muted or not. */
export class MutedEar {
  readonly #copy: MediaStreamTrack;
  readonly #context = new AudioContext();
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(track: MediaStreamTrack) {
    this.#copy = track.clone();
    this.#copy.enabled = true;
    this.#analyser = new AnalyserNode(this.#context, { fftSize: 4096 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(new MediaStream([this.#copy])).connect(this.#analyser);
  }

  /** The highest sample since a moment ago. */
  peak(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return peak(this.#samples);
  }

  close(): void {
    this.#copy.stop();
    void this.#context.close();
  }
}
