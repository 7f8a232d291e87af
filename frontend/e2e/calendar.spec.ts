import { age, expect, test } from './driver';

const evening = '2022-10-31T23:59:50.000+07:00';
const night = '2022-11-01T00:00:05.000+07:00';

test('a page on the latest period follows into the next when the month ends', async ({
  dashboard,
  calendar,
  page,
}) => {
  await calendar.before('2022-11');
  await dashboard.open('/?indicator=vneid_rate');
  await calendar.itIs(evening);
  await expect(dashboard.period).toContainText('Tháng 10/2022');

  await calendar.begins('2022-11', night);
  await expect(dashboard.period).toContainText('Tháng 11/2022');
  expect(new URL(page.url()).searchParams.get('period')).toBeNull();
});

test('a period in the address stays when the month ends', async ({ dashboard, calendar }) => {
  await calendar.before('2022-11');
  await dashboard.open('/?indicator=vneid_rate&period=2022-10');
  await calendar.itIs(evening);
  await calendar.begins('2022-11', night);
  // The end of the slider moves on, its thumb does not.
  await expect(dashboard.page.locator('.ends')).toContainText('11/2022');
  await expect(dashboard.period).toContainText('Tháng 10/2022');
});

test('a wall asks again for everything on a new day, deadlines too', async ({ calendar, page }) => {
  await page.goto('/wall/default');
  await expect(age(page)).toHaveText(/Nhận cách đây/);
  await calendar.itIs(evening);
  const answers = ['ranking', 'tasks', 'catalog'].map((what) =>
    page.waitForResponse((answer) => new URL(answer.url()).pathname.endsWith(`/${what}`)),
  );
  await calendar.ticks(night);
  for (const answer of await Promise.all(answers)) expect(answer.ok()).toBe(true);
});

test('a page recovers when the server comes back with older data', async ({
  dashboard,
  calendar,
  figures,
  page,
}) => {
  await dashboard.open('/');
  const there = await figures.version();
  await calendar.itIs(evening, there + 1000);
  const asksTooMuch = page.waitForRequest(
    (request) => Number(request.headers()['x-min-data-version'] ?? 0) > there,
  );
  await calendar.itIs(evening, there + 1001); // as after a break of the line
  await asksTooMuch;

  const answered = page.waitForResponse((answer) => answer.url().includes('/ranking'));
  await calendar.itIs(evening, there);
  expect((await answered).ok()).toBe(true);
});
