// Reads a JSON list of texts, prints for each its tags, or where it is broken, and what only looks like a tag.
import { readFileSync } from "node:fs";
import { broken, suspicious, tagsOf } from "../../frontend/src/tags.js";

const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => ({
  tags: tagsOf(text).map(({ kind, value }) => [kind, value]),
  error: broken(text)[0]?.message ?? "",
  suspicious: suspicious(text).map((found) => found.text),
}))));
