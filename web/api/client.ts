// The one way a page calls the server: JSON to and from this origin, refusals as `Problem`,
// everything that is not the server's own answer as `Unreachable`.
import { hearTime } from "./clock.ts";
import type { Decision, FieldError, ProblemBody, Setup } from "./shapes.ts";

/** Longer than any answer of ours takes, shorter than anybody looks at a button that does nothing. */
const PATIENCE_MS = 20_000;

/** The server understood and refused. `name` is the last part of the problem's type: `meeting-full`. */
export class Problem extends Error {
  override readonly name: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  /** Seconds to wait before the same call is worth trying again. */
  readonly retry_after: number | null;
  readonly decided_by: string | null;
  readonly decision: Decision | null;
  /** On `setup-changed`: what holds now. */
  readonly setup: Setup | null;

  constructor(body: ProblemBody) {
    super(body.detail ?? body.title);
    this.name = body.type.replace(/^.*\//, "");
    this.status = body.status;
    this.title = body.title;
    // A fault of the server's own has a title and nothing more to tell.
    this.detail = body.detail ?? body.title;
    this.errors = Object.entries(body.errors ?? {}).map(([field, reason]) => ({ field, reason }));
    this.retry_after = body.retry_after ?? null;
    this.decided_by = body.decided_by ?? null;
    this.decision = body.decision ?? null;
    this.setup = body.setup ?? null;
  }
}

/** No answer of the server's: the network, a proxy's page, or a silence that lasted too long. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/**
 * The refusal that an answer carries, or null when it is not one of ours (a proxy's error page).
 * `Retry-After` counts where the body does not say it.
 */
export async function problemOf(response: Response): Promise<Problem | null> {
  if (!response.headers.get("Content-Type")?.startsWith("application/problem+json")) return null;
  try {
    const body = (await response.json()) as ProblemBody;
    const header = Number(response.headers.get("Retry-After") ?? Number.NaN);
    return new Problem(Number.isFinite(header) ? { retry_after: header, ...body } : body);
  } catch {
    return null;
  }
}

/**
 * Call the server and return what it answers, `undefined` for 204.
 * @throws Problem when it refuses, Unreachable when it cannot be reached or somebody else answers.
 */
export async function call<Answer = undefined>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: object,
): Promise<Answer> {
  const request: RequestInit = {
    method,
    credentials: "same-origin",
    cache: "no-store",
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers = { ...request.headers, "Content-Type": "application/json" };
  }
  let response: Response;
  try {
    response = await fetch(path, request);
    hearTime(response);
    if (response.status === 204) return undefined as Answer;
    if (response.ok) return (await response.json()) as Answer;
  } catch (error) {
    throw new Unreachable(`${method} ${path}`, { cause: error });
  }
  throw (await problemOf(response)) ?? new Unreachable(`${method} ${path}: ${response.status}`);
}
