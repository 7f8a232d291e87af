import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { CDPSession } from '@playwright/test';
import { build, type Rollup } from 'vite';
import { expect, test } from './driver';
import { Program } from './program';
import type { Recolouring } from './recolour/page';

/**
 * What it costs the page's main thread to go from one month to the next on all communes of the country, against
 * setting the feature-state of every one of them on a bare choropleth of the same tiles: `make bench-page`.
 */
const boundaries = resolve('../../shared/data/vietnam-2025');
const set = 'vietnam-2025';
const atMost = 0.5;
const types = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript'],
  ['.css', 'text/css'],
]);
test.use({ trace: 'off' });

/** The files of the bench's page, by their path. */
async function pageOf(): Promise<Map<string, Rollup.OutputAsset | Rollup.OutputChunk>> {
  const built = await build({
    root: resolve('e2e/recolour'),
    base: '/recolour/',
    logLevel: 'warn',
    build: { write: false, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
    worker: { format: 'es' },
  });
  const outputs = (Array.isArray(built) ? built : [built]) as Rollup.RollupOutput[];
  return new Map(
    outputs.flatMap(({ output }) => output.map((file) => [`/recolour/${file.fileName}`, file])),
  );
}

/** Seconds the main thread has been busy. */
async function busy(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
}

const acts = ['ours', 'bare', 'oursAgain', 'bareAgain'] as const;
type Act = (typeof acts)[number];

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

test('going to another month costs the main thread half of setting every state', async ({
  page,
}) => {
  test.skip(!existsSync(boundaries), `${boundaries} is not here`);
  test.setTimeout(600_000);
  const program = await Program.start((data) => {
    const command = ['boundaries', 'import', boundaries];
    const flags = ['--data', data, '--set', set, '--in-force-from', '2025-07-01'];
    execFileSync(resolve('../bin/toancanh'), [...command, ...flags], { cwd: resolve('..') });
  });
  try {
    const files = await pageOf();
    await page.route(`${program.url}/recolour/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      const file = files.get(pathname);
      if (!file) return route.fulfill({ status: 404 });
      const contentType = types.get(extname(pathname)) ?? 'application/octet-stream';
      const body = file.type === 'chunk' ? file.code : Buffer.from(file.source);
      return route.fulfill({ body, contentType });
    });
    await page.goto(`${program.url}/recolour/index.html`);
    const { changing, units } = await page.evaluate(async (id) => {
      const here = window as unknown as {
        begin: (id: string) => Promise<Recolouring>;
        recolouring: Recolouring;
      };
      here.recolouring = await here.begin(id);
      return here.recolouring;
    }, set);
    expect(units).toBe(3321);
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const cost = async (act: Act, month = 0): Promise<number> => {
      const before = await busy(session);
      await page.evaluate(
        ([act, month]) => {
          const here = window as unknown as { recolouring: Recolouring };
          return here.recolouring[act](month);
        },
        [act, month] as const,
      );
      return 1000 * ((await busy(session)) - before);
    };
    // A month in which no class changes costs us nothing, and is not counted in our favour.
    const steps = changing.flatMap((share, i) => (share > 0 ? [{ from: i, to: i + 1 }] : []));
    expect(steps.length).toBeGreaterThan(3);
    const all: Record<Act, number[]> = { ours: [], bare: [], oursAgain: [], bareAgain: [] };
    let at = -1;
    for (let round = 0; round < 10; round++) {
      for (const { from, to } of steps) {
        if (at !== from) {
          await cost('ours', from);
          await cost('bare', from);
        }
        for (const act of acts) all[act].push(await cost(act, to));
        at = to;
      }
    }
    // A map is drawn anew whatever has changed: that is not the price of the colours.
    const drawing = { ours: median(all.oursAgain), bare: median(all.bareAgain) };
    const ours = median(all.ours) - drawing.ours;
    const bare = median(all.bare) - drawing.bare;
    const ratio = ours / bare;
    console.log(
      `${units} units, month by month ${steps.map(({ from }) => Math.round(100 * (changing[from] ?? 0))).join(', ')} % change their class: ` +
        `ours ${ours.toFixed(1)} ms of the main thread over drawing alone (${drawing.ours.toFixed(1)} ms), ` +
        `every state of a bare choropleth ${bare.toFixed(1)} ms (${drawing.bare.toFixed(1)} ms), ratio ${ratio.toFixed(2)} (at most ${atMost})`,
    );
    expect(ratio).toBeLessThanOrEqual(atMost);
  } finally {
    await program.end();
  }
});
