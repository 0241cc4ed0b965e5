// Names from everywhere, and what stands for them.
import { expect, test } from "vitest";
import { initials } from "./initials.ts";

test.each([
  ["Nora Adams", "NA"],
  ["nora", "N"],
  ["Anne-Marie de la Tour", "AT"],
  ["  Élodie   Ñandú ", "ÉÑ"],
  ["李 小龍", "李小"],
  ["👩‍⚕️ Dr. Ann", "DA"],
  ["Jo (Berlin)", "JB"],
  ["12 Monkeys", "1M"],
  ["👋", "?"],
  ["", "?"],
])("%s is %s", (name, letters) => {
  expect(initials(name)).toBe(letters);
});
