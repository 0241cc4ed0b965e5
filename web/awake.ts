// Keeps the screen on while somebody waits or is in a meeting, where the browser can.

/** The part of a browser that is used here. */
export interface Screen {
  request(type: "screen"): Promise<{ release(): Promise<void>; addEventListener(type: "release", then: () => void): void }>;
}

type Lock = Awaited<ReturnType<Screen["request"]>>;

export class Awake {
  readonly #screen: Screen | undefined;
  #wanted = false;
  #lock: Lock | null = null;
  #asking = false;

  constructor(screen: Screen | undefined = (navigator as { wakeLock?: Screen }).wakeLock) {
    this.#screen = screen;
    // The browser lets go whenever the page is looked away from.
    document.addEventListener("visibilitychange", () => void this.#hold());
  }

  keep(wanted: boolean): void {
    if (this.#wanted === wanted) return;
    this.#wanted = wanted;
    if (wanted) void this.#hold();
    else {
      void this.#lock?.release().catch(() => undefined);
      this.#lock = null;
    }
  }

  async #hold(): Promise<void> {
    if (!this.#wanted || this.#lock !== null || this.#asking || document.visibilityState !== "visible") return;
    this.#asking = true;
    try {
      const lock = await this.#screen?.request("screen");
      if (lock === undefined) return;
      lock.addEventListener("release", () => {
        if (this.#lock === lock) this.#lock = null;
      });
      if (this.#wanted) this.#lock = lock;
      else await lock.release();
    } catch {
      // A low battery, or a browser that refuses: the screen goes dark as everywhere else.
    } finally {
      this.#asking = false;
    }
  }
}
