// What a device remembers for the next door.
import { beforeEach, describe, expect, test } from "vitest";
import { keep, recall } from "./choices.ts";

beforeEach(() => localStorage.clear());

describe("the choices", () => {
  test("are devices on and no name at first", () => {
    expect(recall()).toEqual({ name: "", camera: true, microphone: true });
  });

  test("are kept one by one", () => {
    keep({ name: "Nora" });
    keep({ camera: false });
    expect(recall()).toEqual({ name: "Nora", camera: false, microphone: true });
  });

  test.each(["", "{", "null", "[]", '{"name":7,"camera":"no"}'])("are the first ones where %s is kept", (text) => {
    localStorage.setItem("choices", text);
    expect(recall()).toEqual({ name: "", camera: true, microphone: true });
  });
});
