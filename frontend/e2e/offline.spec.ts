import type { Page } from '@playwright/test';
import { age, expect, test as base } from './driver';
import { Gate } from './gate';

/** Everything here is about a server that can be gone, and a browser that keeps what it was given. */
const test = base.extend<{ gate: Gate }>({
  gate: async ({ baseURL }, use) => {
    const gate = new Gate(new URL(baseURL ?? ''));
    await gate.open();
    await use(gate);
    await gate.close();
  },
});
test.use({ serviceWorkers: 'allow' });

/** Opens an address and waits until the browser has what it needs to stand alone. */
async function settle(page: Page, gate: Gate, address: string): Promise<void> {
  await page.goto(gate.url + address);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const { controller } = navigator.serviceWorker;
    if (!controller)
      await new Promise((done) =>
        navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }),
      );
  });
  // The first answers came before the worker did: with it in charge they are asked once more and kept.
  await page.reload();
  await expect(page.getByTestId('connection')).toHaveText('Trực tiếp');
}

test('a wall that is switched on while its server is gone shows the last good figures, and dates them', async ({
  page,
  gate,
}) => {
  await settle(page, gate, '/wall/default');
  await expect(age(page)).toHaveText(/Nhận cách đây/);
  const title = await page.getByRole('heading', { level: 1 }).innerText();
  await gate.close();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await expect(page.getByTestId('basis').first()).toContainText(/Số liệu đến/);
  await expect(page.getByTestId('connection')).toHaveText('Mất kết nối', { timeout: 20_000 });
  await expect(age(page)).toHaveText(/Giữ số liệu/);
  await expect(page.getByTestId('as-of')).toHaveText(/Số liệu lúc \d{2}:\d{2} ngày/);

  await gate.open();
  await expect(page.getByTestId('connection')).toHaveText('Trực tiếp', { timeout: 30_000 });
  await expect(page.getByTestId('as-of')).toHaveCount(0);
  await expect(age(page)).toHaveText(/Nhận cách đây/);
});

test('a page whose server is gone is no browser error: it says as of when its figures are', async ({
  page,
  gate,
}) => {
  await settle(page, gate, '/wall/default');
  await page.goto(`${gate.url}/tasks`);
  const rows = page.getByRole('row');
  await expect(rows.nth(5)).toBeVisible();
  await gate.close();
  await page.reload();
  await expect(rows.nth(5)).toBeVisible();
  await expect(page.getByTestId('as-of')).toHaveText(/Số liệu lúc \d{2}:\d{2} ngày/);
});
