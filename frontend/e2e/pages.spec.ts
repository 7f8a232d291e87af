import { expect, test } from './driver';

test('the page of a unit shows its indicators, people and tasks', async ({ page }) => {
  await page.goto('/units/248');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Huyện Tam Đảo');
  const row = page.getByTestId('indicator-vneid_rate');
  await expect(row.locator('.value')).toHaveText(/\d+,\d%/);
  await expect(page.getByRole('heading', { name: /Dân số ngày/ })).toBeVisible();
  await expect(page.getByTestId('tasks').locator('tbody tr').first()).toBeVisible();
});

test('tasks stand under the parts of the plan, filtered in the address', async ({ page }) => {
  await page.goto('/tasks');
  const table = page.getByTestId('tasks');
  const rows = table.locator('tr[data-testid^=task-]');
  await expect(rows).toHaveCount(42);
  await expect(table.locator('tr.part')).toHaveCount(8);
  await expect(rows.first()).toContainText('B.I.1');
  await page.getByRole('link', { name: /B\.III\.6/ }).click();
  await expect(page).toHaveURL(/group=B\.III\.6/);
  await expect(rows).toHaveCount(5);
  await page.getByRole('link', { name: /Tất cả các phần/ }).click();
  await page.getByTestId('find-task').fill('mot cua');
  await expect(rows).toHaveCount(3);
  await page.getByTestId('find-task').fill('');
  await page.getByRole('navigation', { name: 'Thứ tự' }).getByText('Theo mức khẩn').click();
  await expect(rows.first()).toContainText('Quá hạn');

  await page.getByRole('link', { name: /^\s*\d+\s*Quá hạn$/ }).click();
  await expect(page).toHaveURL(/status=overdue/);
  const late = await rows.count();
  expect(late).toBeLessThan(42);
  await page.reload();
  await expect(rows).toHaveCount(late);
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

test('an indicator is found by a word, and taken apart by its dimension', async ({ page }) => {
  await page.goto('/');
  await page.getByTestId('find-indicator').fill('ho so dich vu');
  await page.getByTestId('tile-service_dossiers').click();
  const parts = page.getByTestId('breakdown');
  await expect(parts).toContainText('Theo dịch vụ công thiết yếu');
  await parts.getByRole('button', { name: /Xem cả 25/ }).click();
  await expect(parts.locator('li')).toHaveCount(25);
});

test('figures of the whole province alone have no map, and say so', async ({ page }) => {
  await page.goto('/?indicator=connection_rate');
  await expect(page.getByText(/Số liệu của toàn bộ tỉnh Vĩnh Phúc/)).toBeVisible();
  await expect(page.getByTestId('map')).toHaveCount(0);
  await page.getByTestId('group-identity').click();
  await page.getByTestId('tile-card_reader_rate').click();
  await expect(page.getByTestId('ranking').locator('tbody tr')).toHaveCount(9);
});
