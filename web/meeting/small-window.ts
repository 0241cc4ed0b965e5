// Picture-in-picture: whoever is large, or speaks, in a small window over other programs.
import type { Picture } from "./call.ts";
import type { Box } from "./layout.ts";

export function canBeSmall(): boolean {
  return document.pictureInPictureEnabled === true;
}

/** What is worth the small window: what is large, else who speaks, else what it shows already, else the first with a
 * picture. Not oneself. */
export function worth(boxes: readonly Box[], shown: Picture | null = null): Picture | null {
  const pictureOf = ({ person, what }: Box): Picture | null => (what === "screen" ? person.screen : person.picture);
  const others = boxes.filter((box) => !box.person.me && pictureOf(box) !== null);
  const found =
    others.find(({ place }) => place === "main") ??
    others.find(({ person }) => person.speaking) ??
    others.find((box) => pictureOf(box) === shown) ??
    others[0];
  return found === undefined ? null : pictureOf(found);
}

export class SmallWindow {
  readonly #changed: () => void;
  #open = false;
  #shown: { picture: Picture; video: HTMLVideoElement } | null = null;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get open(): boolean {
    return this.#open;
  }

  async toggle(video: HTMLVideoElement): Promise<void> {
    if (this.#open) {
      this.close();
      return;
    }
    this.#open = true;
    this.#changed();
    video.addEventListener("leavepictureinpicture", () => this.#closed(), { once: true });
    try {
      if (video.readyState < HTMLMediaElement.HAVE_METADATA) {
        await new Promise((ready, late) => {
          video.addEventListener("loadedmetadata", ready, { once: true });
          setTimeout(late, 2_000);
        });
      }
      await video.requestPictureInPicture();
    } catch {
      this.#closed();
    }
  }

  /** While it is open: the picture that is worth it now. After the last one it waits for the next. */
  show(boxes: readonly Box[], video: HTMLVideoElement): void {
    if (!this.#open) return;
    const picture = worth(boxes, this.#shown?.picture);
    if (picture === null || picture === this.#shown?.picture) return;
    this.#shown?.picture.detach(video);
    picture.attach(video);
    this.#shown = { picture, video };
  }

  close(): void {
    // Firefox has none.
    if (document.pictureInPictureElement != null) void document.exitPictureInPicture().catch(() => undefined);
    this.#closed();
  }

  #closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#shown?.picture.detach(this.#shown.video);
    this.#shown = null;
    this.#changed();
  }
}
