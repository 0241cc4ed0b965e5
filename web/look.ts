// What every element's shadow root shares with the pages: the base sheet, and icons.
import { type CSSResult, unsafeCSS } from "lit";
import type { DirectiveResult } from "lit/directive.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import base from "./style/base.css?inline";

/** The pages' own sheet for text, buttons, fields and cards. First in an element's `static styles`. */
export const look: CSSResult = unsafeCSS(base);

/**
 * An icon of Lucide, from `import mic from "lucide-static/icons/mic.svg?raw"`. Decoration: the word
 * or label stands beside it.
 */
export function icon(svg: string): DirectiveResult {
  return unsafeHTML(svg.replace("<svg", '<svg aria-hidden="true" focusable="false"').replace('class="lucide', 'class="icon lucide'));
}
