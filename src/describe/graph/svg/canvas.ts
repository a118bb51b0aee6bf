import type { Font } from './text.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

interface Rect extends Point {
  readonly width: number
  readonly height: number
}

type Layer = 'frames' | 'lines' | 'nodes' | 'labels'

/** Takes up the marks of a drawing by layers, so that lines go behind what they join. Knows SVG and nothing of routes. */
export class Canvas {
  readonly #layers: Record<Layer, string[]> = { frames: [], lines: [], nodes: [], labels: [] }

  /** `of`: for whose sake it is there, for who lays something over it. */
  rect(layer: Layer, { x, y, width, height }: Rect, className: string, radius = 6, of?: string): void {
    const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`
    const box = of === undefined ? place : `${place} data-of="${escapeXml(of)}"`
    this.#layers[layer].push(`<rect class="${className}" ${box} rx="${radius}"/>`)
  }

  polygon(layer: Layer, points: readonly Point[], className: string): void {
    const list = points.map(({ x, y }) => `${round(x)},${round(y)}`).join(' ')
    this.#layers[layer].push(`<polygon class="${className}" points="${list}"/>`)
  }

  circle(layer: Layer, { x, y }: Point, radius: number, className: string): void {
    this.#layers[layer].push(`<circle class="${className}" cx="${round(x)}" cy="${round(y)}" r="${radius}"/>`)
  }

  /** `y` is the base line. */
  text(layer: Layer, { x, y }: Point, text: string, font: Font, className: string, anchor = 'start'): void {
    const style = `${font.family}${font.bold ? ' bold' : ''} ${className}`
    const place = `x="${round(x)}" y="${round(y)}" font-size="${font.size}"`
    const at = anchor === 'start' ? '' : ` text-anchor="${anchor}"`
    this.#layers[layer].push(`<text class="${style}" ${place}${at}>${escapeXml(text)}</text>`)
  }

  /** A line through points with rounded corners; `arrow` puts a head on its end. */
  line(points: readonly Point[], { className = 'line', arrow = false } = {}): void {
    const path = points.filter((point, index) => index === 0 || distance(point, points[index - 1]!) > 0.5)
    if (path.length < 2) return
    this.#layers.lines.push(`<path class="${className}" d="${roundedPath(path)}"${headOf(className, arrow)}/>`)
  }

  /** A curve that leaves downwards and arrives downwards. */
  curve(from: Point, to: Point, { className = 'line', arrow = false } = {}): void {
    const reach = (to.y - from.y) * 0.55
    const controls = [from.x, from.y + reach, to.x, to.y - reach, to.x, to.y].map(round).join(' ')
    const d = `M${round(from.x)} ${round(from.y)}C${controls}`
    this.#layers.lines.push(`<path class="${className}" d="${d}"${headOf(className, arrow)}/>`)
  }

  /** Puts what `draw` adds to the nodes into a group that a screen reader names; `id` is for who lays something over it. */
  group(title: string, draw: () => void, id?: string): void {
    const nodes = this.#layers.nodes
    const marked = id === undefined ? '' : ` data-id="${escapeXml(id)}"`
    nodes.push(`<g role="group"${marked}><title>${escapeXml(title)}</title>`)
    draw()
    nodes.push('</g>')
  }

  toString(): string {
    const { frames, lines, nodes, labels } = this.#layers
    return [...frames, ...lines, ...nodes, ...labels].join('\n')
  }
}

const headOf = (className: string, arrow: boolean) =>
  arrow ? ` marker-end="url(#head-${className.split(' ').includes('failure') ? 'failure' : 'line'})"` : ''

const cornerRadius = 9

function roundedPath(points: readonly Point[]): string {
  const [first, ...rest] = points
  let d = `M${round(first!.x)} ${round(first!.y)}`
  rest.forEach((corner, index) => {
    const before = points[index]!
    const after = rest[index + 1]
    if (!after) {
      d += `L${round(corner.x)} ${round(corner.y)}`
      return
    }
    const radius = Math.min(cornerRadius, distance(before, corner) / 2, distance(corner, after) / 2)
    const start = towards(corner, before, radius)
    const end = towards(corner, after, radius)
    d += `L${round(start.x)} ${round(start.y)}Q${round(corner.x)} ${round(corner.y)} ${round(end.x)} ${round(end.y)}`
  })
  return d
}

const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y)

function towards(from: Point, to: Point, length: number): Point {
  const share = length / (distance(from, to) || 1)
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}

const round = (value: number) => Math.round(value * 10) / 10

export function escapeXml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (character) => entities[character]!)
}
