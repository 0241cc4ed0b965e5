// The sign-in form, and signing out.
import { call, Problem } from "../api/client.ts";
import type { Session } from "../api/shapes.ts";
import { clock, t } from "../i18n/index.ts";
import { showProblem, wordsFor } from "./problem.ts";

/** Where to go after signing in: `next` if it leads to a page of ours, else home. */
export function within(next: string | undefined, origin: string): string {
  try {
    const address = new URL(next ?? "/", origin);
    return address.origin === origin ? address.pathname + address.search + address.hash : "/";
  } catch {
    return "/";
  }
}

export function signInForm(root: ParentNode = document): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-sign-in]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void signIn(form);
    });
  }
}

export function signOutButtons(root: ParentNode = document): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-sign-out]")) {
    button.addEventListener("click", () => void signOut(button));
  }
}

async function signIn(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  const fields = ["email", "password"].map((name) => form.elements.namedItem(name) as HTMLInputElement);
  if (button === null || button.disabled) return;
  for (const field of fields) field.removeAttribute("aria-invalid");
  const empty = fields.find(({ value }) => value.trim() === "");
  if (empty !== undefined) {
    mark(empty);
    showProblem(form, t("Please enter your e-mail address and your password."));
    return;
  }
  showProblem(form, null);
  button.disabled = true;
  try {
    const [email = "", password = ""] = fields.map(({ value }) => value);
    await call<Session>("POST", "/api/v1/session", { email: email.trim(), password });
    location.assign(within(form.dataset.next, location.origin));
  } catch (error) {
    button.disabled = false;
    if (error instanceof Problem && error.retry_after !== null) {
      showProblem(form, error.detail);
      countDown(button, error.retry_after);
      return;
    }
    showProblem(form, wordsFor(error));
    const wrong = error instanceof Problem ? error.errors[0]?.field : undefined;
    const field = fields.find(({ name }) => name === wrong) ?? fields[1];
    if (field !== undefined) mark(field);
  }
}

function mark(field: HTMLInputElement): void {
  field.setAttribute("aria-invalid", "true");
  field.focus();
  field.select();
}

/** The button says how long it takes until another try makes sense. */
export function countDown(button: HTMLButtonElement, seconds: number): void {
  const words = button.textContent ?? "";
  const until = performance.now() + seconds * 1_000;
  button.disabled = true;
  const show = (): void => {
    const left = Math.ceil((until - performance.now()) / 1_000);
    if (left > 0) {
      button.textContent = t("Try again in %(time)s", { time: clock(left) });
      return;
    }
    clearInterval(timer);
    button.textContent = words;
    button.disabled = false;
  };
  const timer = setInterval(show, 1_000);
  show();
}

async function signOut(button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  try {
    await call("DELETE", "/api/v1/session");
  } catch (error) {
    // Already signed out is what was wanted.
    if (!(error instanceof Problem && error.status === 401)) {
      button.disabled = false;
      showProblem(button, wordsFor(error));
      return;
    }
  }
  location.assign("/");
}
