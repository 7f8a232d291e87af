import type { Page } from '@playwright/test';
import { age, expect, test } from './driver';
import { Gate } from './gate';
import { Program } from './program';

/**
 * A wall left alone: `make soak`, DURATION minutes (30 unless said). For a sixth of the time there is no network, after
 * it the program is restarted and the system's clock jumps to and fro. No picture may be blank, and the heap after a collection may not have grown by
 * a twentieth since a third of the time had passed: by then the wall must have shown each of its scenes.
 */
const minutes = Number(process.env.DURATION ?? 30);
/** The heap is looked at when the wall begins a round: by then it has shown each of its scenes, which takes five minutes. */
if (minutes < 6) throw new Error('DURATION is at least 6 minutes');
const total = minutes * 60_000;
const every = Math.max(2000, total / 120);

test.use({ serviceWorkers: 'allow', trace: 'off', viewport: { width: 1920, height: 1080 } });

test('a wall left alone is never blank and does not grow', async ({ page }) => {
  test.setTimeout(total * 2 + 1_200_000);
  const program = await Program.start();
  const gate = new Gate(new URL(program.url));
  try {
    await standsAlone(page, program, gate);
  } finally {
    await gate.close();
    await program.end();
  }
});

/** The wall through all that happens to it. */
async function standsAlone(page: Page, program: Program, gate: Gate): Promise<void> {
  await gate.open();
  await page.goto(`${gate.url}/wall/default`);
  await expect(age(page)).toHaveText(/Nhận cách đây/);
  await stand(page, total / 3);
  const before = await heapAtTurn(page);

  await gate.close();
  await stand(page, total / 6);
  await expect(page.getByTestId('connection')).toHaveText('Mất kết nối');
  await gate.open();
  await expect(page.getByTestId('connection')).toHaveText('Trực tiếp', { timeout: 30_000 });

  await program.stop();
  await stand(page, every);
  await program.begin();
  await expect(page.getByTestId('connection')).toHaveText('Trực tiếp', { timeout: 60_000 });

  await page.evaluate(jump, 3 * 24 * 3_600_000);
  await stand(page, total / 12);
  await page.evaluate(jump, -30 * 24 * 3_600_000);
  await stand(page, total / 12);
  await expect(age(page)).toHaveText(/Nhận cách đây vài giây/);

  await stand(page, total / 3);
  const after = await heapAtTurn(page);
  const grown = (of: keyof Heap): number => (after[of] - before[of]) / before[of];
  const say = (of: keyof Heap): string =>
    `${(before[of] / 1e6).toFixed(2)} MB, then ${(after[of] / 1e6).toFixed(2)} MB (${(100 * grown(of)).toFixed(1)} %)`;
  console.log(
    `heap after collection, in ${minutes} min: objects ${say('objects')}, compiled code ${say('code')}`,
  );
  expect(grown('objects')).toBeLessThan(0.05);
}

/** Lets the wall stand, looking at it now and then: every look is a picture with something on it. */
async function stand(page: Page, time: number): Promise<void> {
  const until = performance.now() + time;
  while (performance.now() < until) {
    const png = (await page.screenshot({ animations: 'allow' })).toString('base64');
    expect(await page.evaluate(colours, png)).toBeGreaterThan(50);
    await page.waitForTimeout(Math.min(every, Math.max(0, until - performance.now())));
  }
}

/** How many colours a picture has, in steps of 8; a blank one has a handful. */
async function colours(png: string): Promise<number> {
  const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const context = new OffscreenCanvas(480, 270).getContext('2d');
  if (!context) return 0;
  context.drawImage(picture, 0, 0, 480, 270);
  picture.close();
  const { data } = context.getImageData(0, 0, 480, 270);
  const seen = new Set<number>();
  for (let i = 0; i < data.length; i += 4) {
    const part = (at: number): number => (data[i + at] ?? 0) >> 3;
    seen.add((part(0) << 10) | (part(1) << 5) | part(2));
  }
  return seen.size;
}

/** The system's clock jumps by so many milliseconds, as far as scripts can tell. */
function jump(by: number): void {
  const now = Date.now.bind(Date);
  Date.now = () => now() + by;
}

/** The heap at the moment the wall begins its round: the same scene is up, the same figures are held. */
async function heapAtTurn(page: Page): Promise<Heap> {
  const wall = page.getByTestId('wall');
  await expect(wall).not.toHaveAttribute('data-scene', '0', { timeout: 60_000 });
  await expect(wall).toHaveAttribute('data-scene', '0', { timeout: 600_000 });
  return heap(page);
}

/**
 * Bytes of the heap after a full collection. What the engine has compiled is told apart: it grows while the page grows warm, up to
 * all the code there is, and shrinks again by itself.
 */
interface Heap {
  objects: number;
  code: number;
}

/** The parts of a heap snapshot that are read here. */
interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
}

async function heap(page: Page): Promise<Heap> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  let text = '';
  cdp.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => (text += chunk));
  await cdp.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await cdp.detach();
  const { snapshot, nodes } = JSON.parse(text) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')];
  const sum = { objects: 0, code: 0 };
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = types[0][nodes[at + type] ?? 0] === 'code' ? 'code' : 'objects';
    sum[kind] += nodes[at + size] ?? 0;
  }
  return sum;
}
