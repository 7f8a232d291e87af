/** What names are written in: a CSS font, its size and the space between letters in CSS pixels. */
export interface Type {
  font: string;
  size: number;
  spacing: number;
}

/** A name that wants to be written, and its place in CSS pixels. */
export interface Wanted {
  text: string;
  x: number;
  y: number;
  type: Type;
}

/** Where a line of a name goes: the middle of the line. */
export interface Written {
  text: string;
  x: number;
  y: number;
  type: Type;
}

/** Width of a text, CSS pixels. */
export type Measure = (text: string, type: Type) => number;

/** As in the style of the moving map: in the size of the type, but for the padding, which is in CSS pixels. */
const lineHeight = 1.2;
const padding = 4;
const radialOffset = 0.4;
export const maxWidth = 7;

type Box = readonly [left: number, top: number, right: number, bottom: number];

const meet = (a: Box, b: Box): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** Breaks a name between words into lines of at most seven ems, as even as they can be. */
export function linesOf(text: string, width: (text: string) => number, most: number): string[] {
  const words = text.split(' ');
  const needed = Math.ceil(width(text) / most);
  if (needed < 2 || words.length < 2) return [text];
  const target = width(text) / needed;
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && width(`${last} ${word}`) <= Math.max(target * 1.1, 1)) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

/**
 * Places names so that none lies over another: in the middle of its place, or below or above it, or not at all. Earlier names come
 * first.
 */
export function placed(names: readonly Wanted[], measure: Measure): Written[] {
  const taken: Box[] = [];
  return names.flatMap(({ text, x, y, type }) => {
    const { size } = type;
    const lines = linesOf(text, (part) => measure(part, type), maxWidth * size);
    const wide = Math.max(...lines.map((line) => measure(line, type)));
    const tall = lines.length * lineHeight * size;
    const aside = tall / 2 + radialOffset * size;
    for (const middle of [y, y + aside, y - aside]) {
      const box: Box = [
        x - wide / 2 - padding,
        middle - tall / 2 - padding,
        x + wide / 2 + padding,
        middle + tall / 2 + padding,
      ];
      if (taken.some((other) => meet(box, other))) continue;
      taken.push(box);
      return lines.map((line, i) => ({
        text: line,
        x,
        y: middle + (i - (lines.length - 1) / 2) * lineHeight * size,
        type,
      }));
    }
    return [];
  });
}
