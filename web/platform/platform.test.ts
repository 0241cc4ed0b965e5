// What the buttons and forms of the platform's pages do.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { copyButtons } from "./copy.ts";
import { forgetButtons } from "./forget.ts";
import { linkButtons } from "./link.ts";
import { dismissButtons } from "./missed.ts";
import { signInForm, signOutButtons, within } from "./sign-in.ts";
import { choiceSwitches, dialogButtons, languageButtons } from "./switches.ts";

const ORIGIN = "http://127.0.0.1:8080";

let calls: [string, string, unknown][];
let answer: () => Response;
let went: string[];

const problem = (status: number, name: string, more: object = {}) => () =>
  new Response(JSON.stringify({ type: `/problems/${name}`, title: "", status, detail: "The server's words.", ...more }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
const done = () => new Response(null, { status: 204 });
const page = (html: string): void => {
  document.body.innerHTML = html;
};
const one = <T extends HTMLElement>(selector: string): T => {
  const found = document.querySelector<T>(selector);
  if (found === null) throw new Error(`no ${selector}`);
  return found;
};
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const press = async (selector: string): Promise<void> => {
  one(selector).click();
  await settle(60);
};

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  went = [];
  answer = done;
  vi.stubGlobal("fetch", async (path: string, { method, body }: RequestInit) => {
    calls.push([method ?? "GET", path, typeof body === "string" ? JSON.parse(body) : undefined]);
    return answer();
  });
  vi.stubGlobal("location", {
    origin: ORIGIN,
    protocol: "http:",
    reload: () => went.push("reload"),
    assign: (to: string) => went.push(to),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  localStorage.clear();
});

describe("erasing the figures of a meeting", () => {
  const shown = `<dialog open><p class="problem" role="alert" hidden></p>
    <button data-forget="/api/v1/meetings/m1/contributions">Delete</button></dialog>`;

  test("one press erases them and leads to the other meetings", async () => {
    page(shown);
    forgetButtons();
    await press("button");
    expect(calls).toEqual([["DELETE", "/api/v1/meetings/m1/contributions", undefined]]);
    expect(went).toEqual(["/meetings"]);
  });

  test("a refusal is told, and it can be tried again", async () => {
    answer = problem(403, "forbidden");
    page(shown);
    forgetButtons();
    await press("button");
    expect(one(".problem").textContent).toBe("The server's words.");
    expect(one<HTMLButtonElement>("button").disabled).toBe(false);
    expect(went).toEqual([]);
  });
});

describe("the way on after signing in", () => {
  test.each([
    ["/m/abcd-efgh?x=1#y", "/m/abcd-efgh?x=1#y"],
    ["", "/"],
    [undefined, "/"],
    [`${ORIGIN}/people`, "/people"],
    ["https://evil.example/", "/"],
    ["//evil.example/", "/"],
    ["/\\evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["data:text/html,x", "/"],
    ["http://", "/"],
  ])("with %j leads to %s", (next, way) => {
    expect(within(next, ORIGIN)).toBe(way);
  });
});

describe("the sign-in form", () => {
  const submit = async (email = "o@acme.example", password = "secret"): Promise<void> => {
    one<HTMLInputElement>("[name=email]").value = email;
    one<HTMLInputElement>("[name=password]").value = password;
    one("form").dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    await settle();
  };
  const said = (): string | null => (one(".problem").hidden ? null : one(".problem").textContent);

  beforeEach(() => {
    page(`<form data-sign-in data-next="/preferences"><p class="problem" role="alert" hidden></p>
      <input name="email"><input name="password"><button type="submit">Sign in</button></form>`);
    signInForm();
  });

  test("signs in and goes where the visitor wanted to", async () => {
    answer = () => new Response("{}", { status: 200 });
    await submit(" o@acme.example ");
    expect(calls).toEqual([["POST", "/api/v1/session", { email: "o@acme.example", password: "secret" }]]);
    expect(went).toEqual(["/preferences"]);
  });

  test("shows at the form why it did not work, and lets try again", async () => {
    answer = problem(401, "sign-in-failed");
    await submit();
    expect(said()).toBe("The server's words.");
    expect(one<HTMLInputElement>("[name=password]").getAttribute("aria-invalid")).toBe("true");
    expect(one<HTMLButtonElement>("button").disabled).toBe(false);
    answer = () => new Response("{}", { status: 200 });
    await submit();
    expect(said()).toBeNull();
    expect(went).toHaveLength(1);
  });

  test("asks nobody about an empty field", async () => {
    await submit("o@acme.example", "");
    expect(calls).toEqual([]);
    expect(said()).toContain("password");
    expect(document.activeElement).toBe(one("[name=password]"));
  });

  test("points at the field that the server names", async () => {
    answer = problem(422, "invalid", { errors: { email: "This is too long." } });
    await submit();
    expect(said()).toBe("This is too long.");
    expect(document.activeElement).toBe(one("[name=email]"));
  });

  test("counts down until another try makes sense", async () => {
    answer = problem(429, "too-many-requests", { retry_after: 65 });
    await submit();
    expect(said()).toBe("The server's words.");
    expect(one("button").textContent).toBe("Try again in 1:05");
    await submit();
    expect(calls).toHaveLength(1);
    await settle(60_000);
    expect(one("button").textContent).toBe("Try again in 0:05");
    await settle(5_000);
    expect(one("button").textContent).toBe("Sign in");
    expect(one<HTMLButtonElement>("button").disabled).toBe(false);
  });

  test("says that the server was not reached", async () => {
    answer = () => new Response("<h1>502</h1>", { status: 502 });
    await submit();
    expect(said()).toBe("That did not reach the server. Please try again.");
  });
});

test.each([
  ["is done", done, ["/"]],
  ["was done before", problem(401, "sign-in-first"), ["/"]],
  ["was not reached", () => new Response("", { status: 502 }), []],
])("signing out that %s", async (_what, answers, way) => {
  page(`<section><button data-sign-out>Sign out</button></section>`);
  signOutButtons();
  answer = answers;
  await press("button");
  expect(calls).toEqual([["DELETE", "/api/v1/session", undefined]]);
  expect(went).toEqual(way);
});

describe("Copy", () => {
  test("puts the text on the clipboard, says so for 2 s, and is heard", async () => {
    const writeText = vi.fn(async () => undefined);
    vi.stubGlobal("navigator", { ...navigator, languages: ["en"], clipboard: { writeText } });
    page(`<output id="link"> ${ORIGIN}/m/abcd </output><button data-copy="#link"><svg></svg><span>Copy</span></button>`);
    copyButtons();
    await press("button");
    expect(writeText).toHaveBeenCalledWith(`${ORIGIN}/m/abcd`);
    expect(one("button span").textContent).toBe("Copied");
    expect(one("button svg")).toBeTruthy();
    await press("button");
    await settle(1_900);
    expect(one("button span").textContent).toBe("Copied");
    await settle(100);
    expect(one("button span").textContent).toBe("Copy");
  });

  test("leaves the text marked where nothing may be copied", async () => {
    vi.stubGlobal("navigator", { ...navigator, languages: ["en"], clipboard: undefined });
    page(`<output id="link">${ORIGIN}/m/abcd</output><button data-copy="#link"><span>Copy</span></button>`);
    copyButtons();
    await press("button");
    expect(one("button span").textContent).toBe("Copy");
    expect(getSelection()?.toString()).toBe(`${ORIGIN}/m/abcd`);
  });
});

describe("the link", () => {
  beforeEach(() => {
    page(`<section><p class="problem" role="alert" hidden></p>
      <button data-rotate="abcd-efgh">New</button><button data-open="abcd-efgh" data-value="false">Close</button>
      <button data-pause="abcd-efgh" data-value="true">Pause</button></section>`);
    linkButtons();
  });

  test.each([
    ["[data-rotate]", ["POST", "/api/v1/links/abcd-efgh/rotate", undefined]],
    ["[data-open]", ["PATCH", "/api/v1/links/abcd-efgh", { open: false }]],
    ["[data-pause]", ["POST", "/api/v1/links/abcd-efgh/pause", { paused: true }]],
  ])("%s asks for it, and shows what the server makes of it", async (button, call) => {
    answer = () => new Response("{}", { status: 200 });
    await press(button);
    expect(calls).toEqual([call]);
    expect(went).toEqual(["reload"]);
  });

  test("says what went wrong, and can be tried again", async () => {
    answer = problem(404, "not-found");
    await press("[data-rotate]");
    expect(one(".problem").textContent).toBe("The server's words.");
    expect(one<HTMLButtonElement>("[data-rotate]").disabled).toBe(false);
    expect(went).toEqual([]);
  });
});

describe("who was missed", () => {
  beforeEach(() => {
    page(`<section data-missed><div class="row"><button data-dismiss="k1,k2,k3">Dismiss all</button></div>
      <ul>${["k1", "k2", "k3"].map((id) => `<li><button data-dismiss="${id}">x</button></li>`).join("")}</ul></section>`);
    dismissButtons();
  });

  test("is dismissed one by one, and the focus stays in the list", async () => {
    await press("li [data-dismiss=k2]");
    expect(calls).toEqual([["POST", "/api/v1/doorbell/dismiss", { knocks: ["k2"] }]]);
    expect(document.querySelectorAll("li")).toHaveLength(2);
    expect(one(".row button").dataset.dismiss).toBe("k1,k3");
    expect(document.activeElement).toBe(one("li [data-dismiss=k3]"));
    await press("li [data-dismiss=k3]");
    expect(one(".row button").hidden).toBe(true);
    await press("li [data-dismiss=k1]");
    expect(went).toEqual(["reload"]);
  });

  test("is dismissed all at once", async () => {
    await press(".row button");
    expect(calls[0]?.[2]).toEqual({ knocks: ["k1", "k2", "k3"] });
    expect(went).toEqual(["reload"]);
  });

  test("stays where the server was not reached", async () => {
    answer = () => new Response("", { status: 502 });
    await press("li [data-dismiss=k2]");
    expect(document.querySelectorAll("li")).toHaveLength(3);
    expect(one<HTMLButtonElement>("li [data-dismiss=k2]").disabled).toBe(false);
  });
});

test("the language is kept in a cookie that the server reads", async () => {
  page(`<button data-language="fr">Français</button>`);
  languageButtons();
  await press("button");
  expect(document.cookie).toContain("language=fr");
  expect(went).toEqual(["reload"]);
});

test("a dialog opens", async () => {
  page(`<button data-dialog="#qr">QR</button><dialog id="qr"></dialog>`);
  const open = vi.fn();
  one<HTMLDialogElement>("dialog").showModal = open;
  dialogButtons();
  await press("button");
  expect(open).toHaveBeenCalled();
});

describe("what may sound and show at the door", () => {
  const switches = (): void => {
    page(`<section data-choices hidden><input type="checkbox" data-choice="knock">
      <input type="checkbox" data-choice="notifications"><p data-blocked hidden></p></section>`);
    choiceSwitches();
  };
  const notifications = (permission: string, asked = permission): void => {
    const stub = { permission, requestPermission: async () => (stub.permission = asked) };
    vi.stubGlobal("Notification", stub);
  };

  test("the knock sounds until it is turned off", async () => {
    notifications("default");
    switches();
    expect(one("section").hidden).toBe(false);
    expect(one<HTMLInputElement>("[data-choice=knock]").checked).toBe(true);
    await press("[data-choice=knock]");
    switches();
    expect(one<HTMLInputElement>("[data-choice=knock]").checked).toBe(false);
  });

  test.each([
    ["is on once the browser allows it", "default", "granted", true, true],
    ["is off when the browser is told to block it", "default", "denied", false, false],
    ["cannot be had where the browser blocks it", "denied", "denied", false, false],
  ])("a desktop notification %s", async (_what, permission, asked, checked, enabled) => {
    notifications(permission, asked);
    switches();
    const box = one<HTMLInputElement>("[data-choice=notifications]");
    expect(box.checked).toBe(false);
    await press("[data-choice=notifications]");
    expect(box.checked).toBe(checked);
    expect(box.disabled).toBe(!enabled);
    expect(one("[data-blocked]").hidden).toBe(enabled);
  });
});
