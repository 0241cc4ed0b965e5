// Finds the addresses in a message. Only http and https, shown so that nobody reads another host than the browser opens.

/** A stretch of text; with `href` it is a link. */
export interface Piece {
  text: string;
  href: string | null;
}

const ADDRESS = /(?:https?:\/\/|www\.)[^\s<>"“”«»]+/giu;
/** What ends a sentence, or closes what was opened before the address. */
const TAIL = /[.,;:!?…'’*_)\]}]+$/u;
const PAIRS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** The text in pieces, in order; put together again they read as the text does, but for hosts in other alphabets. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    // In the middle of a word it is none: `xhttp://…`, `a@www.b`.
    if (/[\p{L}\p{N}@]$/u.test(text.slice(0, match.index))) continue;
    const written = trimmed(match[0]);
    const link = linked(written);
    if (link === null) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index), href: null });
    found.push(link);
    from = match.index + written.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), href: null });
  return found;
}

/** Without the sentence around it: its full stop, and a bracket that was opened before it. */
function trimmed(written: string): string {
  let rest = written;
  for (;;) {
    const tail = TAIL.exec(rest)?.[0] ?? "";
    const last = tail.at(-1);
    if (last === undefined) return rest;
    const opening = PAIRS[last];
    if (opening !== undefined && count(rest, opening) >= count(rest, last)) return rest;
    rest = rest.slice(0, -1);
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function linked(written: string): Piece | null {
  const address = /^www\./iu.test(written) ? `https://${written}` : written;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  // `https://bank.example@elsewhere.example` opens elsewhere.
  if (url.username !== "" || url.password !== "" || !url.hostname.includes(".")) return null;
  // Letters of other alphabets can look like any host: such a one is shown as the browser asks for it.
  const ascii = /^[\x21-\x7e]+$/u.test(address.split(/[/?#]/u)[2] ?? "");
  return { text: ascii ? written : url.href, href: url.href };
}
