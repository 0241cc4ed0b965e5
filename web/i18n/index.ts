// What the scripts say, in the page's language: messages, lengths of time, dates.
//
// The English text is the key. French comes from the one catalogue of the server
// (signal_server/catalogues/fr.po), exported beside this file before a build: what all pages say, what only
// the doorbell says, what only the meeting says, and what only stands beside its stage.

export type Language = "en" | "fr";
export type Values = Readonly<Record<string, string | number>>;

const exported = import.meta.glob<Record<string, string>>("./*.json", { import: "default" });

let current: Language = "en";
let catalogue: Readonly<Record<string, string>> = {};

/** The language that `t` answers in. */
export function language(): Language {
  return current;
}

/** The reader's own way of writing dates in that language (en-GB, fr-CA), where the browser says it. */
function locale(): string {
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(current)) ?? current;
}

/** Speak this language from now on. `load` calls it; tests do, too. */
export function use(chosen: Language, messages: Readonly<Record<string, string>>): void {
  current = chosen;
  catalogue = messages;
}

/** Load what the page's `<html lang>` asks for. Each entry awaits it before it shows anything. */
export async function load(lang: string = document.documentElement.lang): Promise<void> {
  const chosen: Language = lang.toLowerCase().startsWith("fr") ? "fr" : "en";
  use(chosen, await messages(chosen));
}

/** Load what a part of a page says besides. Before it shows anything. */
export async function loadPart(part: "doorbell" | "meeting" | "beside"): Promise<void> {
  const more = await messages(`${current}-${part}`);
  use(current, { ...catalogue, ...more });
}

/** English has none: its texts are the keys. */
async function messages(name: string): Promise<Readonly<Record<string, string>>> {
  return (await exported[`./${name}.json`]?.()) ?? {};
}

/** The text in the page's language, with `%(name)s` replaced by `values.name` and `%%` by `%`. */
export function t(text: string, values: Values = {}): string {
  return (catalogue[text] ?? text).replace(/%(?:\((\w+)\)s|%)/g, (found, name: string | undefined) => {
    if (name === undefined) return found.slice(1);
    const value = values[name];
    if (value === undefined) throw new Error(`"${text}" needs a value for ${name}`);
    return typeof value === "number" ? value.toLocaleString(locale()) : value;
  });
}

/** Seconds as a clock shows them: `0:42`, `10:05`, `1:01:01`. Less than none is none. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** The time of day of a moment, `14:05` or `2:05 PM`. */
export function timeOfDay(at: Date | string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(new Date(at));
}

/** A moment with its day. */
export function when(at: Date | string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeStyle: "short" }).format(new Date(at));
}

/** Several names as the language lists them: `Ann, Ben, and Cy`. */
export function list(names: readonly string[]): string {
  return new Intl.ListFormat(locale()).format(names);
}
