// What shows figures, loaded when there are some: it has to be there when the visit ends and nothing more is fetched.
import { ContributionFigures } from "./figures.ts";
import { LastFigures } from "./last.ts";
import { TalkRing } from "./ring.ts";

/** May be called again. */
export function define(): void {
  if (customElements.get("contribution-figures") !== undefined) return;
  customElements.define("contribution-figures", ContributionFigures);
  customElements.define("last-figures", LastFigures);
  customElements.define("talk-ring", TalkRing);
}
