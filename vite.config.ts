// Builds the pages' scripts and styles into the server's static folder, and runs their unit tests.
import { access, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { scriptIcons, templateIcons } from "./web/style/icons.ts";

const OUT = "signal_server/static/build";

/** aiohttp serves the .br or .gz sibling of a file to whoever accepts it, so compressing is done once, here. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    async closeBundle() {
      const files = await readdir(OUT, { recursive: true });
      const texts = files.filter((name) => /\.(js|css|svg|json|map)$/.test(name));
      await Promise.all(
        texts.map(async (name) => {
          const file = join(OUT, name);
          const text = await readFile(file);
          await writeFile(`${file}.gz`, await promisify(gzip)(text, { level: 9 }));
          await writeFile(`${file}.br`, await promisify(brotliCompress)(text));
        }),
      );
      // Some ten megabytes: the last percent would cost half a minute, and browsers that open cameras take this one.
      for (const name of files.filter((file) => file.endsWith(".wasm"))) {
        const params = { [constants.BROTLI_PARAM_QUALITY]: 7 };
        await writeFile(join(OUT, `${name}.br`), await promisify(brotliCompress)(await readFile(join(OUT, name)), { params }));
      }
    },
  };
}

/** A build without the catalogue would speak English to everybody, without a word. */
function catalogue(): Plugin {
  return {
    name: "catalogue",
    apply: "build",
    async buildStart() {
      for (const file of ["fr.json", "fr-doorbell.json", "fr-meeting.json", "fr-beside.json"].map((name) => `web/i18n/${name}`)) {
        await access(file).catch(() => this.error(`${file} is missing: python -m signal_server.language export`));
      }
    },
  };
}

export default defineConfig({
  base: "/static/build/",
  // What the server serves itself lies in signal_server/static: nothing is copied.
  publicDir: false,
  build: {
    outDir: OUT,
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    target: "es2022",
    sourcemap: false,
    // All browsers that can run the meeting preload modules by themselves.
    modulePreload: { polyfill: false },
    // The meeting's part holds livekit-client, which is large by nature and loaded on its page only.
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      // Compressing takes the longest, as it should.
      checks: { pluginTimings: false },
      input: { platform: "web/platform/platform.ts", visit: "web/visit/visit.ts" },
    },
  },
  plugins: [catalogue(), scriptIcons(), templateIcons(), compressed()],
  // The packages may be a link to a folder elsewhere, and tests read icons from there. Nothing is served.
  server: { fs: { strict: false } },
  test: {
    environment: "jsdom",
    include: ["web/**/*.test.ts"],
    // Two cores, shared with a server and a browser.
    maxWorkers: 2,
    restoreMocks: true,
  },
});
