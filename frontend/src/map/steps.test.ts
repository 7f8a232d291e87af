import { expect, it } from 'vitest';
import { nearestTo, stepTo } from './steps';

/** Nine squares: a b c above d e f above g h i. */
const squares = [...'abcdefghi'].map((code, i) => ({
  code,
  centre: [i % 3, 2 - Math.floor(i / 3)],
}));
const of = (code: string) => squares.find((square) => square.code === code) ?? { code, centre: [] };

it('goes to the unit that lies that way', () => {
  const from = of('e');
  expect(
    (['left', 'right', 'up', 'down'] as const).map((way) => stepTo(from, squares, way)?.code),
  ).toEqual(['d', 'f', 'b', 'h']);
});

it('stays at the edge', () => {
  expect(stepTo(of('a'), squares, 'left')).toBeUndefined();
  expect(stepTo(of('i'), squares, 'down')).toBeUndefined();
});

it('reaches every unit from every other', () => {
  for (const start of squares) {
    const reached = new Set([start.code]);
    for (const code of reached) {
      for (const way of ['left', 'right', 'up', 'down'] as const) {
        const next = stepTo(of(code), squares, way);
        if (next) reached.add(next.code);
      }
    }
    expect(reached.size).toBe(9);
  }
});

it('begins at the middle', () => {
  expect(nearestTo({ code: '', centre: [1.1, 0.9] }, squares)?.code).toBe('e');
  expect(nearestTo({ code: '', centre: [0, 0] }, [])).toBeUndefined();
});
