import { expect, test } from './driver';

/** The wall of the catalogue, with scenes short enough for a test to wait for. */
test.beforeEach(async ({ page }) => {
  await page.route('**/api/v1/catalog*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as {
      data: { scenes: { scenes: { seconds: number }[] }[] };
    };
    for (const set of body.data.scenes) for (const scene of set.scenes) scene.seconds = 2;
    await route.fulfill({ response: answer, json: body });
  });
});

// A catalogue that is asked for again while the test ends is nobody's failure.
test.afterEach(({ page }) => page.unrouteAll({ behavior: 'ignoreErrors' }));

test('the wall goes through its scenes by itself', async ({ page }) => {
  await page.goto('/wall/default');
  const wall = page.getByTestId('wall');
  await expect(wall).toHaveAttribute('data-scene', '0');
  const title = await page.getByRole('heading', { level: 1 }).innerText();
  await expect(wall).toHaveAttribute('data-scene', '1');
  await expect(wall).toHaveAttribute('data-scene', '2');
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(title);
  await expect(page.getByTestId('age')).toHaveText(/Nhận cách đây/);
});

test('a wall says how old its figures are and who has reported', async ({ page }) => {
  await page.goto('/wall/default');
  const basis = page.getByTestId('basis');
  await expect(basis).toContainText(/Số liệu đến \d{2}\/\d{2}\/\d{4}/);
  await expect(basis).toContainText(/\d+\/136 xã đã báo cáo/);
  await expect(page.getByText('kỳ chưa kết thúc')).toBeVisible();
});

test('without the server the wall goes on with the last good figures and says so', async ({
  page,
  context,
}) => {
  await page.goto('/wall/default');
  const wall = page.getByTestId('wall');
  await expect(page.getByTestId('age')).toHaveText(/Nhận cách đây/);
  await context.setOffline(true);
  await expect(page.getByTestId('connection')).toHaveText('Mất kết nối', { timeout: 20_000 });
  await expect(page.getByTestId('age')).toHaveText(/Giữ số liệu/);
  const scene = await wall.getAttribute('data-scene');
  await expect(wall).not.toHaveAttribute('data-scene', scene ?? '');
  await expect(page.getByText('Đang chờ số liệu')).toHaveCount(0);
  await context.setOffline(false);
  await expect(page.getByTestId('connection')).toHaveText('Trực tiếp', { timeout: 20_000 });
});

test('a wall nobody made says which one there is', async ({ page }) => {
  await page.goto('/wall/nothing');
  await expect(page.getByText(/Bộ “default” luôn có/)).toBeVisible();
});
