/** A value at a position along an axis; null is a gap, and stays one. */
export interface Point {
  x: number;
  y: number | null;
}

const short = (n: number): string => String(Math.round(n * 100) / 100);

/** SVG path through the points; a gap breaks the line instead of bridging it. */
export function linePath(points: readonly Point[]): string {
  let open = false;
  return points
    .map(({ x, y }) => {
      if (y === null) {
        open = false;
        return '';
      }
      const command = open ? 'L' : 'M';
      open = true;
      return `${command}${short(x)} ${short(y)}`;
    })
    .join('');
}

/** Points that stand between two gaps: a line through them is invisible, so they are dotted. */
export function lonePoints(points: readonly Point[]): Point[] {
  return points.filter(
    (point, i) => point.y !== null && points[i - 1]?.y == null && points[i + 1]?.y == null,
  );
}

/** SVG path of the area under the line, down to the base; one closed piece between gaps. */
export function areaPath(points: readonly Point[], base: number): string {
  const pieces: Point[][] = [];
  let piece: Point[] = [];
  for (const point of points) {
    if (point.y === null) piece = [];
    else {
      if (piece.length === 0) pieces.push(piece);
      piece.push(point);
    }
  }
  return pieces
    .filter((p) => p.length > 1)
    .map((p) => {
      const first = p[0]?.x ?? 0;
      const last = p.at(-1)?.x ?? 0;
      return `${linePath(p)}L${short(last)} ${short(base)}L${short(first)} ${short(base)}Z`;
    })
    .join('');
}
