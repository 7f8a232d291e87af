import { expect, test } from './driver';

test('a reporter sees what is due next, by whom, and what the period is', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Trang' }).getByRole('link', { name: 'Lịch' }).click();
  const round = page.getByTestId('round');
  await expect(round).toContainText('Kỳ báo cáo Tháng 11/2022');
  await expect(round).toContainText('15/10–14/11/2022');
  const steps = round.getByRole('listitem');
  await expect(steps).toHaveCount(4);
  await expect(steps.nth(0)).toContainText('14/11/2022');
  await expect(steps.nth(0)).toContainText('đã qua');
  await expect(steps.nth(1)).toContainText('16/11/2022');
  const next = round.locator('[aria-current="step"]');
  await expect(next).toContainText('21/11/2022');
  await expect(next).toContainText('Phó Trưởng ban Thường trực');
});

test('a leader finds deadlines of tasks, meetings and reports in one list', async ({ page }) => {
  await page.goto('/calendar');
  const agenda = page.getByTestId('agenda');
  await expect(agenda).toContainText('Họp Ban Chỉ đạo định kỳ hàng quý');
  await expect(agenda).toContainText('Tổng kết năm');
  const task = agenda.getByRole('listitem').filter({ hasText: 'B.III.2.7' });
  await expect(task).toContainText('Hạn nhiệm vụ');
  await task.getByRole('link').click();
  await expect(page).toHaveURL(/\/tasks\?task=B\.III\.2\.7/);
});

test('days off say when they are provisional, and the rule for due dates', async ({ page }) => {
  await page.goto('/calendar?lang=en');
  const off = page.getByTestId('days-off');
  await expect(off).toContainText('A due date on a day off stays where it is.');
  await expect(off).toContainText('Lunar New Year');
  await expect(off).toContainText('20/01–26/01/2023');
  const january = page.getByRole('table', { name: 'January 2023' });
  await expect(january.getByTitle(/Lunar New Year/)).toHaveCount(7);
});
