/** A square image that repeats without a seam, for fill-pattern. */
export interface PatternImage {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** Draws a pattern of the given side in device pixels on transparent ground. */
function drawn(
  side: number,
  draw: (context: CanvasRenderingContext2D, side: number) => void,
): PatternImage {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return { width: 1, height: 1, data: new Uint8ClampedArray(4) };
  draw(context, side);
  const image = context.getImageData(0, 0, side, side);
  return { width: side, height: side, data: image.data };
}

/** Diagonal lines: no data. */
export function hatch(colour: string, side: number): PatternImage {
  return drawn(side, (context, s) => {
    context.strokeStyle = colour;
    context.lineWidth = s / 7;
    context.beginPath();
    for (const offset of [-s, 0, s]) {
      context.moveTo(offset - 1, s + 1);
      context.lineTo(offset + s + 1, -1);
    }
    context.stroke();
  });
}

/** Crossed lines: confidential. */
export function cross(colour: string, side: number): PatternImage {
  return drawn(side, (context, s) => {
    context.strokeStyle = colour;
    context.lineWidth = s / 9;
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(s, s);
    context.moveTo(s, 0);
    context.lineTo(0, s);
    context.stroke();
  });
}

/**
 * Thin upright lines over a colour: the value is estimated. The edge is an opposite shade along them: over a colour as light,
 * or as dark, as the lines it is what is seen.
 */
export function upright(colour: string, side: number, edge?: string): PatternImage {
  return drawn(side, (context, s) => {
    if (edge) rectangle(context, edge, s / 2 + s / 9, 0, s / 9, s);
    rectangle(context, colour, s / 2, 0, s / 9, s);
  });
}

/** Short strokes over a colour, with an edge as upright lines have: not all have reported. */
export function strokes(colour: string, side: number, edge?: string): PatternImage {
  return drawn(side, (context, s) => {
    if (edge) rectangle(context, edge, s / 4, s / 2 + s / 9, s / 2, s / 9);
    rectangle(context, colour, s / 4, s / 2, s / 2, s / 9);
  });
}

function rectangle(
  context: CanvasRenderingContext2D,
  colour: string,
  ...box: [x: number, y: number, width: number, height: number]
): void {
  context.fillStyle = colour;
  context.fillRect(...box);
}

/** Dots: not applicable. */
export function dots(colour: string, side: number): PatternImage {
  return drawn(side, (context, s) => {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(s / 2, s / 2, s / 7, 0, 2 * Math.PI);
    context.fill();
  });
}

/** The patterns by what the legend calls them. */
export const drawings = { hatch, cross, upright, strokes, dots };
export type PatternName = keyof typeof drawings;
