import { expect, it } from 'vitest';
import type { Indicator } from '../api/types';
import { messages } from '../i18n';
import { coverageWords, flagWords, isCount } from './words';

const m = messages('vi');
const of = (kind: string): Pick<Indicator, 'formula'> =>
  ({ formula: { kind, parts: [] as unknown[] } }) as Pick<Indicator, 'formula'>;
const coverage = { reported: 115, expected: 136, share: 0.846 };

it('says which units have reported, and for rates over tasks which assignments count', () => {
  expect(coverageWords(coverage, of('ratio'), 'xã', 'vi', m)).toBe('115/136 xã đã báo cáo');
  expect(coverageWords(coverage, of('completion'), 'xã', 'vi', m)).toBe(
    '115/136 nhiệm vụ được giao',
  );
  const index = of('index');
  index.formula.parts = [{ indicator: 'a', weight: 1 }];
  expect(coverageWords(coverage, index, 'xã', 'vi', m)).toBe(
    '115/136 số liệu của các chỉ tiêu thành phần',
  );
});

it('has words for a part that exceeds its whole', () => {
  expect(flagWords('implausible', m)).toBe('Bất hợp lý: phần lớn hơn tổng thể');
});

it('tells counts from what can be held side by side', () => {
  expect(isCount(of('sum'))).toBe(true);
  expect(isCount(of('difference'))).toBe(true);
  expect(isCount(of('ratio'))).toBe(false);
  const gap = of('difference');
  gap.formula.parts = [{ indicator: 'a', weight: 1 }];
  expect(isCount(gap)).toBe(false);
});
