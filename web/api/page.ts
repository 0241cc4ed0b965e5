// What the server wrote into this page for its scripts.
import type { Session, Workspace } from "./shapes.ts";

export interface Page {
  language: "en" | "fr";
  session: Session | null;
  page: "home" | "sign-in" | "preferences" | "people" | "profile" | "visit" | "not-found";
  https: boolean;
}

/** The page of a link. Without an owner there is nothing behind it. */
export interface VisitPage extends Page {
  page: "visit";
  slug: string;
  livekit_url: string;
  public_url: string;
  workspace: Workspace;
  owner: { name: string } | null;
}

/** Read `<script id="page">`. */
export function page(): Page | VisitPage {
  const written = document.getElementById("page")?.textContent;
  if (written == null) throw new Error("this page carries no data");
  return JSON.parse(written) as Page | VisitPage;
}
