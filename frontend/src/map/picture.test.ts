import { expect, it } from 'vitest';
import { wrapped } from './picture';

const letters = (text: string): number => text.length;

it.each([
  ['tỷ lệ người từ 14 tuổi', 12, ['tỷ lệ người', 'từ 14 tuổi']],
  ['một', 12, ['một']],
  ['', 12, []],
  ['không-thể-bẻ-đôi được', 5, ['không-thể-bẻ-đôi', 'được']],
])('breaks "%s" into lines of %i', (text, width, lines) => {
  expect(wrapped(text, width, letters)).toEqual(lines);
});
