import { expect, test } from './driver';

test('a leader opens the page and sees 136 communes coloured', async ({ dashboard }) => {
  await dashboard.open('/');
  await expect(dashboard.page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(dashboard.table.locator('tbody tr')).toHaveCount(136);
  const counts = await dashboard.classCounts();
  expect(counts.reduce((sum, n) => sum + n, 0)).toBe(136);
  const withData = 136 - (counts.at(-1) ?? 0);
  await expect(dashboard.map).toHaveAttribute('data-painted', String(withData));
  expect(withData).toBeGreaterThan(100);
});

test('no number stands in the headline before its answers have come', async ({ page }) => {
  let release = (): void => undefined;
  const held = new Promise<void>((done) => (release = done));
  await page.route('**/api/v1/profile?*', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/');
  const behind = page.getByTestId('headline-indicators');
  await expect(behind).toContainText('Đang tải');
  release();
  await expect(behind).toContainText(/\d+ ?và \d+ có nguy cơ, trên [1-9]/);
});

test('figures that cannot be had are said to be missing, never to be none', async ({ page }) => {
  for (const question of ['profile', 'tasks', 'obstacles', 'completion']) {
    await page.route(`**/api/v1/${question}*`, (route) =>
      route.fulfill({ status: 503, json: { title: 'Quá tải', status: 503 } }),
    );
  }
  await page.goto('/');
  const headline = page.getByTestId('headline');
  await expect(headline.getByText('Chưa tải được')).toHaveCount(6);
  await expect(headline.locator('b')).toHaveCount(0);
});

test('every page says that the figures are a demonstration', async ({ page }) => {
  for (const address of ['/', '/units/248', '/tasks', '/wall/default']) {
    await page.goto(address);
    await expect(page.getByTestId('demonstration')).toBeVisible();
  }
});

test('a map that is a drawing says so', async ({ dashboard, page }) => {
  const answer = await page.request.get('/api/v1/boundaries');
  const { data } = (await answer.json()) as { data: { schematic: boolean }[] };
  test.skip(!data[0]?.schematic, 'real boundaries are loaded');
  await dashboard.open('/');
  await expect(page.getByText('Sơ đồ minh hoạ, không phải địa giới hành chính')).toBeVisible();
});

test('she drills by click: province, Tam Đảo, a commune, and back', async ({ dashboard, page }) => {
  await dashboard.open('/?level=district');
  await dashboard.clickOnMap('Tam Đảo');
  await expect(page).toHaveURL(/unit=248/);
  await expect(dashboard.breadcrumbs).toContainText('Huyện Tam Đảo');
  await expect(dashboard.panel.getByRole('heading')).toHaveText('Huyện Tam Đảo');
  await expect(dashboard.table.locator('tbody tr')).toHaveCount(9);

  await dashboard.visit('Bồ Lý');
  await expect(dashboard.breadcrumbs).toContainText('Xã Bồ Lý');
  await dashboard.breadcrumbs.getByRole('link', { name: 'Vĩnh Phúc' }).click();
  await expect(dashboard.table.locator('tbody tr')).toHaveCount(136);
});

test('the switch goes to another indicator, and the legend goes with it', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/');
  const before = await dashboard.legend.innerText();
  await page.getByTestId('tile-chip_card_rate').click();
  await expect(page).toHaveURL(/indicator=chip_card_rate/);
  await expect.poll(() => dashboard.legend.innerText()).not.toBe(before);
});

test('the period slider goes back in time, statutory months say their days', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/?indicator=online_service_rate');
  await expect(dashboard.period).toContainText(/15\/10–14\/11\/2022/);
  await page.getByRole('button', { name: 'Kỳ trước' }).click();
  await expect(dashboard.period).toContainText('Tháng 10/2022');
  await expect(dashboard.period).toContainText('15/9–14/10/2022');
  await expect(page).toHaveURL(/period=s2022-10/);
});

