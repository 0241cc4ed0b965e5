// Keeps the pop-up at the door in front of what else lies over the page.
//
// Menus, panels and a whole page shown full screen lie in the browser's top layer, above every
// z-index and one above the other in the order of their opening. A popover can be opened again, and
// is the uppermost then. A dialog that waits for an answer makes all else inert: nothing is above it.

/** What covers a button of `box`, so that a press would not reach `host`, or null. */
function cover(host: Element, box: Element): Element | null {
  const { top: first, bottom: last } = box.getBoundingClientRect();
  for (const button of box.querySelectorAll("button")) {
    const { left, top, width, height } = button.getBoundingClientRect();
    const middle = top + height / 2;
    // What has been scrolled out of sight is behind nothing.
    if (width === 0 || middle < first || middle > last) continue;
    const there = document.elementFromPoint(left + width / 2, middle);
    if (there !== null && there !== host) return there;
  }
  return null;
}

export class InFront {
  readonly #host: HTMLElement;
  /** What stayed above although the host came up: it is not tried again while that is there. */
  #above: Element | null = null;

  /** `host` is fixed on the page, and shown whether it is open as a popover or not. */
  constructor(host: HTMLElement) {
    this.#host = host;
  }

  /** Come up if a button in `box` is covered. */
  keep(box: Element | null): void {
    const host = this.#host;
    // Browsers without popovers have no menus and panels that could cover it.
    if (box === null || typeof host.showPopover !== "function") return;
    const over = cover(host, box);
    if (over === this.#above) return;
    this.#above = over;
    if (over === null) return;
    host.popover = "manual";
    if (host.matches(":popover-open")) host.hidePopover();
    host.showPopover();
    this.#above = cover(host, box);
  }
}
