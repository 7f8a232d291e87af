import { pictureOf, type Caption } from '../map/picture';
import { carriedFonts } from './fonts';

/**
 * Saves something drawn, with the words it needs to be read anywhere, as a PNG named after them. Ratio is device pixels to a
 * CSS pixel. Throws when the browser cannot draw.
 */
export async function savePicture(
  drawn: HTMLCanvasElement,
  ratio: number,
  words: Caption,
): Promise<void> {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  // A canvas takes what has been loaded: letters the page has not written yet are asked for first.
  const text = [words.title, words.subtitle, ...words.notes].join(' ');
  await Promise.all(
    [400, 600].map((weight) => document.fonts.load(`${weight} 16px ${token('--font')}`, text)),
  );
  const picture = await pictureOf(drawn, ratio, words, {
    ink: token('--ink'),
    quiet: token('--ink-2'),
    hatch: token('--hatch'),
    ground: token('--surface'),
    font: token('--font'),
  });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(picture);
  link.download = `${words.title}, ${words.subtitle}.png`.replace(/[/\\:]/g, '-');
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** What of a style a drawing needs; it leaves the page, and with it the page's style sheets. */
const drawnBy = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'font-size',
  'font-weight',
  'font-family',
  'text-anchor',
  'visibility',
  'display',
] as const;

/** Room around a chart, CSS pixels. */
const margin = 20;

/** A chart of ours as it looks on the page, ratio pixels to each of its CSS pixels. */
export async function drawnChart(svg: SVGSVGElement, ratio: number): Promise<HTMLCanvasElement> {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const shown = [svg, ...svg.querySelectorAll<SVGElement>('*')];
  [copy, ...copy.querySelectorAll<SVGElement>('*')].forEach((element, i) => {
    const style = getComputedStyle(shown[i] ?? svg);
    for (const name of drawnBy) element.style.setProperty(name, style.getPropertyValue(name));
  });
  await carryFonts(copy);
  const box = svg.getBoundingClientRect();
  const frame = svg.viewBox.baseVal;
  // Words at the ends of an axis reach over the edge of the chart.
  const edge = (margin * frame.width) / box.width;
  copy.setAttribute(
    'viewBox',
    `${frame.x - edge} ${frame.y - edge} ${frame.width + 2 * edge} ${frame.height + 2 * edge}`,
  );
  const [width, height] = [box.width + 2 * margin, box.height + 2 * margin];
  copy.setAttribute('width', String(width * ratio));
  copy.setAttribute('height', String(height * ratio));
  const image = new Image();
  const text = new XMLSerializer().serializeToString(copy);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas to draw on');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Puts the typeface of its words into a drawing; without it the words are in another one, and still there. */
async function carryFonts(drawing: SVGSVGElement): Promise<void> {
  const weights = [...drawing.querySelectorAll('text')].map(({ style }) =>
    Number(style.fontWeight),
  );
  try {
    const style = document.createElementNS(drawing.namespaceURI, 'style');
    style.textContent = await carriedFonts(weights);
    drawing.prepend(style);
  } catch (cause) {
    console.warn('a picture goes without the typeface of the page', cause);
  }
}
