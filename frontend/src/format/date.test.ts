import { expect, it } from 'vitest';
import { messages } from '../i18n';
import { dayOf, formatAge, formatDate, formatDay, formatTime, formatWeekday } from './date';

it('shows civil days day first, whatever the time zone of the reader', () => {
  expect(formatDate('2022-06-15', 'vi')).toBe('15/06/2022');
  expect(formatDate('2022-06-15', 'en')).toBe('15/06/2022');
});

it('shows instants in the time zone of Vietnam', () => {
  expect(formatDay('2022-11-19T18:00:00Z', 'vi')).toBe('20/11/2022');
  expect(formatTime('2022-11-19T18:05:00Z')).toBe('01:05');
  expect(formatTime('2022-11-20T23:59:59.999+07:00')).toBe('23:59');
  expect(formatWeekday('2022-11-19T18:05:00Z', 'en')).toBe('Sunday');
});

it.each([
  ['2022-11-19T16:59:59Z', '2022-11-19'],
  ['2022-11-19T17:00:00Z', '2022-11-20'],
  ['2022-11-20T00:00:00.000+07:00', '2022-11-20'],
])('knows the day an instant falls on: %s', (instant, day) => {
  expect(dayOf(instant)).toBe(day);
});

it.each([
  [5_000, 'vài giây'],
  [240_000, '4 phút'],
  [3 * 3_600_000, '3 giờ'],
  [50 * 3_600_000, '2 ngày'],
])('tells the age of figures: %i ms', (age, said) => {
  expect(formatAge(age, messages('vi'))).toBe(said);
});
