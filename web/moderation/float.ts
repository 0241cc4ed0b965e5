// Puts a menu or a panel beside the button that opened it, inside the window. A phone's sheet needs no place.
const GAP = 8;

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Left and top for something of this size beside a button: above it where there is room, else below. */
export function beside(button: Box, width: number, height: number, window: { width: number; height: number }): { left: number; top: number } {
  const middle = (button.left + button.right) / 2;
  const left = clamp(middle - width / 2, GAP, window.width - width - GAP);
  const above = button.top - GAP - height;
  const below = button.bottom + GAP;
  const top = above >= GAP || below + height > window.height - GAP ? above : below;
  return { left, top: clamp(top, GAP, window.height - height - GAP) };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

/** Through CSSOM: the page's policy allows no style in markup. */
export function float(popover: HTMLElement, button: Element): void {
  const { width, height } = popover.getBoundingClientRect();
  const { left, top } = beside(button.getBoundingClientRect(), width, height, { width: innerWidth, height: innerHeight });
  popover.style.setProperty("left", `${left}px`);
  popover.style.setProperty("top", `${top}px`);
}

/** Opens and closes a popover from a button of another shadow root, which the browser does not know as its own. */
export class Opener {
  #wasOpen: boolean | null = null;

  /** Before the browser closes it because something outside was pressed. */
  pressed(popover: HTMLElement): void {
    this.#wasOpen = popover.matches(":popover-open");
  }

  /** Returns whether it is open now. */
  clicked(popover: HTMLElement): boolean {
    const open = this.#wasOpen ?? popover.matches(":popover-open");
    this.#wasOpen = null;
    if (open) popover.hidePopover();
    else popover.showPopover();
    return !open;
  }
}
