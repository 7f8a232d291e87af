import { expect, test } from 'vitest';
import { dateFormat, numberFormat } from './intl';

test('a formatter is made once for a language and its options', () => {
  const percent = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  expect(numberFormat('vi', percent)).toBe(numberFormat('vi', { ...percent }));
  expect(numberFormat('vi', percent).format(1234.5)).toBe('1.234,5');
  expect(numberFormat('en', percent).format(1234.5)).toBe('1,234.5');
  expect(numberFormat('vi', {}).format(1234.5)).toBe('1.234,5');
  const day = { day: '2-digit', month: '2-digit', timeZone: 'UTC' } as const;
  expect(dateFormat('vi', day)).toBe(dateFormat('vi', { ...day }));
  expect(dateFormat('vi', { ...day, year: 'numeric' })).not.toBe(dateFormat('vi', day));
});
