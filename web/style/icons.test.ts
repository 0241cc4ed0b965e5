// @vitest-environment node
// The icons of the templates: every one of them exists, and is what lies inside the SVG.
import { expect, test } from "vitest";
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

test("a name that Lucide does not have stops the build", async () => {
  await expect(innerSvg("no-such-icon")).rejects.toThrow();
});
