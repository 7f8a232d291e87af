import type { Unit } from '../../api/types';
import type { Camera } from '../cameras';
import { differing, type Paint } from '../classes';
import { aspectOf, centredCrop, paddingFor, type Bounds } from '../framing';
import { copyOf, patternImages } from '../images';
import type { Frame } from '../labels';
import { lookOf } from '../layers';
import type { ScreenPoint, UnitMapOptions } from '../options';
import { Pulses } from '../pulse';
import type { Mark } from '../scales';
import type { Surface } from '../surface';
import type { MapColours } from '../theme';
import { drawLand, drawOver, nameFont, nameWeights, pointOf, unitAt, type Scene } from './drawing';
import { Tiles } from './tiles';
import { cameraFor, tilesIn, viewOf, type Size } from './view';

/** What has to be drawn: the land and all on it, or only what lies over it. */
type Part = 'land' | 'over';

/**
 * The map as a picture: drawn in two dimensions from the same tiles as the moving one (canvas.ts), in a tenth of the time that takes
 * to come and to be set up, and without WebGL. It can be pointed at and clicked, and looks wherever it is told to, but has no
 * gestures: a wall needs none, and for readers the moving map comes when they are there (MapView.svelte).
 */
export class StillMap implements Surface {
  readonly #element: HTMLElement;
  readonly #options: UnitMapOptions;
  readonly #land: HTMLCanvasElement;
  readonly #over: HTMLCanvasElement;
  readonly #sheet = document.createElement('canvas');
  readonly #tiles: Tiles;
  readonly #pulses: Pulses;
  readonly #glow = new Map<string, number>();
  readonly #heard = new AbortController();
  readonly #moved = new Set<() => void>();
  readonly #resized = new ResizeObserver(() => this.#resize());
  #size: Size = { width: 0, height: 0 };
  #camera: Camera;
  #frame: Unit | null = null;
  #members: readonly string[] | null = null;
  #level: string;
  #colours: MapColours;
  #patterns: Scene['patterns'];
  #paints: ReadonlyMap<string, Paint> = new Map();
  #marks: ReadonlyMap<string, Mark> = new Map();
  #bubbles: ReadonlyMap<string, number> = new Map();
  #hovered: string | undefined;
  #selected: string | undefined;
  #due: Part | null = null;
  #coloured = false;

