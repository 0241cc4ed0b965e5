// Every page of the platform: the doorbell, and what its buttons and forms do.
import "../style/style.css";
import "../style/meetings.css";
import { load, loadPart } from "../i18n/index.ts";
import { showMoments } from "../i18n/moments.ts";
import { copyButtons } from "./copy.ts";
import { forgetButtons } from "./forget.ts";
import { linkButtons } from "./link.ts";
import { dismissButtons } from "./missed.ts";
import { signInForm, signOutButtons } from "./sign-in.ts";
import { choiceSwitches, dialogButtons, languageButtons } from "./switches.ts";

await load();
showMoments();
copyButtons();
linkButtons();
dismissButtons();
forgetButtons();
signInForm();
signOutButtons();
languageButtons();
dialogButtons();
choiceSwitches();
const setup = document.querySelector<HTMLElement>("room-setup");
if (setup !== null) void import("./kept-setup.ts").then(({ keptSetup }) => keptSetup(setup));
if (document.querySelector("door-bell") !== null) {
  await loadPart("doorbell");
  await import("../doorbell/door-bell.ts");
}
