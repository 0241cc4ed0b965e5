// Who talks into a microphone that is off is told once; a cough is not talk.
import { beforeEach, describe, expect, test, vi } from "vitest";
import { MutedTalk, QUIET_MS } from "./muted-talk.ts";
import { TAKEN_AFTER_MS, type Takeable, takenWords, watchTaken } from "./taken.ts";

const VOICE = 0.3;
const ROOM = 0.01;

/** When the person is told, of these peaks at one each 100 ms. */
function told(peaks: readonly number[], talk = new MutedTalk(), from = 0): number[] {
  return peaks.flatMap((peak, n) => (talk.hear(peak, from + n * 100) ? [from + n * 100] : []));
}

const of = (peak: number, count: number): number[] => Array.from({ length: count }, () => peak);

describe("into a microphone that is off", () => {
  test.each<[string, number[], number]>([
    ["silence is silence", of(ROOM, 100), 0],
    ["a cough is not talk", [...of(ROOM, 10), ...of(VOICE, 4), ...of(ROOM, 30)], 0],
    ["a sentence is talk, told once", of(VOICE, 60), 1],
    ["words with pauses are talk", Array.from({ length: 40 }, (_, n) => (n % 4 === 3 ? ROOM : VOICE)), 1],
    ["a door now and then is not", Array.from({ length: 200 }, (_, n) => (n % 20 === 0 ? VOICE : ROOM)), 0],
  ])("%s", (_what, peaks, times) => {
    expect(told(peaks)).toHaveLength(times);
  });

  test("who goes on is told again only later", () => {
    const times = told(of(VOICE, (QUIET_MS + 5_000) / 100));
    expect(times).toHaveLength(2);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(QUIET_MS);
  });
});

describe("a track that the system takes", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  class Track extends EventTarget {
    muted = false;
    readyState: MediaStreamTrackState = "live";
    become(muted: boolean): void {
      this.muted = muted;
      this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
    }
  }

  function watched(): { track: Track; heard: string[]; stop: () => void } {
    const track = new Track();
    const heard: string[] = [];
    const stop = watchTaken(track as unknown as Takeable, { taken: () => heard.push("taken"), givenBack: () => heard.push("given back") });
    return { track, heard, stop };
  }

  test("is told, and when it is given back", () => {
    const { track, heard } = watched();
    track.become(true);
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(TAKEN_AFTER_MS);
    track.become(false);
    expect(heard).toEqual(["taken", "given back"]);
  });

  test("is not told of a moment, nor after one looked away", () => {
    const { track, heard, stop } = watched();
    track.become(true);
    vi.advanceTimersByTime(TAKEN_AFTER_MS - 1);
    track.become(false);
    vi.advanceTimersByTime(TAKEN_AFTER_MS);
    stop();
    track.become(true);
    vi.advanceTimersByTime(TAKEN_AFTER_MS);
    expect(heard).toEqual([]);
  });

  test.each([
    ["microphone", true, "Your phone took the microphone."],
    ["camera", true, "Your phone took the camera."],
    ["microphone", false, "Your microphone was switched off outside this page."],
    ["camera", false, "Your camera was switched off outside this page."],
  ] as const)("is told of a %s, on a phone: %s", (kind, phone, text) => {
    expect(takenWords(kind, phone).text).toBe(text);
  });
});
