import { expect, it } from 'vitest';
import { messages } from '../i18n';
import { classLabel } from './legend';

const shape = { unit_name: { vi: '%', en: '%' }, decimals: 1 };
const vi = messages('vi');
const all = (by: 'value' | 'target' | 'status', breaks: number[], n: number): string[] =>
  Array.from({ length: n }, (_, i) => classLabel(i, { by, breaks }, shape, 'vi', vi));

it('says from where to where a class of values goes', () => {
  expect(all('value', [10, 20], 3)).toEqual(['Dưới 10', '10 – 20', 'Từ 20']);
  expect(all('value', [0.5, 2], 3)).toEqual(['Dưới 0,5', '0,5 – 2,0', 'Từ 2,0']);
});

it('says on which side of the path and how far', () => {
  expect(all('target', [-10, -5, 0, 5, 10], 6)).toEqual([
    'Kém từ 10',
    'Kém 5 – 10',
    'Kém dưới 5',
    'Hơn dưới 5',
    'Hơn 5 – 10',
    'Hơn từ 10',
  ]);
});

it('says statuses, and that the rest is not judged', () => {
  expect(all('status', [], 5)).toEqual([
    'Đã đạt',
    'Đúng tiến độ',
    'Có nguy cơ',
    'Chậm',
    'Chưa đánh giá',
  ]);
});
