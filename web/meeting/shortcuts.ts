// The meeting's keys: which does what, what a press means, and how a person makes them their own.
import { shelf, type Shelf } from "../doorbell/browser.ts";
import { t } from "../i18n/index.ts";

export const ACTIONS = ["microphone", "camera", "share", "hand", "chat", "people", "contributions", "layout", "full-screen", "list"] as const;
export type Action = (typeof ACTIONS)[number];

export interface Shortcuts {
  /** One key alone may clash with how somebody works (dictation, a screen reader): all can be turned off. */
  on: boolean;
  keys: Readonly<Record<Action, string>>;
}

/** Held, it opens the microphone. */
export const TALK = " ";

const FIRST: Shortcuts = {
  on: true,
  keys: {
    microphone: "m",
    camera: "v",
    share: "s",
    hand: "h",
    chat: "c",
    people: "p",
    contributions: "t",
    layout: "l",
    "full-screen": "f",
    list: "?",
  },
};

/** A key that went down. */
export interface Pressed {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  repeat: boolean;
}

/** Where it went: into a text, a dialog or a menu it means what it means there; on a button, a space presses it. */
export type Where = "text" | "button" | "page";

export function meaning(pressed: Pressed, where: Where, { on, keys }: Shortcuts): Action | "talk" | null {
  if (!on || where === "text" || pressed.ctrlKey || pressed.altKey || pressed.metaKey || pressed.repeat) return null;
  if (pressed.key === TALK) return where === "button" ? null : "talk";
  const key = pressed.key.toLowerCase();
  return ACTIONS.find((action) => keys[action] === key) ?? null;
}

/** A key that can be chosen: one that writes something, and not the one to talk. */
export function canBe(key: string): boolean {
  return [...key].length === 1 && key !== TALK;
}

/** With another key for an action. Who had that key gets the one that is free now. */
export function withKey(shortcuts: Shortcuts, action: Action, key: string): Shortcuts {
  const wanted = key.toLowerCase();
  const keys = { ...shortcuts.keys };
  const had = ACTIONS.find((one) => keys[one] === wanted);
  if (had !== undefined) keys[had] = keys[action];
  keys[action] = wanted;
  return { ...shortcuts, keys };
}

const KEY = "shortcuts";

export function recallShortcuts(kept: Shelf = shelf()): Shortcuts {
  try {
    const read: unknown = JSON.parse(kept.read(KEY) ?? "{}");
    if (typeof read !== "object" || read === null) return FIRST;
    const { on, keys } = read as { on?: unknown; keys?: unknown };
    const own = (typeof keys === "object" && keys !== null ? keys : {}) as Record<string, unknown>;
    const usable = ACTIONS.filter((action) => typeof own[action] === "string" && canBe(own[action]));
    let shortcuts: Shortcuts = { ...FIRST, on: on !== false };
    for (const action of usable) shortcuts = withKey(shortcuts, action, own[action] as string);
    return shortcuts;
  } catch {
    return FIRST;
  }
}

export function keepShortcuts(shortcuts: Shortcuts, kept: Shelf = shelf()): void {
  kept.write(KEY, JSON.stringify(shortcuts));
}

/** The keys as they come. */
export function firstShortcuts(): Shortcuts {
  return FIRST;
}

export function actionWords(action: Action | "talk"): string {
  switch (action) {
    case "microphone":
      return t("Microphone on or off");
    case "camera":
      return t("Camera on or off");
    case "share":
      return t("Share your screen, or stop");
    case "hand":
      return t("Raise or lower your hand");
    case "chat":
      return t("Chat");
    case "people":
      return t("People");
    case "contributions":
      return t("Contributions");
    case "layout":
      return t("Change the layout");
    case "full-screen":
      return t("Full screen on or off");
    case "list":
      return t("This list");
    case "talk":
      return t("Talk while the key is held");
  }
}

/** What is written on the key. */
export function keyWords(key: string): string {
  return key === TALK ? t("Space") : key.toUpperCase();
}
