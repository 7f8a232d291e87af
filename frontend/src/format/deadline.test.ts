import { describe, expect, it } from 'vitest';
import type { Deadline } from '../api/types';
import { messages } from '../i18n';
import { deadlineLines, deadlineWords } from './deadline';

const levels: Record<string, string> = { province: 'Tỉnh', district: 'Huyện' };
const reader = { m: messages('vi'), lang: 'vi' as const, level: (id: string) => levels[id] ?? id };

const guidance = { name: { vi: 'hướng dẫn của Chính phủ', en: "the Government's guidance" } };

describe('a deadline in words', () => {
  const cases: [Deadline, string][] = [
    [{ kind: 'date', date: '2022-06-15' }, 'Đến hết 15/06/2022'],
    [{ kind: 'month_end', date: '2022-04-30' }, 'Trong tháng 4/2022'],
    [{ kind: 'before', date: '2022-05-31' }, 'Trước tháng 6/2022'],
    [{ kind: 'before', date: '2022-12-31' }, 'Trước tháng 1/2023'],
    [{ kind: 'year_end', date: '2022-12-31' }, 'Trong năm 2022'],
    [{ kind: 'year_onward', date: '2022-12-31' }, 'Năm 2022 và các năm tiếp theo'],
    [{ kind: 'month_then_continuous', date: '2022-04-30' }, 'Tháng 4/2022, sau đó thường xuyên'],
    [{ kind: 'from_month', from: '2022-03-01', date: '2022-03-31' }, 'Từ tháng 3/2022'],
    [{ kind: 'continuous' }, 'Thường xuyên'],
    [{ kind: 'none_stated' }, 'Kế hoạch không nêu thời hạn'],
    [{ kind: 'conditional', condition: guidance }, 'Khi có hướng dẫn của Chính phủ'],
    [
      { kind: 'conditional', condition: guidance, days: 30 },
      'Khi có hướng dẫn của Chính phủ, trong 30 ngày sau đó',
    ],
    [
      {
        kind: 'conditional',
        condition: { ...guidance, met_on: '2022-09-05', due: '2022-10-05' },
        days: 30,
      },
      'Khi có hướng dẫn của Chính phủ, có từ 05/09/2022, hạn 05/10/2022',
    ],
    [
      { kind: 'recurring', cycle: { first: 's2022-05', last: 's2022-12', days_after: 2 } },
      'Hằng tháng theo kỳ báo cáo, trong 2 ngày sau khi hết kỳ, đến kỳ Tháng 12/2022 (15/11–14/12/2022)',
    ],
    [{ kind: 'recurring', cycle: { first: '2022-Q2', days_after: 0 } }, 'Hằng quý'],
  ];
  it.each(cases)('%o', (deadline, words) => {
    expect(deadlineWords(deadline, reader)).toBe(words);
  });

  it('has a line for each stage', () => {
    const stages = [
      { level: 'province', date: '2022-06-01', assignments: 1 },
      { level: 'district', date: '2022-12-01', assignments: 9 },
    ];
    const lines = deadlineLines({ kind: 'staged', stages }, reader);
    expect(lines.map((line) => line.stage)).toEqual(stages);
    expect(lines.map((line) => line.words)).toEqual([
      'Cấp tỉnh: 01/06/2022',
      'Cấp huyện: 01/12/2022',
    ]);
  });
});