  constructor(element: HTMLElement, options: UnitMapOptions) {
    this.#element = element;
    this.#options = options;
    this.#level = options.level;
    this.#colours = options.colours;
    this.#patterns = sheets(options.colours, options.scale);
    this.#tiles = new Tiles(options.boundaries.tiles, () => this.#draw('land'));
    this.#pulses = new Pulses(
      (code, opacity) => {
        if (opacity > 0) this.#glow.set(code, opacity);
        else this.#glow.delete(code);
        this.#draw('over');
      },
      () => options.reducedMotion,
    );
    this.#land = this.#layer();
    this.#over = this.#layer();
    this.#land.setAttribute('aria-hidden', 'true');
    this.#over.setAttribute('role', 'region');
    this.#over.setAttribute('aria-label', options.texts.title);
    if (options.interactive) this.#listen();
    this.#camera = this.#whole();
    this.#resized.observe(element);
    this.#writeNames();
    this.#resize();
  }

  destroy(): void {
    this.#heard.abort();
    this.#pulses.stop();
    this.#tiles.stop();
    this.#resized.disconnect();
    this.#due = 'land'; // nothing is drawn any more
    this.#land.remove();
    this.#over.remove();
  }

  paint(paints: ReadonlyMap<string, Paint>, marks: ReadonlyMap<string, Mark> = new Map()): void {
    const same =
      differing(this.#paints, paints).length + differing(this.#marks, marks).length === 0;
    this.#paints = paints;
    this.#marks = marks;
    if (!same) this.#draw('land');
  }

  setBubbles(sizes: ReadonlyMap<string, number>): void {
    this.#bubbles = sizes;
    this.#draw('over');
  }

  pulse(codes: readonly string[]): void {
    if (codes.length > 0) this.#pulses.begin(codes);
  }

  setLevel(level: string): void {
    if (level === this.#level) return;
    this.#level = level;
    this.#draw('land');
  }

  setColours(colours: MapColours): void {
    this.#colours = colours;
    this.#patterns = sheets(colours, this.#options.scale);
    this.#draw('land');
  }

  setHovered(code: string | null): void {
    this.#hovered = code ?? undefined;
    this.#draw('over');
  }

  setSelected(code: string | null): void {
    this.#selected = code ?? undefined;
    this.#draw('over');
  }

  setFrame(frame: Unit, members: readonly string[] | null): void {
    this.#frame = frame;
    this.#members = members;
    this.fit();
  }

  fit(): void {
    if (!this.#frame) return;
    this.look(this.#fitting(areaOf(this.#frame.bounds)));
  }

  zoom(by: number): void {
    const { min_zoom, max_zoom } = this.#options.boundaries;
    const zoom = Math.min(Math.max(this.#camera.zoom + by, min_zoom), max_zoom + 1);
    this.look({ ...this.#camera, zoom });
  }

  get camera(): Camera {
    return this.#camera;
  }

  onCamera(listener: () => void): () => void {
    this.#moved.add(listener);
    return () => this.#moved.delete(listener);
  }

  look(camera: Camera): void {
    this.#camera = camera;
    this.#draw('land');
    this.#options.onMove();
    for (const listener of this.#moved) listener();
  }

  at(unit: Unit): ScreenPoint {
    return pointOf(unit.centre, viewOf(this.#camera, this.#size));
  }

  reveal(unit: Unit): void {
    const { x, y } = this.at(unit);
    if (x > 0 && y > 0 && x < this.#size.width && y < this.#size.height) return;
    const [lng = 0, lat = 0] = unit.centre;
    this.look({ ...this.#camera, centre: { lng, lat } });
  }

  snapshot(): Promise<HTMLCanvasElement> {
    const drawn = this.drawnNow();
    const [west = 0, south = 0, east = 0] = this.#frame?.bounds ?? [];
    const view = viewOf(this.#camera, this.#size);
    const x = (lon: number): number => pointOf([lon, south], view).x * this.#ratio;
    const { start, length } = centredCrop(drawn.width, x(west), x(east));
    return Promise.resolve(copyOf(drawn, start, length));
  }

  drawnNow(): HTMLCanvasElement {
    const scene = this.#scene();
    this.#paintLand(scene);
    this.#paintOver(scene);
    const drawn = copyOf(this.#land);
    drawn.getContext('2d')?.drawImage(this.#over, 0, 0);
    return drawn;
  }

  focus(): void {
    this.#over.focus();
  }

  get #ratio(): number {
    return devicePixelRatio;
  }

  /** A canvas that fills the element. */
  #layer(): HTMLCanvasElement {
    const sheet = document.createElement('canvas');
    // What a driver has lost, or a machine that slept, is drawn again.
    const { signal } = this.#heard;
    sheet.addEventListener('contextrestored', () => this.#draw('land'), { signal });
    Object.assign(sheet.style, { position: 'absolute', inset: '0', width: '100%', height: '100%' });
    this.#element.append(sheet);
    return sheet;
  }

  #listen(): void {
    const { onHover, onPick } = this.#options;
    const { signal } = this.#heard;
    const sheet = this.#over;
    sheet.tabIndex = 0;
    const pointed = (event: MouseEvent): [string | null, ScreenPoint] => {
      const at = { x: event.offsetX, y: event.offsetY };
      const context = sheet.getContext('2d');
      const view = viewOf(this.#camera, this.#size);
      const seen = { tiles: this.#tiles.get(this.#inView()), view, level: this.#level };
      return [context ? unitAt(context, seen, at.x, at.y) : null, at];
    };
    const hear = <Name extends keyof HTMLElementEventMap>(
      name: Name,
      listener: (event: HTMLElementEventMap[Name]) => void,
    ): void => sheet.addEventListener(name, listener, { signal });
    hear('pointermove', (event) => {
      if (event.pointerType === 'touch') return; // a finger taps, and may be scrolling the page
      const [code, at] = pointed(event);
      sheet.style.cursor = code === null ? '' : 'pointer';
      onHover(code, at);
    });
    hear('pointerleave', (event) => {
      if (event.pointerType !== 'touch') onHover(null, { x: event.offsetX, y: event.offsetY });
    });
    hear('click', (event) => {
      const [code, at] = pointed(event);
      if (code === null) onHover(null, at);
      else onPick(code, at);
    });
  }

  #whole(): Camera {
    return this.#fitting(areaOf(this.#options.boundaries.bounds));
  }

  #fitting(area: Bounds): Camera {
    const { boundaries, taken } = this.#options;
    const { width, height } = this.#size;
    const padding = paddingFor(width, height, aspectOf(area), taken());
    return cameraFor(area, this.#size, padding, boundaries.max_zoom + 1);
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#element;
    if (width === this.#size.width && height === this.#size.height) return;
    this.#size = { width, height };
    for (const sheet of [this.#land, this.#over, this.#sheet]) {
      sheet.width = Math.round(width * this.#ratio);
      sheet.height = Math.round(height * this.#ratio);
    }
    if (this.#frame) this.fit();
    else this.look(this.#whole());
  }

  /** Names are drawn again when their letters have come. */
  #writeNames(): void {
    const text = this.#options.units.map(({ name }) => name).join('');
    for (const weight of nameWeights) {
      void document.fonts.load(nameFont(weight, 12), text).then(
        () => this.#draw('over'),
        () => undefined, // the page's other type will do
      );
    }
  }

  /** Draws with the next frame; what is asked for until then goes with it. */
  #draw(part: Part): void {
    const waiting = this.#due !== null;
    if (this.#due !== 'land') this.#due = part;
    if (waiting || this.#heard.signal.aborted) return;
    requestAnimationFrame(() => {
      const due = this.#due;
      this.#due = null;
      if (this.#heard.signal.aborted || this.#size.width === 0 || this.#size.height === 0) return;
      const scene = this.#scene();
      if (due === 'land') this.#paintLand(scene);
      this.#paintOver(scene);
      this.#tell(scene.tiles.length === this.#inView().length);
    });
  }

  #paintLand(scene: Scene): void {
    const context = this.#land.getContext('2d');
    if (context) drawLand(context, scene);
  }

  #paintOver(scene: Scene): void {
    const context = this.#over.getContext('2d');
    if (context) drawOver(context, scene);
  }

  #tell(whole: boolean): void {
    if (whole && !this.#coloured && this.#paints.size > 0) {
      this.#coloured = true;
      this.#options.onColoured();
    }
    this.#options.onDrawn(whole);
  }

  #inView(): ReturnType<typeof tilesIn> {
    const { bounds, min_zoom, max_zoom } = this.#options.boundaries;
    return tilesIn(this.#camera, this.#size, areaOf(bounds), [min_zoom, max_zoom]);
  }

  #scene(): Scene {
    const { levels, units } = this.#options;
    const frame: Frame | null =
      this.#frame && this.#members ? { ...this.#frame, members: this.#members } : null;
    const bubbles = units.flatMap(({ code, level, centre }) => {
      const share = level === this.#level ? (this.#bubbles.get(code) ?? 0) : 0;
      return share > 0 ? { centre, share } : [];
    });
    return {
      tiles: this.#tiles.get(this.#inView()),
      view: viewOf(this.#camera, this.#size),
      zoom: this.#camera.zoom,
      size: this.#size,
      ratio: this.#ratio,
      levels,
      level: this.#level,
      colours: this.#colours,
      look: lookOf(this.#options),
      frame,
      paints: this.#paints,
      marks: this.#marks,
      patterns: this.#patterns,
      bubbles,
      hovered: this.#hovered,
      selected: this.#selected,
      glow: this.#glow,
      sheet: this.#sheet,
    };
  }
}

function areaOf([west = 0, south = 0, east = 0, north = 0]: readonly number[]): Bounds {
  return [west, south, east, north];
}

/** The pattern images on canvases of their own. */
function sheets(colours: MapColours, scale: number): Scene['patterns'] {
  const { images } = patternImages(colours, scale);
  const sheet = ({ width, height, data }: (typeof images)['hatch']): HTMLCanvasElement => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
    return canvas;
  };
  return {
    hatch: sheet(images.hatch),
    dots: sheet(images.dots),
    cross: sheet(images.cross),
    estimated: sheet(images.estimated),
    partial: sheet(images.partial),
  };
}
