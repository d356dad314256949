// Bundles the editor into one file, with the licences of what it contains: node build.mjs OUT
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const out = process.argv[2];
const made = await build({
  entryPoints: ["src/main.js"],
  outfile: join(out, "editor.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
});

const packages = new Set();
for (const input of Object.keys(made.metafile.inputs)) {
  const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
  if (found) packages.add(found[1]);
}
writeFileSync(join(out, "LICENSES.txt"), [...packages].sort().map(licence).join("\n\n"));

function licence(name) {
  const folder = join("node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  let text = "";
  for (const file of ["LICENSE", "LICENSE.md", "LICENCE"]) {
    try { text ||= readFileSync(join(folder, file), "utf8"); } catch { continue; }
  }
  return `${name} ${version} (${license})\n${"-".repeat(dirname(name).length + 20)}\n${text}`;
}
