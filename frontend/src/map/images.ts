import type { Map as MapLibre } from 'maplibre-gl';
import { patterns } from './layers';
import { cross, dots, hatch, strokes, upright, type PatternImage } from './patterns';
import type { MapColours } from './theme';

/** The images of a map's patterns in these colours, by their names, and how many of their pixels make one of CSS. */
export function patternImages(
  colours: MapColours,
  scale: number,
): { images: Record<keyof typeof patterns, PatternImage>; pixelRatio: number } {
  // Pattern images are in device pixels; eight CSS pixels of the desk make one repeat.
  const pixelRatio = Math.min(devicePixelRatio, 2);
  const side = Math.round(8 * pixelRatio * scale);
  const { hatch: colour } = colours;
  // Bubbles leave the land bare: a note on it is drawn as what is not a value is.
  const [note, edge] =
    colours.classes.length > 0 ? [colours.note, colours.noteEdge] : [colour, undefined];
  const images = {
    [patterns.hatch]: hatch(colour, side),
    [patterns.dots]: dots(colour, side),
    [patterns.cross]: cross(colour, side),
    [patterns.estimated]: upright(note, side, edge),
    [patterns.partial]: strokes(note, side, edge),
  };
  return { images, pixelRatio };
}

/** Gives a map the images of its patterns in these colours, or other ones in their place. */
export function addPatterns(map: MapLibre, colours: MapColours, scale: number): void {
  const { images, pixelRatio } = patternImages(colours, scale);
  for (const [id, image] of Object.entries(images)) {
    if (map.hasImage(id)) map.updateImage(id, image);
    else map.addImage(id, image, { pixelRatio });
  }
}

/** A canvas of its own with what is drawn on another: that of a map is empty once it has been shown. Of a part of its width, if asked, device pixels. */
export function copyOf(
  drawn: HTMLCanvasElement,
  start = 0,
  width = drawn.width,
): HTMLCanvasElement {
  const copy = document.createElement('canvas');
  copy.width = width;
  copy.height = drawn.height;
  copy.getContext('2d')?.drawImage(drawn, -start, 0);
  return copy;
}
