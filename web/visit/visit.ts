// The script of a link's page: speaks the page's language, then shows the visit.
import "../style/style.css";
import { guardCameras } from "../blur/cameras.ts";
import { load } from "../i18n/index.ts";
import { languageButtons } from "../platform/switches.ts";
import { define } from "./visit-page.ts";

guardCameras();
await load();
languageButtons();
define();
