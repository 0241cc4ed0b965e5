// The one or two letters that stand for a person without a picture.

/** First letters of the first and the last word, as readers count letters; "?" for a name without any. */
export function initials(name: string): string {
  const words = name.split(/[\s\-_.,;:'’"“”()[\]{}|/\\]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = words[0];
  const last = words.length > 1 ? words.at(-1) : undefined;
  return [first, last].map((word) => (word === undefined ? "" : letter(word))).join("") || "?";
}

function letter(word: string): string {
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word)) {
    if (/[\p{L}\p{N}]/u.test(segment)) return segment.toLocaleUpperCase();
  }
  return "";
}
