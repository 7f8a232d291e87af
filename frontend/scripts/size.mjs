// Weighs the JavaScript a reader loads before anything is shown: the entry of dist/index.html
// and what it imports at once, compressed, without the map library (which comes after it).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const limit = 120 * 1000;
const dist = new URL('../dist/', import.meta.url).pathname;

const entries = [
  ...readFileSync(join(dist, 'index.html'), 'utf8').matchAll(
    /(?:src|href)="\/(assets\/[^"]+\.js)"/g,
  ),
].map((match) => match[1]);

let total = 0;
for (const entry of new Set(entries)) {
  const bytes = gzipSync(readFileSync(join(dist, entry)), { level: 9 }).length;
  console.log(`${entry}: ${(bytes / 1000).toFixed(1)} kB`);
  total += bytes;
}
console.log(`initial JavaScript: ${(total / 1000).toFixed(1)} kB of ${limit / 1000} kB`);
if (total > limit || entries.length === 0) process.exit(1);
