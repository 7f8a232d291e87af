import { borderStroke } from '../borders';
import { unknown, type Paint } from '../classes';
import { halo, isNamed, labelZooms, letterSpacing, nameSizes, type Frame } from '../labels';
import type { patterns } from '../layers';
import { patternLayers, type Look } from '../layers';
import type { Mark } from '../scales';
import type { MapColours } from '../theme';
import { placed, type Type, type Wanted } from './names';
import type { Piece, Tile } from './tile';
import { between, standingOf, worldOf, type Size, type View } from './view';

/** All there is to draw; lengths are CSS pixels. */
export interface Scene {
  tiles: readonly Tile[];
  view: View;
  zoom: number;
  size: Size;
  /** Device pixels to one of CSS. */
  ratio: number;
  levels: readonly string[];
  level: string;
  colours: MapColours;
  look: Look;
  frame: Frame | null;
  paints: ReadonlyMap<string, Paint>;
  marks: ReadonlyMap<string, Mark>;
  /** Repeating images, by their names; their pixels are the device's. */
  patterns: Readonly<Record<keyof typeof patterns, CanvasImageSource>>;
  /** Bubbles of the level: where, and as a share of the largest radius. */
  bubbles: readonly { centre: readonly number[]; share: number }[];
  hovered: string | undefined;
  selected: string | undefined;
  /** How brightly units glow, 0 to 1. */
  glow: ReadonlyMap<string, number>;
  /** A sheet as large as the map for what is translucent; one is enough for all of it. */
  sheet: HTMLCanvasElement;
}

type Context = CanvasRenderingContext2D;
type Draw = (tile: Tile, unit: number) => void;

/** Draws something tile by tile in the tiles' own coordinates; unit is the length of one of them, CSS pixels. */
function eachTile(context: Context, { tiles, view, ratio }: Scene, draw: Draw): void {
  for (const tile of tiles) {
    const { left, top, unit } = standingOf(tile.address, tile.extent, view);
    context.setTransform(unit * ratio, 0, 0, unit * ratio, left * ratio, top * ratio);
    draw(tile, unit);
  }
}

/** The page's coordinates, CSS pixels. */
function onPage(context: Context, { ratio }: Scene): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

/** Draws the ground, units in their colours and patterns, and borders. */
export function drawLand(context: Context, scene: Scene): void {
  const { size, colours, levels, level } = scene;
  onPage(context, scene);
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, size.width, size.height);
  context.lineJoin = context.lineCap = 'round';
  eachTile(context, scene, ({ pieces }) => {
    context.fillStyle = colours.land;
    for (const { level: of, area } of pieces) if (of === levels[0]) context.fill(area);
  });
  eachTile(context, scene, ({ pieces }, unit) => {
    context.lineWidth = 1 / unit; // neighbours of one colour touch
    for (const piece of pieces) if (piece.level === level) fill(context, scene, piece);
  });
  drawPatterns(context, scene);
  drawOutside(context, scene);
  drawBorders(context, scene);
}

/** What is not a value lies on bare land. */
function fill(context: Context, { paints, colours }: Scene, { code, area }: Piece): void {
  const colour = colours.classes[paints.get(code) ?? unknown] ?? colours.land;
  context.fillStyle = context.strokeStyle = colour;
  context.fill(area);
  context.stroke(area);
}

/** Patterns on what is not a value, and on values with a note. */
function drawPatterns(context: Context, scene: Scene): void {
  const { level, paints, marks } = scene;
  if (paints.size === 0) return; // nothing has been said of any unit yet
  const has = { paint: paints, mark: marks };
  const otherwise = { paint: unknown, mark: 0 };
  for (const { image, state, is } of patternLayers) {
    const ink = context.createPattern(scene.patterns[image], 'repeat');
    if (!ink) continue;
    eachTile(context, scene, ({ pieces }) => {
      // Its pixels are the screen's, and it goes on from tile to tile.
      ink.setTransform(context.getTransform().inverse());
      context.fillStyle = ink;
      for (const { level: of, code, area } of pieces) {
        if (of === level && (has[state].get(code) ?? otherwise[state]) === is) context.fill(area);
      }
    });
  }
}

/** What lies outside the frame steps back. */
function drawOutside(context: Context, scene: Scene): void {
  const { frame, colours } = scene;
  if (!frame) return;
  veiled(context, scene, 0.78, (veil) => {
    eachTile(veil, scene, ({ pieces }, unit) => {
      veil.fillStyle = veil.strokeStyle = colours.ground;
      veil.lineWidth = 1 / unit;
      for (const { level, code, area } of pieces) {
        if (level !== frame.level || code === frame.code) continue;
        veil.fill(area);
        veil.stroke(area);
      }
    });
  });
}

/** Draws on a sheet of its own, and lays it over the picture: where tiles overlap, what is translucent would be so twice. */
function veiled(
  context: Context,
  { sheet }: Scene,
  opacity: number,
  draw: (veil: Context) => void,
): void {
  if (opacity === 1) {
    draw(context);
    return;
  }
  const veil = sheet.getContext('2d');
  if (!veil) return;
  veil.setTransform(1, 0, 0, 1, 0, 0);
  veil.clearRect(0, 0, sheet.width, sheet.height);
  veil.lineJoin = veil.lineCap = 'round';
  draw(veil);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = opacity;
  context.drawImage(sheet, 0, 0);
  context.globalAlpha = 1;
}

