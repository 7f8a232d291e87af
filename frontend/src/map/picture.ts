import { drawings, type PatternName } from './patterns';

/** A class on a picture: a colour, perhaps under a pattern, or a bubble as large as on the map. */
export interface CaptionClass {
  colour: string;
  label: string;
  pattern?: PatternName | '' | undefined;
  /** Colour of the pattern's lines, if not that of what is not a value. */
  lines?: string | undefined;
  /** CSS pixels. */
  radius?: number | undefined;
}

/** Words on a picture of a map, so that it can be read wherever it is pasted. */
export interface Caption {
  title: string;
  /** Place and period. */
  subtitle: string;
  /** Source, day of the figures, what kind of drawing it is. */
  notes: readonly string[];
  /** What the classes are of, with their unit. */
  legendTitle?: string;
  legend: readonly CaptionClass[];
}

interface Look {
  ink: string;
  quiet: string;
  /** Of the lines of a pattern. */
  hatch: string;
  ground: string;
  font: string;
}

/** Lines of at most a width, broken between words; a word that is too long stands alone. */
export function wrapped(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Composes a drawn map and its caption into a PNG; the map is in device pixels, ratio to a CSS pixel. */
export async function pictureOf(
  map: HTMLCanvasElement,
  ratio: number,
  caption: Caption,
  look: Look,
): Promise<Blob> {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas to draw on');
  const unit = 16 * ratio;
  const width = map.width + 2 * unit;
  const font = (size: number, weight = 400): string => `${weight} ${size * unit}px ${look.font}`;
  const measured = (style: string) => (text: string) => {
    context.font = style;
    return context.measureText(text).width;
  };
  const title = wrapped(caption.title, width - 2 * unit, measured(font(1.25, 600)));
  const notes = caption.notes.flatMap((note) =>
    wrapped(note, width - 2 * unit, measured(font(0.75))),
  );
  const columns = Math.max(1, Math.floor((width - 2 * unit) / (11 * unit)));
  const rows = Math.ceil(caption.legend.length / columns);
  const radius = Math.max(0, ...caption.legend.map((one) => one.radius ?? 0)) * ratio;
  const line = Math.max(1.4 * unit, 2 * radius + 0.25 * unit);
  const heading = caption.legendTitle ? 1.4 * unit : 0;
  const head = (0.75 + title.length * 1.6 + 1.6) * unit;
  const foot = heading + rows * line + (1.5 + notes.length * 1.15) * unit;
  canvas.width = width;
  canvas.height = head + map.height + foot;

  context.fillStyle = look.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(map, unit, head);
  const write = (text: string, x: number, y: number, style: string, colour = look.ink): void => {
    context.font = style;
    context.fillStyle = colour;
    context.fillText(text, x, y);
  };
  title.forEach((line, i) => write(line, unit, (1.9 + i * 1.6) * unit, font(1.25, 600)));
  write(caption.subtitle, unit, head - 0.7 * unit, font(0.9375), look.quiet);
  const below = head + map.height + 1.5 * unit;
  if (caption.legendTitle) write(caption.legendTitle, unit, below, font(0.8125), look.quiet);
  caption.legend.forEach((one, i) => {
    const x = unit + (i % columns) * 11 * unit;
    const y = below + heading + Math.floor(i / columns) * line + (line - 1.4 * unit) / 2;
    swatch(context, one, x, y - 0.3 * unit, unit, one.lines ?? look.hatch);
    const wide = one.radius === undefined ? 1.4 * unit : 2 * one.radius * ratio;
    write(one.label, x + wide + 0.5 * unit, y, font(0.8125));
  });
  const end = below + heading + rows * line;
  notes.forEach((note, i) => write(note, unit, end + i * 1.15 * unit, font(0.75), look.quiet));
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png'),
  );
}

/** Draws what a class looks like, its left at x and its middle at y; unit is the size of type in device pixels. */
function swatch(
  context: CanvasRenderingContext2D,
  { colour, pattern, radius }: CaptionClass,
  x: number,
  y: number,
  unit: number,
  lines: string,
): void {
  context.fillStyle = colour;
  if (radius !== undefined) {
    const r = (radius * unit) / 16;
    context.globalAlpha = 0.72; // as on the map
    context.beginPath();
    context.arc(x + r, y, r, 0, 2 * Math.PI);
    context.fill();
    context.globalAlpha = 1;
    return;
  }
  const box = [x, y - 0.45 * unit, 1.4 * unit, 0.9 * unit] as const;
  context.fillRect(...box);
  if (!pattern) return;
  const tile = document.createElement('canvas');
  const drawn = drawings[pattern](lines, Math.round(unit / 2));
  tile.width = drawn.width;
  tile.height = drawn.height;
  tile.getContext('2d')?.putImageData(new ImageData(drawn.data, drawn.width, drawn.height), 0, 0);
  context.fillStyle = context.createPattern(tile, 'repeat') ?? colour;
  context.fillRect(...box);
}
