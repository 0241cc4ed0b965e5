// What every element's shadow root shares with the pages: the base sheet, and icons.
import { type CSSResult, unsafeCSS } from "lit";
import type { DirectiveResult } from "lit/directive.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import base from "./style/base.css?inline";

/** The pages' own sheet for text, buttons, fields and cards. First in an element's `static styles`. */
export const look: CSSResult = unsafeCSS(base);

const FRAME =
  '<svg class="icon" aria-hidden="true" focusable="false" width="24" height="24" viewBox="0 0 24 24" fill="none" ' +
  'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">';

/**
 * An icon of Lucide, from `import mic from "lucide-static/icons/mic.svg?raw"`: what lies inside of it. Decoration: the
 * word or label stands beside it.
 */
export function icon(inside: string): DirectiveResult {
  return unsafeHTML(`${FRAME}${inside}</svg>`);
}