/** Borders down to the shown level, those of the highest on top. */
function drawBorders(context: Context, scene: Scene): void {
  const { levels, level, colours, look, zoom } = scene;
  for (let rank = levels.indexOf(level); rank >= 0; rank--) {
    const { colour, opacity, widths } = borderStroke(rank, levels.length - 1, colours, look);
    const of = levels[rank] ?? '';
    veiled(context, scene, opacity, (veil) => {
      eachTile(veil, scene, ({ borders }, unit) => {
        const line = borders.get(of);
        if (!line) return;
        veil.strokeStyle = colour;
        veil.lineWidth = between(widths, zoom) / unit;
        veil.stroke(line);
      });
    });
  }
}

/** Draws what lies over the land: outlines of units that stand out, bubbles, names. */
export function drawOver(context: Context, scene: Scene): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, scene.size.width * scene.ratio, scene.size.height * scene.ratio);
  context.lineJoin = context.lineCap = 'round';
  const { colours, look, hovered, selected, glow } = scene;
  if (hovered !== undefined) outline(context, scene, hovered, colours.borderStrong, 2 * look.scale);
  if (selected !== undefined) outline(context, scene, selected, colours.label, 3 * look.scale);
  for (const [code, opacity] of glow) {
    context.globalAlpha = opacity;
    outline(context, scene, code, colours.pulse, 4 * look.scale);
  }
  context.globalAlpha = 1;
  drawBubbles(context, scene);
  drawNames(context, scene);
}

/** The outline of a unit, without the edges of tiles. */
function outline(
  context: Context,
  scene: Scene,
  code: string,
  colour: string,
  width: number,
): void {
  eachTile(context, scene, ({ pieces, extent }, unit) => {
    const parts = pieces.filter((piece) => piece.code === code && piece.level === scene.level);
    if (parts.length === 0) return;
    context.save();
    context.beginPath();
    context.rect(0, 0, extent, extent);
    context.clip();
    context.strokeStyle = colour;
    context.lineWidth = width / unit;
    for (const { area } of parts) context.stroke(area);
    context.restore();
  });
}

/** Where a position in degrees is on the map, CSS pixels. */
export function pointOf(
  [lon = 0, lat = 0]: readonly number[],
  view: View,
): { x: number; y: number } {
  const { x, y } = worldOf(lon, lat);
  return { x: (x - view.x) * view.scale, y: (y - view.y) * view.scale };
}

function drawBubbles(context: Context, scene: Scene): void {
  const { bubbles, view, colours, look, level } = scene;
  onPage(context, scene);
  context.fillStyle = colours.bubble;
  context.strokeStyle = colours.halo;
  context.lineWidth = look.scale;
  const largest = look.radius(level) * look.scale;
  for (const { centre, share } of bubbles) {
    const { x, y } = pointOf(centre, view);
    context.beginPath();
    context.arc(x, y, share * largest, 0, 2 * Math.PI);
    context.globalAlpha = 0.72;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  }
}

/** Weight of the names of a level: those of the lowest are quieter. */
const weights = { lowest: 500, other: 600 };
export const nameFont = (weight: number, size: number): string =>
  `${weight} ${size}px 'Be Vietnam Pro', sans-serif`;
export const nameWeights: readonly number[] = Object.values(weights);

function drawNames(context: Context, scene: Scene): void {
  const { colours, look } = scene;
  onPage(context, scene);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const set = ({ font, spacing }: Type): void => {
    context.font = font;
    context.letterSpacing = `${spacing}px`;
  };
  const measure = (text: string, type: Type): number => {
    set(type);
    return context.measureText(text).width;
  };
  context.lineWidth = 2 * halo(look);
  context.strokeStyle = colours.halo;
  context.fillStyle = colours.label;
  for (const { text, x, y, type } of placed(wantedNames(scene), measure)) {
    set(type);
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }
}

/** The names there may be at this zoom, the lowest level first, in the order of the tiles. */
function wantedNames(scene: Scene): Wanted[] {
  const { levels, frame, look, zoom, tiles, view } = scene;
  return levels
    .slice(1)
    .reverse()
    .flatMap((level) => {
      const [from, to] = labelZooms(level, levels, frame, look.scale);
      if (zoom < from || zoom >= to) return [];
      const lowest = level === levels.at(-1);
      const size = between(nameSizes(lowest, look), zoom);
      const type: Type = {
        font: nameFont(lowest ? weights.lowest : weights.other, size),
        size,
        spacing: letterSpacing(lowest) * size,
      };
      return tiles.flatMap((tile) => {
        const { left, top, unit } = standingOf(tile.address, tile.extent, view);
        return tile.names
          .filter((name) => name.level === level && isNamed(name, frame))
          .map(({ name, x, y }) => ({ text: name, x: left + x * unit, y: top + y * unit, type }));
      });
    });
}

/** The unit of the shown level at a point of the map, CSS pixels. */
export function unitAt(
  context: Context,
  scene: Pick<Scene, 'tiles' | 'view' | 'level'>,
  x: number,
  y: number,
): string | null {
  context.setTransform(1, 0, 0, 1, 0, 0);
  for (const { address, extent, pieces } of scene.tiles) {
    const { left, top, unit } = standingOf(address, extent, scene.view);
    const [tx, ty] = [(x - left) / unit, (y - top) / unit];
    if (tx < 0 || ty < 0 || tx >= extent || ty >= extent) continue;
    const hit = pieces.find(
      ({ level, area, box }) =>
        level === scene.level &&
        tx >= box[0] &&
        ty >= box[1] &&
        tx <= box[2] &&
        ty <= box[3] &&
        context.isPointInPath(area, tx, ty),
    );
    if (hit) return hit.code;
  }
  return null;
}
