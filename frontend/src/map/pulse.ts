/** How long a changed unit glows, milliseconds. */
export const pulseTime = 2400;

/**
 * How long one brightness stays, milliseconds. Every step draws the whole map: a glow says no more at sixty a second, and a
 * screen that draws in software would do nothing else.
 */
export const pulseStep = 80;

/**
 * Opacity of the glow at an age: two calm beats that fade, or with reduced motion a steady
 * outline that goes away.
 */
export function pulseOpacity(age: number, reducedMotion: boolean): number {
  if (age < 0 || age >= pulseTime) return 0;
  if (reducedMotion) return 0.9;
  const beat = Math.sin((age / pulseTime) * 2 * Math.PI - Math.PI / 2) * 0.5 + 0.5;
  const fade = 1 - age / pulseTime;
  return Math.min(1, fade + beat * 0.35) * (age < 120 ? age / 120 : 1) * Math.sqrt(fade);
}
