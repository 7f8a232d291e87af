import { readFile } from 'node:fs/promises';
import { expect, test } from './driver';

test('the map is coloured by the distance from the path and by status, counted in the legend', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/');
  await page.getByRole('navigation', { name: 'Tô màu theo' }).getByText('Trạng thái').click();
  await expect(page).toHaveURL(/colour=status/);
  await expect(dashboard.legend).toContainText('Đúng tiến độ');
  const answer = await page.request.get(
    '/api/v1/indicators/vneid_rate/ranking?level=commune&within=26',
  );
  const { data } = (await answer.json()) as { data: { status: string }[] };
  const of = (status: string): number => data.filter((row) => row.status === status).length;
  await expect
    .poll(async () => (await dashboard.classCounts()).slice(0, 4))
    .toEqual(['achieved', 'on_track', 'at_risk', 'behind'].map(of));

  await page.getByText('So với lộ trình', { exact: true }).first().click();
  await expect(dashboard.legend).toContainText(/Kém dưới \d+/);
  await expect(dashboard.legend).toContainText(/Hơn dưới \d+/);
});

test('counts are bubbles, never a colour of the area', async ({ dashboard, page }) => {
  await dashboard.open('/?indicator=population_total&level=district');
  await expect(page.getByTestId('bubble-key')).toContainText('200.000 người');
  expect(await dashboard.classCounts()).toHaveLength(1);
  await expect(page.getByRole('navigation', { name: 'Tô màu theo' })).toHaveCount(0);
});

test('two periods stand side by side, and look at the same place', async ({ dashboard, page }) => {
  await dashboard.open('/?level=district');
  await page.getByTestId('beside').selectOption('2022-06');
  await expect(page).toHaveURL(/beside=2022-06/);
  const second = page.getByTestId('beside-map');
  await expect(second).toContainText('Tháng 6/2022');
  await expect(second.getByTestId('map')).toHaveAttribute('data-painted', '9');
  const [left, right] = await Promise.all([
    dashboard.map.first().boundingBox(),
    second.getByTestId('map').boundingBox(),
  ]);
  expect(right?.x).toBeGreaterThanOrEqual((left?.x ?? 0) + (left?.width ?? 0));
  expect(right?.height).toBe(left?.height);
  await page.reload();
  await expect(second).toContainText('Tháng 6/2022');
  await page.getByTestId('beside').selectOption('chip_card_rate');
  await expect(second).toContainText('Thẻ căn cước gắn chip');
  await page.getByTestId('beside').selectOption('');
  await expect(second).toHaveCount(0);
});

test('on paper stands the map as it is drawn', async ({ dashboard, page }) => {
  await dashboard.open('/?level=district');
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
  const drawn = page.locator('.paper canvas');
  await expect(drawn).toBeVisible();
  const colours = await drawn.evaluate((canvas: HTMLCanvasElement) => {
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
    const seen = new Set<number>();
    for (let i = 0; data && i < data.length; i += 4 * 97) {
      seen.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
    }
    return seen.size;
  });
  expect(colours).toBeGreaterThan(5); // an empty canvas has one
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await expect(drawn).toHaveCount(0);
});

test('on a phone no unit lies under the buttons of the map', async ({ dashboard, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await dashboard.open('/?level=district');
  await page.mouse.wheel(0, 4000); // the table comes to who scrolls to it
  await dashboard.pointAt('Phúc Yên'); // the easternmost
  const buttons = await page.getByTestId('save-picture').boundingBox();
  expect((await dashboard.anchor())[0] + 30).toBeLessThan(buttons?.x ?? 0);
});

test('time is played, and told by the periods of the reporting decree', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/?period=2022-08&level=district');
  await page.getByRole('button', { name: 'Chạy theo thời gian' }).click();
  await expect(dashboard.period).toContainText('Tháng 9/2022');
  await expect(dashboard.period).toContainText('Tháng 10/2022');
  await page.getByRole('button', { name: 'Dừng' }).click();

  await page.getByTestId('period-kind').selectOption('statutory_quarter');
  await expect(page).toHaveURL(/period=s2022-Q/);
  await expect(dashboard.period).toContainText(/Quý .*15\/\d+–14\/\d+\/2022/);
});

test('a picture of the map can be taken away, with its title in the name', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/?unit=248');
  const saved = page.waitForEvent('download');
  await page.getByTestId('save-picture').click();
  const file = await saved;
  expect(file.suggestedFilename()).toContain('Huyện Tam Đảo, Tháng 11-2022.png');
  const picture = await readFile(await file.path());
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  const [width, height] = [picture.readUInt32BE(16), picture.readUInt32BE(20)];
  const map = await dashboard.map.boundingBox();
  // The district stands in the middle of the picture: the place of the legend beside it is left out.
  expect(width).toBeLessThan(map?.width ?? 0);
  expect(width).toBeGreaterThan(300);
  expect(height).toBeGreaterThan((map?.height ?? 0) + 100);
});

test('a chart can be taken away too, large enough for a report', async ({ dashboard, page }) => {
  await dashboard.open('/?unit=248');
  const saved = page.waitForEvent('download');
  await dashboard.panel.getByTestId('save-chart').click();
  const file = await saved;
  expect(file.suggestedFilename()).toContain('Huyện Tam Đảo, diễn biến.png');
  const picture = await readFile(await file.path());
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.readUInt32BE(16)).toBeGreaterThan(800);
  expect(picture.length).toBeGreaterThan(20_000);
});

test('a chart that is taken away keeps the typeface of the page', async ({ dashboard, page }) => {
  await page.addInitScript(() => {
    const drawn: string[] = [];
    Object.assign(window, { drawn });
    const { set } = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src') ?? {};
    Object.defineProperty(HTMLImageElement.prototype, 'src', {
      set(this: HTMLImageElement, source: string) {
        drawn.push(decodeURIComponent(source));
        set?.call(this, source);
      },
    });
  });
  await dashboard.open('/?unit=248');
  const saved = page.waitForEvent('download');
  await dashboard.panel.getByTestId('save-chart').click();
  await saved;
  const drawing = await page.evaluate(
    () => (window as unknown as { drawn: string[] }).drawn.find((it) => it.includes('<svg')) ?? '',
  );
  // A picture loads nothing from anywhere: letters with and without Vietnamese marks are within it.
  expect(drawing.match(/@font-face[^}]+Be Vietnam Pro[^}]+base64/g)?.length).toBeGreaterThan(1);
});
