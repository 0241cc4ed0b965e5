// What is plugged in, kept up to date: told at each change, also when a device comes or goes.
import { chosenDevice, type Device, devicesOf, type Gear } from "../meeting/gear.ts";

/** The part of `navigator.mediaDevices` that lists devices. */
export interface Lister extends EventTarget {
  enumerateDevices(): Promise<readonly Device[]>;
}

export class Plugged {
  readonly #lister: Lister | undefined;
  readonly #changed: (before: readonly Device[]) => void;
  #all: readonly Device[] = [];

  /** @param changed is called after each change, with what was there before. */
  constructor(
    changed: (before: readonly Device[]) => void,
    lister: Lister | undefined = navigator.mediaDevices as Lister | undefined,
  ) {
    this.#changed = changed;
    this.#lister = lister;
    lister?.addEventListener("devicechange", this.#look);
  }

  /** Everything, as `<device-menus>` takes it. */
  get all(): readonly Device[] {
    return this.#all;
  }

  /** Look again: browsers tell names only once a permission was given. */
  async look(): Promise<void> {
    const before = this.#all;
    try {
      const told = (await this.#lister?.enumerateDevices()) ?? [];
      // Windows lists the same devices once more as those "for communications".
      this.#all = told.filter(({ deviceId }) => deviceId !== "communications");
    } catch {
      return;
    }
    this.#changed(before);
  }

  close(): void {
    this.#lister?.removeEventListener("devicechange", this.#look);
  }

  readonly #look = (): void => void this.look();
}

/** The device that a menu shows: the one in use, else the one chosen before, else the browser's own choice, its first. */
export function shown(kind: Gear, all: readonly Device[], inUse: string, chosen: string | null = chosenDevice(kind)): string {
  const there = devicesOf(kind, all);
  const known = [inUse, chosen].find((id) => there.some(({ deviceId }) => deviceId === id));
  return known ?? there[0]?.deviceId ?? "";
}
