// What a visitor types at the door, checked as the server checks it, so that most mistakes are told at once.
import type { FieldError } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";

export const NAME_LENGTH = 80;
export const MESSAGE_LENGTH = 500;

export type Fault = "empty" | "too-long" | "characters";

/** Controls, halves of pairs, separators and what hides or turns text; two joiners are letters' own business. */
const REFUSED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const JOINERS = /[\u200c\u200d]/g;
/** Letters that show as nothing: a name made of them is no name. */
const BLANKS = /[\u115f\u1160\u3164\uffa0\u2800\u200c\u200d]/g;

/** What is wrong with a name, or null. */
export function nameFault(text: string): Fault | null {
  const name = text.normalize("NFC").trim();
  if (REFUSED.test(name.replace(JOINERS, ""))) return "characters";
  if ([...name].length > NAME_LENGTH) return "too-long";
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(name.replace(BLANKS, "")) ? null : "empty";
}

/** What is wrong with a message, or null. It may be empty and have several lines. */
export function messageFault(text: string): Fault | null {
  const message = text.normalize("NFC").trim();
  if (REFUSED.test(message.replace(JOINERS, "").replace(/\r?\n/g, ""))) return "characters";
  return [...message].length > MESSAGE_LENGTH ? "too-long" : null;
}

export function nameAdvice(fault: Fault): string {
  switch (fault) {
    case "empty":
      return t("Please type your name.");
    case "too-long":
      return t("Please shorten your name: at most %(most)s characters fit.", { most: NAME_LENGTH });
    case "characters":
      return t("Please type your name again: it holds characters that cannot be shown.");
  }
}

export function messageAdvice(fault: Fault): string {
  if (fault === "too-long") return t("Please shorten your message: at most %(most)s characters fit.", { most: MESSAGE_LENGTH });
  return t("Please type your message again: it holds characters that cannot be shown.");
}

/** The server's own words about a field, where it did not take it. They come in the page's language. */
export function refusal(errors: readonly FieldError[], field: "name" | "message"): string | null {
  return errors.find((error) => error.field === field)?.reason ?? null;
}
