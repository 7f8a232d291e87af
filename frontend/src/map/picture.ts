/** Words on a picture of a map, so that it can be read wherever it is pasted. */
export interface Caption {
  title: string;
  /** Place and period. */
  subtitle: string;
  /** Source, day of the figures, what kind of drawing it is. */
  notes: readonly string[];
  legend: readonly { colour: string; label: string }[];
}

interface Look {
  ink: string;
  quiet: string;
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
  const head = (0.75 + title.length * 1.6 + 1.6) * unit;
  const foot = (0.75 + rows * 1.4 + notes.length * 1.15 + 0.75) * unit;
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
  caption.legend.forEach(({ colour, label }, i) => {
    const x = unit + (i % columns) * 11 * unit;
    const y = below + Math.floor(i / columns) * 1.4 * unit;
    context.fillStyle = colour;
    context.fillRect(x, y - 0.75 * unit, 1.4 * unit, 0.9 * unit);
    write(label, x + 1.9 * unit, y, font(0.8125));
  });
  notes.forEach((line, i) =>
    write(line, unit, below + (rows * 1.4 + i * 1.15) * unit, font(0.75), look.quiet),
  );
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png'),
  );
}
