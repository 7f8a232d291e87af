import type { Unit } from '../api/types';
import type { Moving } from './cameras';
import type { Paint } from './classes';
import type { ScreenPoint } from './options';
import type { Mark } from './scales';
import type { MapColours } from './theme';

/**
 * A map of units, however it is drawn. It owns the camera and what is painted; callers say which level, which paints, which unit is
 * hovered or selected and which area to look at. Everything may be said before it is ready. Destroy it when its element goes.
 */
export interface Surface extends Moving {
  /** Paints units and marks them. */
  paint(paints: ReadonlyMap<string, Paint>, marks?: ReadonlyMap<string, Mark>): void;
  /** Draws bubbles: radius by unit as a share of the largest; none for an empty map. */
  setBubbles(sizes: ReadonlyMap<string, number>): void;
  /** Makes units glow for a moment: their value has just changed. */
  pulse(codes: readonly string[]): void;
  setLevel(level: string): void;
  /** Other colours: another theme, or another number of classes. */
  setColours(colours: MapColours): void;
  setHovered(code: string | null): void;
  setSelected(code: string | null): void;
  /** Looks at an area with these units in it; what lies outside steps back. Null members: the whole. */
  setFrame(frame: Unit, members: readonly string[] | null): void;
  /** Brings the framed area into view again. */
  fit(): void;
  /** Closer by so many levels of zoom, or farther. */
  zoom(by: number): void;
  /** Where a place is on the element. */
  at(unit: Unit): ScreenPoint;
  /** Brings a place into view when it lies outside. */
  reveal(unit: Unit): void;
  /** What is drawn now, with the framed area in its middle. */
  snapshot(): Promise<HTMLCanvasElement>;
  /** What is drawn now, copied without waiting. */
  drawnNow(): HTMLCanvasElement;
  /** Takes the keyboard's focus. */
  focus(): void;
  destroy(): void;
}
