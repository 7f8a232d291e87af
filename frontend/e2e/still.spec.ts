import type { Page } from '@playwright/test';
import { expect, test } from './driver';

/** The map nobody has touched yet: a picture, drawn without the library that moves maps. */

/** Names of the scripts a page has fetched. */
function scriptsOf(page: Page): string[] {
  const names: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script') names.push(new URL(request.url()).pathname);
  });
  return names;
}

const library = /maplibre|\/canvas-/;

test('a map is drawn, names and all, before anybody is there, and moves when somebody comes', async ({
  page,
  dashboard,
}) => {
  const scripts = scriptsOf(page);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await dashboard.open('/');
  await expect(dashboard.map).toHaveAttribute('data-coloured', 'true');
  expect(scripts.filter((name) => library.test(name))).toEqual([]);
  await expect(dashboard.map.locator('.maplibregl-canvas')).toHaveCount(0);
  // Figures that come meanwhile would be a difference too.
  await page.evaluate(() => document.fonts.ready);
  const still = await dashboard.map.screenshot();

  const box = await dashboard.map.boundingBox();
  if (!box) throw new Error('no map');
  await page.mouse.move(box.x + 4, box.y + 4);
  await expect(dashboard.map.locator('canvas')).toHaveCount(1);
  await expect(dashboard.map.locator('.maplibregl-canvas')).toBeVisible();
  expect(scripts.some((name) => library.test(name))).toBe(true);
  await dashboard.drawn();
  const moving = await dashboard.map.screenshot();

  // The same places in the same colours: what differs is the edge of a letter or of a border.
  expect(await differing(page, still, moving)).toBeLessThan(0.04);

  const before = await dashboard.map.screenshot();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -600);
  await expect
    .poll(async () => differing(page, before, await dashboard.map.screenshot()))
    .toBeGreaterThan(0.2);
});

test('a picture of a map answers a click at once, and the keyboard', async ({
  page,
  dashboard,
}) => {
  // The library is on its way, and stays there.
  await page.route(/\/assets\/canvas-/, () => new Promise(() => undefined));
  await dashboard.open('/');
  await dashboard.clickOnMap('Tam Đảo');
  await expect(page).toHaveURL(/unit=/);
  await expect(dashboard.breadcrumbs).toContainText('Tam Đảo');
  await expect(dashboard.map.locator('.maplibregl-canvas')).toHaveCount(0);
  await dashboard.map.getByRole('region', { name: 'Bản đồ' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(dashboard.tooltip).toBeVisible();
  await page.getByRole('button', { name: 'Phóng to' }).click();
  await expect(dashboard.map).toHaveAttribute('data-drawn', 'true');
});

test('a browser without WebGL keeps the picture, and can come closer', async ({
  page,
  dashboard,
}) => {
  await page.addInitScript(() => {
    const usual = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string) {
      return kind.startsWith('webgl') ? null : usual.call(this, kind as '2d');
    } as typeof usual;
  });
  await dashboard.open('/');
  const before = await dashboard.map.screenshot();
  await page.getByRole('button', { name: 'Phóng to' }).click();
  await expect
    .poll(async () => differing(page, before, await dashboard.map.screenshot()))
    .toBeGreaterThan(0.2);
  await dashboard.pointAt('Xuân Hoà');
});

test('a wall fetches no library to move its map', async ({ page, dashboard }) => {
  const scripts = scriptsOf(page);
  await page.goto('/wall/default');
  await expect(dashboard.map).toHaveAttribute('data-coloured', 'true');
  await page.mouse.move(300, 300);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('demonstration').first()).toBeVisible();
  expect(scripts.filter((name) => library.test(name))).toEqual([]);
});

/** Share of pixels that are clearly another colour in one picture than in the other. */
async function differing(page: Page, one: Buffer, other: Buffer): Promise<number> {
  return page.evaluate(
    async (pictures) => {
      const read = async (png: string): Promise<ImageData> => {
        const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
        const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
        if (!context) throw new Error('no canvas');
        context.drawImage(picture, 0, 0);
        return context.getImageData(0, 0, picture.width, picture.height);
      };
      const [a, b] = await Promise.all(pictures.map(read));
      if (!a || !b || a.data.length !== b.data.length) return 1;
      let different = 0;
      for (let i = 0; i < a.data.length; i += 4) {
        const off = [0, 1, 2].reduce(
          (sum, c) => sum + Math.abs((a.data[i + c] ?? 0) - (b.data[i + c] ?? 0)),
          0,
        );
        if (off > 60) different++;
      }
      return different / (a.data.length / 4);
    },
    [one.toString('base64'), other.toString('base64')],
  );
}
