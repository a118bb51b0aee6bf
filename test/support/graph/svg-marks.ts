import { measure } from '../../../src/describe/graph/svg/text.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** The boxes of a drawing that have one of these classes. */
export function boxesOf(svg: string, ...classes: string[]): Box[] {
  return [...svg.matchAll(/<rect class="([^"]*)" x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"/g)]
    .filter(([, names]) => names!.split(' ').some((name) => classes.includes(name)))
    .map(([, , x, y, width, height]) => ({ x: Number(x), y: Number(y), width: Number(width), height: Number(height) }))
}

/** The room that the labels beside arrows take. */
export function labelsOf(svg: string): Box[] {
  const pattern = /<text class="sans ([^"]*)" x="([^"]*)" y="([^"]*)" font-size="([^"]*)">([^<]*)</g
  return [...svg.matchAll(pattern)]
    .filter(([, names]) => /halo|failure-text/.test(names!))
    .map(([, , x, y, size, text]) => {
      const height = Number(size)
      const shown = text!.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
      return {
        x: Number(x),
        y: Number(y) - height * 0.8,
        width: measure(shown, { size: height, family: 'sans' }),
        height,
      }
    })
}

/** The lines of a drawing as points, curves in small pieces. */
export function linesOf(svg: string): Point[][] {
  return [...svg.matchAll(/<path class="line[^"]*" d="([^"]*)"/g)].map(([, d]) => pointsOf(d!))
}

function pointsOf(d: string): Point[] {
  const points: Point[] = []
  for (const [, command, list] of d.matchAll(/([MLQC])([^MLQC]*)/g)) {
    const numbers = list!.trim().split(/\s+/).map(Number)
    const given = Array.from({ length: numbers.length / 2 }, (_, i) => ({ x: numbers[i * 2]!, y: numbers[i * 2 + 1]! }))
    if (command !== 'C') points.push(...given)
    else {
      const [start, one, two, end] = [points.at(-1)!, ...given] as [Point, Point, Point, Point]
      for (let step = 1; step <= 12; step += 1) points.push(bezier([start, one, two, end], step / 12))
    }
  }
  return points
}

function bezier([a, b, c, d]: readonly [Point, Point, Point, Point], t: number): Point {
  const u = 1 - t
  const mix = (key: 'x' | 'y') => u ** 3 * a[key] + 3 * u * u * t * b[key] + 3 * u * t * t * c[key] + t ** 3 * d[key]
  return { x: mix('x'), y: mix('y') }
}

export function overlap(a: Box, b: Box): boolean {
  const slack = 0.3
  return (
    a.x + slack < b.x + b.width &&
    b.x + slack < a.x + a.width &&
    a.y + slack < b.y + b.height &&
    b.y + slack < a.y + a.height
  )
}

/** Whether a line goes through the inside of a box; touching its edge is none of that. */
export function crosses(line: readonly Point[], box: Box): boolean {
  const inside = ({ x, y }: Point) =>
    x > box.x + 2 && x < box.x + box.width - 2 && y > box.y + 2 && y < box.y + box.height - 2
  return line.slice(1).some((end, index) => {
    const start = line[index]!
    const pieces = Math.ceil(Math.hypot(end.x - start.x, end.y - start.y) / 3)
    return Array.from({ length: pieces + 1 }, (_, piece) => piece / Math.max(1, pieces)).some((t) =>
      inside({ x: start.x + (end.x - start.x) * t, y: start.y + (end.y - start.y) * t }),
    )
  })
}
