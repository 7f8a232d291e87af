import { expect, it } from 'vitest';
import type { Dimension, Measure, Term } from '../api/types';
import { messages } from '../i18n';
import { dimsLabel, termsLabel } from './term';

const catalogue = {
  measures: [{ id: 'population', name: { vi: 'Dân số', en: 'Population' } } as Measure],
  dimensions: [
    { id: 'age', name: { vi: 'Tuổi', en: 'Age' }, integer: true, open_end: true, members: [] },
    {
      id: 'sex',
      name: { vi: 'Giới tính', en: 'Sex' },
      integer: false,
      open_end: false,
      members: [{ id: 'female', name: { vi: 'Nữ', en: 'Female' } }],
    },
  ] satisfies Dimension[],
};

it.each([
  [{}, 'Dân số', 'Population'],
  [{ age: { from: 14 } }, 'Dân số (tuổi từ 14)', 'Population (age 14 and over)'],
  [{ age: { from: 6, to: 10 } }, 'Dân số (tuổi từ 6 đến 10)', 'Population (age 6 to 10)'],
  [{ sex: { members: ['female'] } }, 'Dân số (nữ)', 'Population (female)'],
])('says what is counted: %j', (where, vietnamese, english) => {
  const terms = [{ measure: 'population', where }];
  expect(termsLabel(terms, catalogue, messages('vi'), 'vi')).toBe(vietnamese);
  expect(termsLabel(terms, catalogue, messages('en'), 'en')).toBe(english);
});

it('says what is taken away', () => {
  const terms: Term[] = [
    { measure: 'population', where: {} },
    { measure: 'population', minus: true, where: { sex: { members: ['female'] } } },
  ];
  expect(termsLabel(terms, catalogue, messages('vi'), 'vi')).toBe('Dân số − Dân số (nữ)');
});

it.each([
  ['age=34;sex=female', 'tuổi 34, nữ'],
  ['', ''],
  ['colour=red', 'colour=red'],
])('puts a slice into words: %s', (dims, words) => {
  expect(dimsLabel(dims, catalogue, 'vi')).toBe(words);
});
