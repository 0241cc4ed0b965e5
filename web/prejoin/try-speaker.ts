// *Test*: two soft notes from the speaker that was picked.
//
// As a sound file made in the page, because an <audio> element is what every browser that can choose a
// speaker chooses it for.
import { KNOCK, type Tone } from "../sound/sounds.ts";

const RATE = 22_050;
const HEAD = 44;

/** The notes as a WAV file: 16 bits, one channel. */
export function wave(tones: readonly Tone[], rate: number = RATE): Uint8Array<ArrayBuffer> {
  const seconds = Math.max(0, ...tones.map(({ at, lasts }) => at + lasts));
  const count = Math.ceil(seconds * rate);
  const bytes = new Uint8Array(HEAD + count * 2);
  const view = new DataView(bytes.buffer);
  const word = (at: number, text: string): void => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  word(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // plain samples
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, count * 2, true);
  for (let at = 0; at < count; at += 1) {
    const sum = tones.reduce((level, tone) => level + sounding(tone, at / rate), 0);
    view.setInt16(HEAD + at * 2, Math.round(Math.max(-1, Math.min(1, sum)) * 32_767), true);
  }
  return bytes;
}

/** A quick, soft beginning and a long end, as a struck bar has. */
function sounding({ from, at, lasts, loud }: Tone, time: number): number {
  const since = time - at;
  if (since < 0 || since > lasts) return 0;
  const rise = Math.min(1, since / 0.02);
  const fall = (1 - since / lasts) ** 3;
  return 2 * loud * rise * fall * Math.sin(2 * Math.PI * from * since);
}

/** The browser can send sound to a speaker of one's choice. */
export function speakersCanBePicked(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}

/** Play the notes there ("" is the system's own choice). Returns whether they were played to their end. */
export async function trySpeaker(id: string): Promise<boolean> {
  const address = URL.createObjectURL(new Blob([wave(KNOCK)], { type: "audio/wav" }));
  try {
    const audio = new Audio(address);
    if (id !== "" && speakersCanBePicked()) await audio.setSinkId(id);
    await audio.play();
    await new Promise<void>((resolve, reject) => {
      audio.onended = () => resolve();
      audio.onerror = () => reject(new Error("cannot be played"));
      setTimeout(resolve, 3_000);
    });
    return true;
  } catch {
    return false;
  } finally {
    URL.revokeObjectURL(address);
  }
}
