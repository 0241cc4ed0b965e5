// Addresses in messages become links, and nothing else does.
import { describe, expect, test } from "vitest";
import { pieces } from "./links.ts";

/** Links in brackets, as `[text → address]`, or `[address]` where both are the same. */
function drawn(text: string): string {
  return pieces(text)
    .map(({ text: shown, href }) => (href === null ? shown : shown === href ? `[${href}]` : `[${shown} → ${href}]`))
    .join("");
}

describe("is a link:", () => {
  test.each([
    ["https://a.example/b?c=d#e", "[https://a.example/b?c=d#e]"],
    ["See https://a.example/b.", "See [https://a.example/b]."],
    ["(https://a.example/b)", "([https://a.example/b])"],
    ["https://a.example/b_(c)", "[https://a.example/b_(c)]"],
    ["(see https://a.example/b_(c), please)", "(see [https://a.example/b_(c)], please)"],
    ["http://a.example/x, https://b.example/y!", "[http://a.example/x], [https://b.example/y]!"],
    ["www.a.example/b", "[www.a.example/b → https://www.a.example/b]"],
    ["« https://a.example/b »", "« [https://a.example/b] »"],
    ["two\nhttps://a.example/b\nlines", "two\n[https://a.example/b]\nlines"],
    ["HTTPS://A.example/b", "[HTTPS://A.example/b → https://a.example/b]"],
  ])("%s", (text, shown) => {
    expect(drawn(text)).toBe(shown);
  });
});

describe("is no link:", () => {
  test.each([
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "<a href='x'>https</a>",
    "xhttps://a.example",
    "me@www.a.example",
    "https://",
    "http://localhost/",
    "https://bank.example@a.example/",
    "https://bank.example:80@a.example/",
    "www.",
    "",
  ])("%s", (text) => {
    expect(pieces(text).filter(({ href }) => href !== null)).toEqual([]);
    expect(pieces(text).map((piece) => piece.text).join("")).toBe(text);
  });
});

test("markup inside an address ends it, and the rest stays text", () => {
  expect(drawn('https://a.example/"onclick="alert(1)')).toBe('[https://a.example/]"onclick="alert(1)');
  expect(drawn("https://a.example/<script>")).toBe("[https://a.example/]<script>");
});

test("a host in letters that look like another's is shown as the browser asks for it", () => {
  expect(drawn("https://аpple.example/x")).toBe("[https://xn--pple-43d.example/x]");
});
