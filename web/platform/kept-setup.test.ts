import { afterEach, expect, test, vi } from "vitest";
import { aSetup } from "../moderation/a-room.ts";
import type { RoomSetup } from "../moderation/setup-form.ts";
import { keptSetup } from "./kept-setup.ts";

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function page(): HTMLElement {
  document.body.innerHTML = '<section><room-setup data-slug="abc" data-seats="12" hidden></room-setup></section>';
  return document.querySelector<HTMLElement>("room-setup")!;
}

function answers(...all: [number, object][]): { sent: [string, string, unknown][] } {
  const sent: [string, string, unknown][] = [];
  vi.stubGlobal("fetch", async (path: string, { method, body }: RequestInit) => {
    sent.push([method ?? "GET", path, body === undefined ? undefined : JSON.parse(body as string)]);
    const [status, answer] = all.shift() ?? [500, {}];
    const type = status < 400 ? "application/json" : "application/problem+json";
    return new Response(JSON.stringify(answer), { status, headers: { "Content-Type": type } });
  });
  return { sent };
}

const field = (form: HTMLElement, id: string): HTMLSelectElement => form.shadowRoot!.querySelector<HTMLSelectElement>(`#${id}`)!;

test("the link’s set-up is shown without a lock, with what only the owner sets, and saved as it is changed", async () => {
  const { sent } = answers([200, aSetup({ version: 3, chat: "moderators" })], [200, aSetup({ version: 4 })]);
  const form = page() as RoomSetup;
  await keptSetup(form);
  await form.updateComplete;
  expect(form.hidden).toBe(false);
  expect(field(form, "chat").value).toBe("moderators");
  expect(form.shadowRoot!.querySelector("[data-field=locked]")).toBeNull();
  expect(field(form, "colleagues").value).toBe("walk-in");

  const chat = field(form, "chat");
  chat.value = "everyone";
  chat.dispatchEvent(new Event("change"));
  await vi.waitFor(() => expect(form.shadowRoot!.querySelector(".saved")!.textContent).toBe("Saved"));
  expect(sent).toEqual([
    ["GET", "/api/v1/links/abc/setup", undefined],
    ["PATCH", "/api/v1/links/abc/setup", { chat: "everyone", version: 3 }],
  ]);
});

test("what somebody else has changed meanwhile is shown as it is now, with who it was", async () => {
  const theirs = aSetup({ version: 2, microphone: "moderators", changed_by: { microphone: "Olga" } });
  answers(
    [200, aSetup()],
    [409, { type: "/problems/setup-changed", title: "x", status: 409, setup: { ...theirs, seats: null } }],
  );
  const form = page() as RoomSetup;
  await keptSetup(form);
  await form.updateComplete;
  const microphone = field(form, "microphone");
  microphone.value = "moderators";
  microphone.dispatchEvent(new Event("change"));
  await vi.waitFor(() => expect(form.shadowRoot!.textContent).toContain("Olga has just changed this."));
  expect((form.shadowRoot!.querySelector("#seats") as HTMLInputElement).value).toBe("12");
});

test("a set-up that cannot be read is said", async () => {
  answers([500, {}]);
  await keptSetup(page());
  expect(document.querySelector("[role=alert]")!.textContent).toBe("The room set-up could not be read. Please reload the page.");
});
