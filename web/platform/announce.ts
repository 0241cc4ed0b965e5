// Says something to a screen reader, once, without moving anything.

let region: HTMLElement | null = null;

export function announce(text: string): void {
  if (region === null) {
    region = document.createElement("div");
    region.className = "heard";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  // The same words twice are heard twice only if they were gone in between.
  region.textContent = "";
  const said = region;
  setTimeout(() => {
    said.textContent = text;
  }, 50);
}
