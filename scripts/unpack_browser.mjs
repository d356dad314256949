// Unpacks the npm package @sparticuz/chromium: node scripts/unpack_browser.mjs FOLDER
// FOLDER/chromium becomes a script that starts the browser with the libraries it brings.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliDecompressSync } from "node:zlib";

const folder = resolve(process.argv[2]);
const packed = join(folder, "node_modules", "@sparticuz", "chromium", "bin");
const read = (name) => brotliDecompressSync(readFileSync(join(packed, name)));

function untar(name) {
  const done = spawnSync("tar", ["-x", "-C", folder], { input: read(name), maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`tar could not unpack ${name}: ${done.stderr}`);
}

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "headless"), read("chromium.br"), { mode: 0o755 });
["al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"].forEach(untar);
const start = `#!/bin/sh
LD_LIBRARY_PATH='${folder}/lib' exec '${folder}/headless' "$@"
`;
// Written last: it is what the tests look for, so a half unpacked browser is never started.
writeFileSync(join(folder, "chromium"), start);
chmodSync(join(folder, "chromium"), 0o755);