test('the address keeps what is looked at over a reload, and Back goes back', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/?indicator=chip_card_rate&unit=248&period=2022-06');
  const value = await dashboard.valueInPanel();
  await page.reload();
  await dashboard.drawn();
  await expect(dashboard.period).toContainText('Tháng 6/2022');
  await expect(dashboard.breadcrumbs).toContainText('Huyện Tam Đảo');
  await expect.poll(() => dashboard.valueInPanel()).toBe(value);

  await dashboard.visit('Bồ Lý');
  await expect(dashboard.breadcrumbs).toContainText('Xã Bồ Lý');
  await page.goBack();
  await expect(dashboard.breadcrumbs).not.toContainText('Xã Bồ Lý');
});

test('the ranking sorts and finds', async ({ dashboard, page }) => {
  await dashboard.open('/');
  await page.getByRole('button', { name: 'Đơn vị' }).click();
  const first = dashboard.table.locator('tbody tr').first();
  await expect(first).toContainText('An Hòa');
  await page.getByRole('searchbox').fill('bo ly');
  await expect(dashboard.table.locator('tbody tr')).toHaveCount(1);
  await expect(first).toContainText('Bồ Lý');
});

test('an English reader gets English, with English numbers', async ({ dashboard, page }) => {
  await dashboard.open('/');
  await page.getByRole('link', { name: /English/ }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('heading', { name: 'Ranking' })).toBeVisible();
  await expect.poll(() => dashboard.valueInPanel()).toMatch(/^\d+\.\d%$/);
  await expect(dashboard.legend).toContainText('No data yet');
});

test('in a month gone by every tile speaks of that month, also where it had no figures yet', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/?period=2021-06');
  await expect(dashboard.period).toContainText('Tháng 6/2021');
  await page.getByTestId('group-services').click();
  await expect(page.getByTestId('tile-online_service_rate')).toContainText('Chưa có số liệu');
  await page.getByTestId('tile-online_service_rate').click();
  await expect(dashboard.period).toContainText('Tháng 6/2021');
  await page.getByRole('button', { name: 'Kỳ sau' }).click();
  await expect(dashboard.period).toContainText('Tháng 1/2022');
});

test('what an address asks for in vain is said, and taken out of it', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/?indicator=nope&unit=99999&period=2030-01');
  for (const part of ['nope', '99999', '2030-01']) {
    await expect(page.getByTestId('stray')).toContainText(`“${part}”`);
  }
  expect(new URL(page.url()).search).toBe('');
  await page.getByRole('button', { name: 'Đóng' }).click();
  await expect(page.getByTestId('stray')).toBeEmpty();
});

test('a rate over tasks says which assignments it counts', async ({ dashboard }) => {
  await dashboard.open('/?indicator=task_completion_rate');
  await expect(dashboard.panel).toContainText(/\d+\/\d+ nhiệm vụ được giao/);
  await expect(dashboard.panel).toContainText(/không tính \d+ đầu việc/);
});

test('the overview ends where its panels end', async ({ dashboard, page }) => {
  for (const [width, height] of [
    [1440, 900],
    [3840, 2160],
  ] as const) {
    await page.setViewportSize({ width, height });
    await dashboard.open('/');
    const beyond = () => document.documentElement.scrollHeight - innerHeight;
    expect(await page.evaluate(beyond)).toBeLessThanOrEqual(0);
  }
});

test('a wrong address is explained and leads back', async ({ page }) => {
  await page.goto('/units/99999');
  await expect(page.getByText('Không có đơn vị mang mã 99999')).toBeVisible();
  await page.getByRole('link', { name: 'Về trang tổng quan' }).click();
  await expect(page.getByTestId('ranking')).toBeVisible();
});

test('no request ever leaves for another host, and the console has nothing to complain of', async ({
  dashboard,
  page,
}) => {
  const strangers: string[] = [];
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    const ours = origin === new URL(page.url()).origin || page.url() === 'about:blank';
    if (protocol.startsWith('http') && !ours) strangers.push(request.url());
  });
  await dashboard.open('/');
  for (const address of ['/units/248', '/tasks', '/wall/default']) {
    await page.goto(address);
    await expect(page.getByTestId('demonstration')).toBeVisible();
  }
  expect(strangers).toEqual([]);
  expect(complaints).toEqual([]);
});
