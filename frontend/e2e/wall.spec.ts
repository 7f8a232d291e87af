import type { Page } from '@playwright/test';
import { age, expect, test } from './driver';

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
  await expect(age(page)).toHaveText(/Nhận cách đây/);
});

test('a wall says how old its figures are and who has reported', async ({ page }) => {
  await page.goto('/wall/default');
  const basis = page.getByTestId('basis').first(); // a map waits behind the other scenes
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
  await expect(age(page)).toHaveText(/Nhận cách đây/);
  await context.setOffline(true);
  await expect(page.getByTestId('connection')).toHaveText('Mất kết nối', { timeout: 20_000 });
  await expect(age(page)).toHaveText(/Giữ số liệu/);
  const scene = await wall.getAttribute('data-scene');
  await expect(wall).not.toHaveAttribute('data-scene', scene ?? '');
  await expect(page.getByText('Đang chờ số liệu')).toHaveCount(0);
  await context.setOffline(false);
  await expect(page.getByTestId('connection')).toHaveText('Trực tiếp', { timeout: 20_000 });
});

/** The kinds of scenes the wall has shown, until it has been round. */
async function kindsSeen(page: Page, scenes: number): Promise<Set<string>> {
  const wall = page.getByTestId('wall');
  const seen = new Set<string>();
  for (let i = 0; i < scenes; i++) {
    const scene = (await wall.getAttribute('data-scene')) ?? '';
    seen.add((await wall.getAttribute('data-kind')) ?? '');
    await expect(wall).not.toHaveAttribute('data-scene', scene);
  }
  return seen;
}

test('the wall shows people, reports and the time too, each tile with its age', async ({
  page,
}) => {
  await page.goto('/wall/default');
  const wall = page.getByTestId('wall');
  await expect(page.getByTestId('tile-age')).toHaveText([/Nhận cách đây/, /Nhận cách đây/]);
  await expect(wall).toHaveAttribute('data-kind', 'reports', { timeout: 60_000 });
  await expect(page.getByTestId('report-totals')).toBeVisible();
  await expect(age(page)).toHaveText(/Nhận cách đây/);
  await expect(wall).toHaveAttribute('data-kind', 'pyramid');
  await expect(wall.getByText('Dân số theo tuổi và giới')).toBeVisible();
  await expect(wall).toHaveAttribute('data-kind', 'clock');
  await expect(wall.getByText('Sắp tới')).toBeVisible();
});

test('a scene that breaks or is refused is left out and told to the server, the rotation goes on', async ({
  page,
}) => {
  // An answer no drawing can be made of, and a question the server refuses.
  await page.route('**/api/v1/population*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { data: { bands: unknown } };
    body.data.bands = [null];
    await route.fulfill({ response: answer, json: body });
  });
  await page.route('**/api/v1/reports*', (route) =>
    route.fulfill({ status: 403, json: { title: 'Không được phép', status: 403 } }),
  );
  const told: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/walls/failures')) told.push(request.postData() ?? '');
  });
  await page.goto('/wall/default');
  await expect(age(page)).toHaveText(/Nhận cách đây/);
  const seen = await kindsSeen(page, 12);
  expect([...seen]).toEqual(expect.arrayContaining(['map', 'ranking', 'tasks', 'clock']));
  expect(seen.has('reports')).toBe(false);
  await expect(page.getByTestId('skipped')).toHaveText('Tạm bỏ qua 2 cảnh');
  expect(told.map((body) => (JSON.parse(body) as { reason: string }).reason).sort()).toEqual([
    'broken',
    'refused',
  ]);
  const metrics = await (await page.request.get('/metrics')).text();
  expect(metrics).toMatch(
    /toancanh_wall_scene_failures_total\{kind="pyramid",reason="broken",scenes="default"\} \d/,
  );
  expect(metrics).toMatch(/kind="reports",reason="refused",scenes="default"\} \d/);
});

for (const [width, height] of [
  [1080, 1920],
  [3840, 2160],
] as const) {
  test(`on a screen of ${width} by ${height} nothing of a scene is cut off`, async ({ page }) => {
    test.slow(); // a whole turn of the wall, twice where a scene has gone before it was looked at
    await page.setViewportSize({ width, height });
    await page.goto('/wall/default');
    const wall = page.getByTestId('wall');
    const turn = page.getByRole('img', { name: /^Cảnh \d+ trên/ });
    const scenes = Number((await turn.getAttribute('aria-label'))?.split(' ').at(-1));
    expect(scenes).toBeGreaterThan(6);
    for (let scene = 0; scene < scenes; scene++) {
      await expect(wall).toHaveAttribute('data-scene', String(scene), { timeout: 60_000 });
      // A scene comes in over a moment, and its figures with it.
      await expect.poll(() => wall.evaluate(cutOff), { message: `scene ${scene}` }).toEqual([]);
    }
  });
}

/** Words and parts of a wall that reach over its edge, or that are longer than their place. */
function cutOff(wall: Element): string[] {
  const { right, bottom } = wall.getBoundingClientRect();
  const parts = wall.querySelectorAll('header, footer, .scene, .tile, .what, p, b, h1, h2, li');
  return [...parts]
    .filter((part) => getComputedStyle(part).visibility === 'visible' && !part.closest('.sr-only'))
    .filter((part) => {
      const box = part.getBoundingClientRect();
      const long = part.matches('.scene, .tile, .what, header, footer');
      return (
        box.right > right + 2 ||
        box.bottom > bottom + 2 ||
        (long && part.scrollHeight > part.clientHeight + 2) ||
        (long && part.scrollWidth > part.clientWidth + 2)
      );
    })
    .map((part) => (part.textContent ?? '').trim().slice(0, 40));
}

test('on an upright wall the key of the map lies under no unit', async ({ page }) => {
  await page.setViewportSize({ width: 1080, height: 1920 });
  await page.goto('/wall/default');
  const map = page.getByTestId('map');
  await expect(map).toHaveAttribute('data-drawn', 'true', { timeout: 30_000 });
  const [drawn, key] = await Promise.all([
    map.boundingBox(),
    page.getByRole('region', { name: 'Chú giải' }).boundingBox(),
  ]);
  expect(key?.y ?? 0).toBeGreaterThanOrEqual((drawn?.y ?? 0) + (drawn?.height ?? 0) - 1);
});

test('the map of finished tasks tells districts apart', async ({ dashboard }) => {
  await dashboard.open('/?indicator=task_completion_rate&level=district');
  const counts = (await dashboard.classCounts()).filter((units) => units > 0);
  expect(counts.length).toBeGreaterThan(1);
});

test('a wall nobody made says which one there is', async ({ page }) => {
  await page.goto('/wall/nothing');
  await expect(page.getByText(/Bộ “default” luôn có/)).toBeVisible();
});
