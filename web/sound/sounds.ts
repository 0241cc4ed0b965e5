// The sounds, made in the page: two soft notes for a knock, one that rises for being let in.
//
// Browsers stay silent until somebody has pressed something on the page, so a sound says whether it
// could be heard.

/** One note: hertz from and to, seconds from the start, how long, how loud (0 to 1). */
export interface Tone {
  from: number;
  to: number;
  at: number;
  lasts: number;
  loud: number;
}

export const KNOCK: readonly Tone[] = [
  { from: 659.26, to: 659.26, at: 0, lasts: 0.5, loud: 0.22 },
  { from: 523.25, to: 523.25, at: 0.22, lasts: 0.7, loud: 0.2 },
];
export const LET_IN: readonly Tone[] = [{ from: 523.25, to: 783.99, at: 0, lasts: 0.6, loud: 0.22 }];

/** How long a start may take: short on a page that nobody has pressed, long where it is only a slow machine. */
const PATIENCE_MS = 250;
const PATIENCE_AFTER_A_PRESS_MS = 3_000;

let context: AudioContext | null = null;

/** Start the page's sound while somebody presses something: later it may sound without a press. */
export function unlock(): void {
  void running();
}

/** Play the notes. Returns whether they could be heard. */
export async function play(tones: readonly Tone[]): Promise<boolean> {
  const sounding = await running();
  if (sounding === null) return false;
  for (const tone of tones) note(sounding, tone);
  return true;
}

async function running(): Promise<AudioContext | null> {
  try {
    context ??= new AudioContext();
    if (context.state !== "running") {
      // A start that is not allowed stays pending for ever instead of failing.
      const patience = navigator.userActivation?.hasBeenActive ? PATIENCE_AFTER_A_PRESS_MS : PATIENCE_MS;
      await Promise.race([context.resume(), new Promise((over) => setTimeout(over, patience))]);
    }
    return (context.state as AudioContextState) === "running" ? context : null;
  } catch {
    return null;
  }
}

function note(sounding: AudioContext, { from, to, at, lasts, loud }: Tone): void {
  const start = sounding.currentTime + at;
  const tone = new OscillatorNode(sounding, { type: "sine", frequency: from });
  tone.frequency.setValueAtTime(from, start);
  tone.frequency.exponentialRampToValueAtTime(to, start + lasts * 0.4);
  // A quick, soft beginning and a long end, as a struck bar has.
  const volume = new GainNode(sounding, { gain: 0 });
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(loud, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + lasts);
  tone.connect(volume).connect(sounding.destination);
  tone.start(start);
  tone.stop(start + lasts);
}
