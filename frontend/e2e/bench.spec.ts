import { chromium, type Page } from '@playwright/test';
import lighthouse, { desktopConfig, type Config } from 'lighthouse';
import { serveBare } from './bare/serve';
import { expect, test } from './driver';

/**
 * How fast the overview is with its live map, drawn in software: `make bench-page`. Three runs each, the median counts.
 * It wants a machine that has nothing else to do. The floor beside it, in the same run, is the bare choropleth anybody writes with the
 * library.
 */
const runs = 3;
test.use({ trace: 'off' });
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = ['--no-sandbox', '--enable-unsafe-swiftshader', '--disable-background-networking'];

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

type Scores = Record<'performance' | 'accessibility' | 'best-practices', number>;

/** What Lighthouse says of an address, in a browser with an empty profile. */
async function judged(
  url: string,
  config: Config | undefined,
): Promise<Scores & { blocked: number }> {
  const port = 9300 + Math.floor(Math.random() * 600);
  const browser = await chromium.launch({
    executablePath,
    args: [...args, `--remote-debugging-port=${port}`],
  });
  try {
    const flags = {
      port,
      logLevel: 'error' as const,
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
    };
    const result = await lighthouse(url, flags, config);
    if (!result) throw new Error('Lighthouse said nothing');
    const { categories, audits } = result.lhr;
    const score = (id: keyof Scores): number => categories[id]?.score ?? NaN;
    return {
      performance: score('performance'),
      accessibility: score('accessibility'),
      'best-practices': score('best-practices'),
      blocked: audits['total-blocking-time']?.numericValue ?? NaN,
    };
  } finally {
    await browser.close();
  }
}

// A program that has just started asks its warehouse everything for the first time; figures are in memory ten seconds later.
test.beforeAll(async ({ request }) => {
  for (const path of ['profile?unit=26', 'indicators/vneid_rate/ranking?level=commune&within=26']) {
    expect((await request.get(`/api/v1/${path}`)).status()).toBe(200);
  }
});

for (const [device, config, least] of [
  ['desktop', desktopConfig, 0.95],
  ['mobile', undefined, 0.85],
] as const) {
  test(`Lighthouse on ${device}`, async ({ baseURL }) => {
    test.setTimeout(900_000);
    if (!baseURL) throw new Error('no program to open');
    const bare = await serveBare(baseURL);
    const ours: Awaited<ReturnType<typeof judged>>[] = [];
    const floor: typeof ours = [];
    try {
      for (let run = 0; run < runs; run++) {
        ours.push(await judged(`${baseURL}/`, config));
        floor.push(await judged(`${bare.url}/`, config));
      }
    } finally {
      bare.close();
    }
    const say = (all: typeof ours): string =>
      `${all.map((one) => one.performance).join(', ')}, median ${median(all.map((one) => one.performance))}, ` +
      `blocked ${all.map((one) => Math.round(one.blocked)).join(', ')} ms`;
    console.log(`${device}: performance ${say(ours)} (at least ${least}); bare: ${say(floor)}`);
    for (const one of ours) {
      expect(one.accessibility, 'accessibility').toBe(1);
      expect(one['best-practices'], 'best practices').toBe(1);
    }
    expect(median(ours.map((one) => one.performance))).toBeGreaterThanOrEqual(least);
  });
}

/** Notes in the page when the units had been drawn in their colours and the map first stood still, milliseconds from the start of the navigation. */
function stopwatch(): void {
  const times: { coloured?: number; rest?: number } = {};
  Object.assign(window, { times });
  new MutationObserver(() => {
    const map = document.querySelector<HTMLElement>('[data-testid=map]');
    if (map?.dataset.coloured === 'true') times.coloured ??= performance.now();
    if (times.coloured && map?.dataset.drawn === 'true') times.rest ??= performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

/** Opens the overview with an empty profile and clicks on a unit as soon as there is one. */
async function clicked(url: string): Promise<{ coloured: number; rest: number; answered: number }> {
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page: Page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(stopwatch);
    await page.goto(url, { waitUntil: 'commit' });
    const map = page.getByTestId('map');
    await expect(map).toHaveAttribute('data-drawn', 'true');
    const box = await map.boundingBox();
    if (!box) throw new Error('no map');
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.waitForURL(/unit=/);
    return await page.evaluate(() => {
      const { times } = window as unknown as { times: { coloured?: number; rest?: number } };
      const { coloured = NaN, rest = NaN } = times;
      return { coloured, rest, answered: performance.now() };
    });
  } finally {
    await browser.close();
  }
}

test('units are coloured within a second, and a click on one is answered within three', async ({
  baseURL,
}) => {
  test.setTimeout(300_000);
  const all: Awaited<ReturnType<typeof clicked>>[] = [];
  for (let run = 0; run < runs; run++) all.push(await clicked(`${baseURL}/`));
  const say = (of: 'coloured' | 'rest' | 'answered'): string =>
    all.map((one) => Math.round(one[of])).join(', ');
  console.log(
    `units coloured after ${say('coloured')} ms, map at rest after ${say('rest')} ms, a click answered after ${say('answered')} ms`,
  );
  expect(median(all.map((one) => one.answered))).toBeLessThan(3000);
  expect(median(all.map((one) => one.coloured))).toBeLessThan(1000);
});
