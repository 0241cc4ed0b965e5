// @vitest-environment node
// The icons of templates and scripts: every one of them exists, and is what lies inside the SVG.
import { expect, test } from "vitest";
import inside from "lucide-static/icons/mic.svg?raw";
import { iconsInTemplates, innerSvg } from "./icons.ts";

test("templates name icons, and Lucide has each of them", async () => {
  const names = await iconsInTemplates();
  expect(names).toContain("qr-code");
  for (const name of names) {
    const inner = await innerSvg(name);
    expect(inner).toMatch(/^<\w/);
    expect(inner).not.toContain("<svg");
    expect(inner).not.toContain("style=");
  }
});

test("scripts get the inside of an icon, too", async () => {
  expect(inside).toBe(await innerSvg("mic"));
});

test("a name that Lucide does not have stops the build", async () => {
  await expect(innerSvg("no-such-icon")).rejects.toThrow();
});
