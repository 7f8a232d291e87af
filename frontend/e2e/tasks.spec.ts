import type { Page } from '@playwright/test';
import { expect, test } from './driver';

interface Completion {
  unit: string;
  name: string;
  value: number | null;
  by_status: Record<string, number>;
}

/** What the API says of completion, for the page to be held against. */
async function completion(page: Page, query: string): Promise<Completion[]> {
  const answer = await page.request.get(`/api/v1/completion?${query}`);
  return ((await answer.json()) as { data: Completion[] }).data;
}

test('what is overdue comes first, then what is soon due; all of it can be narrowed in the address', async ({
  page,
}) => {
  await page.goto('/tasks');
  const table = page.getByTestId('tasks');
  const rows = table.locator('tr[data-testid^=task-]');
  await expect(rows).toHaveCount(42);
  await expect(table.locator('tr.part').first()).toContainText('Quá hạn');
  await expect(rows.first()).toContainText('Quá hạn');
  await expect(table.locator('tr.part').nth(1)).toContainText('đến hạn trong 30 ngày');
  await expect(page.getByText(/Căn cứ: Kế hoạch 2022/)).toBeVisible();

  await page.getByRole('link', { name: /B\.III\.6/ }).click();
  await expect(page).toHaveURL(/group=B\.III\.6/);
  await expect(rows).toHaveCount(5);
  await page.getByRole('link', { name: /Tất cả các phần/ }).click();
  await page.getByTestId('find-task').fill('mot cua');
  await expect(rows).toHaveCount(3);
  await expect(page).toHaveURL(/find=mot\+cua/);
  await page.reload();
  await expect(rows).toHaveCount(3);
  await page.getByTestId('find-task').fill('');

  await page.getByRole('link', { name: /^\s*\d+\s*Quá hạn$/ }).click();
  await expect(page).toHaveURL(/status=overdue/);
  const late = await rows.count();
  expect(late).toBeLessThan(42);
  await page.reload();
  await expect(rows).toHaveCount(late);
});

test('tasks stand under the parts of the plan, or under the agencies that lead them', async ({
  page,
}) => {
  await page.goto('/tasks?by=group');
  const table = page.getByTestId('tasks');
  await expect(table.locator('tr.part')).toHaveCount(8);
  await expect(table.locator('tr.part').first()).toContainText('B.I');
  await page
    .getByRole('navigation', { name: 'Cách xem nhiệm vụ' })
    .getByText('Theo cơ quan')
    .click();
  await expect(page).toHaveURL(/by=agency/);
  await expect(table.getByTestId('group-stp')).toContainText('Sở Tư pháp');
});

test('the timeline shows each stage of a task and says it in words', async ({ page }) => {
  await page.goto('/tasks?by=timeline');
  const staged = page.getByTestId('timeline').getByRole('row').filter({ hasText: 'B.III.2.7' });
  await expect(staged.locator('.mark')).toHaveCount(3);
  await expect(staged).toContainText('Huyện, 01/12/2022: Sắp đến hạn');
  await expect(staged).toContainText('Cấp xã: 01/06/2023');
  await staged.getByRole('link').click();
  await expect(page).toHaveURL(/\/tasks\?task=B\.III\.2\.7/);
  await page.getByTestId('task-filter').click();
  await expect(page.getByTestId('tasks').locator('tr[data-testid^=task-]')).toHaveCount(42);
});

test('the map shows where tasks are late, with the table beside it, down to the communes', async ({
  page,
  dashboard,
}) => {
  await dashboard.open('/tasks?by=map&colour=overdue');
  const rows = await completion(page, 'level=district&within=26');
  const worst = [...rows].sort(
    (a, b) => (b.by_status.overdue ?? 0) - (a.by_status.overdue ?? 0),
  )[0];
  const table = page.getByTestId('completion');
  const first = table.locator('tbody tr').first();
  await expect(first).toContainText(worst?.name ?? '');
  await expect(first.locator('.late')).toHaveText(String(worst?.by_status.overdue));
  await expect(page.getByTestId('bubble-key')).toContainText('đầu việc');
  await first.getByRole('link').focus();
  await expect(dashboard.tooltip).toContainText(worst?.name ?? '');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`unit=${worst?.unit}`));
  const communes = await completion(page, `level=commune&within=${worst?.unit}`);
  await expect(table.locator('tbody tr')).toHaveCount(communes.length);
});

test('the map is of the part of the plan and the agency in the address', async ({
  page,
  dashboard,
}) => {
  await dashboard.open('/tasks?by=map&group=B.III.2&agency=vpubnd');
  const rows = await completion(page, 'level=district&within=26&group=B.III.2&agency=vpubnd');
  const all = await completion(page, 'level=district&within=26');
  expect(rows.map(({ value }) => value)).not.toEqual(all.map(({ value }) => value));
  const name = rows[0]?.name ?? '';
  const said = (rows[0]?.value ?? 0).toFixed(1).replace('.', ',');
  const row = page.getByTestId('completion').getByRole('row').filter({ hasText: name });
  await expect(row).toContainText(`${said}%`);
});

test('every kind of deadline is said in words', async ({ page }) => {
  await page.goto('/tasks');
  for (const [task, words] of [
    ['B.I.1', 'Trong tháng 4/2022'],
    ['B.I.3', 'Năm 2022 và các năm tiếp theo'],
    ['B.I.10', 'Thường xuyên'],
    ['B.II.2', 'Từ tháng 2/2022'],
    ['B.II.5', 'Khi có hướng dẫn của Chính phủ'],
    ['B.III.2.4', 'Trước tháng 6/2022'],
    ['B.III.2.7', 'Cấp xã: 01/06/2023'],
    ['B.III.2.10', 'Trong năm 2022'],
    ['B.III.4.1', 'Kế hoạch không nêu thời hạn'],
    ['B.III.4.2', 'Tháng 4/2022, sau đó thường xuyên'],
  ] as const) {
    await expect(page.getByTestId(`task-${task}`).locator('.deadline')).toContainText(words);
  }
});

test('who is overdue with a task is named, with a way to its unit', async ({ page }) => {
  await page.goto('/tasks?status=overdue');
  const task = page.getByTestId('task-B.I.2');
  const said = Number(/Quá hạn: (\d+)/.exec(await task.innerText())?.[1]);
  await task.getByRole('button', { name: /Ai thực hiện/ }).click();
  const who = page.getByTestId('assignees');
  await expect(who.locator('li').first()).toContainText('Quá hạn');
  await who.getByRole('button', { name: /Xem cả/ }).click();
  await expect(who.locator('li')).toHaveCount(said);
  await who.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/units\//);
});
