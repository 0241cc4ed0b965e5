// The menu behind *Settings*, or on a phone *More*: what it offers, and where it stands.
import pictureInPicture from "lucide-static/icons/picture-in-picture-2.svg?raw";
import gridIcon from "lucide-static/icons/layout-grid.svg?raw";
import speakerIcon from "lucide-static/icons/gallery-vertical-end.svg?raw";
import headphones from "lucide-static/icons/headphones.svg?raw";
import keyboard from "lucide-static/icons/keyboard.svg?raw";
import maximize from "lucide-static/icons/maximize.svg?raw";
import minimize from "lucide-static/icons/minimize.svg?raw";
import sliders from "lucide-static/icons/sliders-horizontal.svg?raw";
import switchCamera from "lucide-static/icons/switch-camera.svg?raw";
import { t } from "../i18n/index.ts";
import type { Layout } from "./layout.ts";
import { canBeSmall } from "./small-window.ts";

export interface Entry {
  id: string;
  picture: string;
  label: string;
  /** On or off, where it is a switch. */
  on?: boolean;
  press: () => void;
}

export interface Offered {
  layout: Layout;
  audioOnly: boolean;
  fullScreen: boolean;
  smallWindow: boolean;
  /** There is somebody else to look at. */
  others: boolean;
  cameraOn: boolean;
  does: Record<"layout" | "audioOnly" | "fullScreen" | "smallWindow" | "flip" | "settings" | "shortcuts", () => void>;
}

/** A phone, or something held like one: two cameras, no keyboard. */
export function held(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}

export function entries(offered: Offered): Entry[] {
  const { does } = offered;
  const all: (Entry | false)[] = [
    offered.layout === "grid"
      ? { id: "layout", picture: speakerIcon, label: t("Speaker view"), press: does.layout }
      : { id: "layout", picture: gridIcon, label: t("Grid view"), press: does.layout },
    held() && offered.cameraOn && { id: "flip", picture: switchCamera, label: t("Switch camera"), press: does.flip },
    document.fullscreenEnabled &&
      (offered.fullScreen
        ? { id: "full-screen", picture: minimize, label: t("Leave full screen"), press: does.fullScreen }
        : { id: "full-screen", picture: maximize, label: t("Full screen"), press: does.fullScreen }),
    canBeSmall() &&
      offered.others && {
        id: "small-window",
        picture: pictureInPicture,
        label: offered.smallWindow ? t("Close the small window") : t("In a small window"),
        press: does.smallWindow,
      },
    { id: "audio-only", picture: headphones, label: t("Audio only"), on: offered.audioOnly, press: does.audioOnly },
    { id: "settings", picture: sliders, label: t("Devices and settings"), press: does.settings },
    !held() && { id: "shortcuts", picture: keyboard, label: t("Keyboard shortcuts"), press: does.shortcuts },
  ];
  return all.filter((one): one is Entry => one !== false);
}

/** Above the button that opens it, within the window. */
export function position(menu: HTMLElement, opener: DOMRect): void {
  menu.style.right = `${Math.max(8, innerWidth - opener.right)}px`;
  menu.style.bottom = `${innerHeight - opener.top + 8}px`;
}
