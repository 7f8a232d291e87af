import AxeBuilder from '@axe-core/playwright';
import { expect, test as base } from './driver';
import { Gate } from './gate';

/** A server that is away for a reader whose browser keeps nothing: no service worker, as on plain http. */
const test = base.extend<{ gate: Gate }>({
  gate: async ({ baseURL }, use) => {
    const gate = new Gate(new URL(baseURL ?? ''));
    await gate.open();
    await use(gate);
    await gate.close();
  },
});

for (const address of ['/', '/wall/default']) {
  test(`${address} opened while the server is away says so calmly, and comes by itself`, async ({
    page,
  }) => {
    await page.route('**/api/**', (route) => route.abort());
    await page.goto(address);
    const said = page.getByRole('heading', { name: 'Chưa kết nối được tới máy chủ' });
    await expect(said).toBeVisible();
    await expect(page.getByText('Trang tự thử lại')).toBeVisible();
    await expect(page.getByText(/Lần thử gần nhất: \d{2}:\d{2}:\d{2}/)).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.unroute('**/api/**');
    await expect(said).toHaveCount(0);
    await expect(page.getByRole('heading').first()).toBeVisible();
  });
}

test('who goes to a page the browser never had, while the server is away, gets it when the server is back', async ({
  page,
  gate,
}) => {
  await page.goto(gate.url);
  await expect(page.getByTestId('connection')).toHaveText('Trực tiếp');
  await gate.close();
  await page.getByRole('link', { name: 'Báo cáo', exact: true }).click();
  const said = page.getByText('Không kết nối được tới máy chủ.');
  await expect(said).toBeVisible();
  await gate.open();
  await expect(said).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Báo cáo số liệu theo kỳ');
});

for (const width of [390, 1024, 1440]) {
  test(`a lost connection moves nothing at ${width} px`, async ({ page, gate }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(gate.url + '/tasks');
    await expect(page.getByTestId('connection')).toHaveText('Trực tiếp');
    const main = page.getByRole('main');
    const before = await main.boundingBox();
    await gate.close();
    const date = page.getByTestId('as-of');
    await expect(date).toHaveText(/Số liệu lúc \d{2}:\d{2} ngày/);
    const after = await main.boundingBox();
    // A second line of type may come under the badge of a phone, no more.
    expect((after?.y ?? 0) - (before?.y ?? 0)).toBeLessThan(20);
    const [said, name] = [await date.boundingBox(), await page.locator('.names').boundingBox()];
    expect(said?.x ?? 0).toBeGreaterThanOrEqual((name?.x ?? 0) + (name?.width ?? 0));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });
}

test('figures that were kept are dated by the clock of the programme', async ({ page, gate }) => {
  await page.goto(gate.url);
  await expect(page.getByTestId('connection')).toHaveText('Trực tiếp');
  const { now } = await page.evaluate(async () => {
    const answer = (await (await fetch('/api/v1/catalog')).json()) as { meta: { now: string } };
    return answer.meta;
  });
  await gate.close();
  await expect(page.getByTestId('as-of')).toContainText(now.slice(0, 4));
});
