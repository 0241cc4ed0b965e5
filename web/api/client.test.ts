// What a call sends, and how refusals and silence come back.
import { afterEach, describe, expect, test, vi } from "vitest";
import { call, Problem, Unreachable } from "./client.ts";

function answering(status: number, body?: unknown, headers: Record<string, string> = {}) {
  const answer = vi.fn(
    async (_path: string, _request: RequestInit) =>
      new Response(body === undefined ? null : JSON.stringify(body), {
        status,
        headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json", ...headers },
      }),
  );
  vi.stubGlobal("fetch", answer);
  return answer;
}

afterEach(() => vi.unstubAllGlobals());

describe("a call", () => {
  test("sends JSON and answers with what came back", async () => {
    const fetched = answering(200, { id: "k" });
    expect(await call("POST", "/api/v1/x", { name: "Nora" })).toEqual({ id: "k" });
    const [path, request] = fetched.mock.calls[0] ?? [];
    expect(path).toBe("/api/v1/x");
    expect(request).toMatchObject({ method: "POST", body: '{"name":"Nora"}', credentials: "same-origin" });
    expect(request?.headers).toMatchObject({ "Content-Type": "application/json" });
  });

  test("without fields sends no body", async () => {
    const fetched = answering(200, {});
    await call("POST", "/api/v1/x");
    expect(fetched.mock.calls[0]?.[1]).not.toHaveProperty("body");
  });

  test("that is answered 204 has nothing to say", async () => {
    answering(204);
    expect(await call("DELETE", "/api/v1/x")).toBeUndefined();
  });
});

describe("a refusal", () => {
  const body = { type: "/problems/meeting-full", title: "Full", status: 409, detail: "The meeting is full." };

  test.each([
    ["its name and words", body, {}, { name: "meeting-full", status: 409, detail: "The meeting is full." }],
    ["when to try again", { ...body, retry_after: 20 }, {}, { retry_after: 20 }],
    ["when to try again from the header", body, { "Retry-After": "7" }, { retry_after: 7 }],
    ["no time when none is named", body, {}, { retry_after: null }],
    ["who decided", { ...body, decided_by: "Ann", decision: "admit" }, {}, { decided_by: "Ann", decision: "admit" }],
    ["which fields", { ...body, errors: { name: "Too long." } }, {}, { errors: [{ field: "name", reason: "Too long." }] }],
    ["that it is the server's own fault", { type: "about:blank", title: "Wrong", status: 500 }, {}, { name: "about:blank", detail: "Wrong" }],
  ])("says %s", async (_what, sent, headers, seen) => {
    answering(409, sent, headers);
    const caught = await call("POST", "/api/v1/x").catch((error: unknown) => error);
    expect(caught).toBeInstanceOf(Problem);
    expect(caught).toMatchObject(seen);
  });
});

describe("the server counts as unreachable", () => {
  test.each([
    ["when the network fails", () => Promise.reject(new TypeError("Failed to fetch"))],
    ["when a proxy answers in its place", () => Promise.resolve(new Response("<h1>502</h1>", { status: 502 }))],
    [
      "when what claims to be a problem is none",
      () =>
        Promise.resolve(
          new Response("<", { status: 500, headers: { "Content-Type": "application/problem+json" } }),
        ),
    ],
    ["when an answer breaks off", () => Promise.resolve(new Response('{"id":', { status: 200 }))],
  ])("%s", async (_when, fetched) => {
    vi.stubGlobal("fetch", fetched);
    await expect(call("GET", "/api/v1/x")).rejects.toBeInstanceOf(Unreachable);
  });
});
