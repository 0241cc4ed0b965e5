// Gives scripts and templates what lies inside an icon of Lucide: all of them have the same frame, drawn in one place.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";

const TEMPLATES = "templates";
const LUCIDE = "node_modules/lucide-static/icons";

/** The names in every `icon("name")` of the templates, each once. */
export async function iconsInTemplates(folder: string = TEMPLATES): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".html"));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf-8")));
  const names = texts.flatMap((text) => [...text.matchAll(/\bicon\("([a-z0-9-]+)"\)/g)].map((found) => found[1] ?? ""));
  return [...new Set(names)].sort();
}

/** What stands between `<svg …>` and `</svg>` of a Lucide file, on one line. */
export async function innerSvg(name: string): Promise<string> {
  const svg = await readFile(join(LUCIDE, `${name}.svg`), "utf-8");
  return svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s+/g, " ").trim();
}

/** `import mic from "lucide-static/icons/mic.svg?raw"` is what lies inside. */
export function scriptIcons(): Plugin {
  return {
    name: "script-icons",
    enforce: "pre",
    async load(id) {
      const [, name] = /\/lucide-static\/icons\/([a-z0-9-]+)\.svg\?raw$/.exec(id) ?? [];
      return name === undefined ? null : `export default ${JSON.stringify(await innerSvg(name))};`;
    },
  };
}

/** Those that templates draw, by icon("name"), beside the build: icons.json. A name that Lucide does not have stops it. */
export function templateIcons(): Plugin {
  return {
    name: "template-icons",
    apply: "build",
    async generateBundle() {
      const names = await iconsInTemplates();
      const icons = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await innerSvg(name)])));
      this.emitFile({ type: "asset", fileName: "icons.json", source: JSON.stringify(icons) });
    },
  };
}
