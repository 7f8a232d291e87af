import { describe, expect, it } from 'vitest';
import { linesOf, placed, type Type } from './names';

const type: Type = { font: '', size: 10, spacing: 0 };
/** Every letter half as wide as the type is high. */
const width = (text: string): number => 5 * text.length;
const measure = (text: string): number => width(text);

describe('placing names', () => {
  it('writes what has room in the middle of its place', () => {
    const names = placed([{ text: 'Tam Đảo', x: 100, y: 50, type }], measure);
    expect(names).toEqual([{ text: 'Tam Đảo', x: 100, y: 50, type }]);
  });
  it('moves a name out of the way of an earlier one, or leaves it out', () => {
    const at = (text: string) => ({ text, x: 100, y: 50, type });
    const names = placed([at('Một'), at('Hai'), at('Ba'), at('Bốn')], measure);
    expect(names.map(({ text }) => text)).toEqual(['Một']);
    const beside = placed([at('Một'), { ...at('Hai'), y: 61 }], measure);
    expect(beside.map(({ text, y }) => [text, y])).toEqual([
      ['Một', 50],
      ['Hai', 71],
    ]);
  });
  it('never lets two lie over each other', () => {
    const crowd = Array.from({ length: 200 }, (_, i) => ({
      text: 'Xã '.repeat((i % 3) + 1).trim(),
      x: (i * 37) % 400,
      y: (i * 61) % 300,
      type,
    }));
    const names = placed(crowd, measure);
    expect(names.length).toBeGreaterThan(20);
    for (const [i, a] of names.entries())
      for (const b of names.slice(i + 1)) {
        const apart =
          Math.abs(a.x - b.x) >= (width(a.text) + width(b.text)) / 2 || Math.abs(a.y - b.y) >= 10;
        expect(apart, `${a.text} ${b.text}`).toBe(true);
      }
  });
});

describe('breaking names', () => {
  it('breaks between words when a name is too long, as evenly as can be', () => {
    expect(linesOf('Thị trấn Hợp Châu', width, 60)).toEqual(['Thị trấn', 'Hợp Châu']);
    expect(linesOf('Yên Lạc', width, 60)).toEqual(['Yên Lạc']);
    expect(linesOf('Nghiêngngả', width, 10)).toEqual(['Nghiêngngả']);
  });
});
