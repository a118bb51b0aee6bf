import { type RunState, transitions } from '../../src/durable/state.ts'

type End = RunState | 'begin'

interface Box {
  readonly at: readonly [x: number, y: number]
  readonly size: readonly [width: number, height: number]
  /** Those that are drawn inside of it. */
  readonly members?: readonly RunState[]
}

const state = (x: number, y: number): Box => ({ at: [x, y], size: [116, 32] })

/** Where each is drawn, by its middle. What leads to or from all members of a frame is drawn once. */
const boxes: Readonly<Record<End | 'open' | 'ended', Box>> = {
  open: { at: [420, 125], size: [360, 190], members: ['running', 'waiting', 'compensating'] },
  ended: { at: [800, 145], size: [156, 230], members: ['done', 'failed', 'compensated', 'cancelled'] },
  begin: { at: [40, 80], size: [26, 26] },
  pending: state(110, 250),
  running: state(330, 80),
  waiting: state(510, 80),
  compensating: state(420, 172),
  paused: state(300, 370),
  parked: state(590, 370),
  done: state(800, 70),
  failed: state(800, 120),
  compensated: state(800, 170),
  cancelled: state(800, 220),
}

type Name = keyof typeof boxes

/** The ways of a run, numbered as the rows of the table. */
export function drawRunStates(): string {
  const edges = edgesOf()
  const names = Object.keys(boxes) as Name[]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="450" viewBox="0 0 900 450" role="img" aria-labelledby="title description">
<title id="title">The states of a durable run</title>
<desc id="description">${edges.map(({ from, to }) => `${from} to ${to}.`).join(' ')}</desc>
<style>
text{font-family:system-ui,-apple-system,"Segoe UI",sans-serif;font-size:13px;fill:#1c2330;text-anchor:middle;dominant-baseline:central}
.number{font-size:11px;fill:#667085;paint-order:stroke;stroke:#ffffff;stroke-width:4px}
.box{fill:#ffffff;stroke:#4f5bd5;stroke-width:1.2}
.ended{stroke:#15803d;fill:#effaf3}
.parked{stroke:#c2410c;fill:#fff4ed}
.frame{fill:#f4f6fa;stroke:#cfd6e1}
.way{fill:none;stroke:#8a94a6;stroke-width:1.4;marker-end:url(#head)}
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0L8,4L0,8z" fill="#8a94a6"/></marker></defs>
<rect width="900" height="450" fill="#ffffff"/>
${[...names.map(drawBox), ...edges.map(drawEdge)].join('\n')}
</svg>
`
}

interface Edge {
  readonly from: Name
  readonly to: Name
  /** Of the rows that it stands for, from 1. */
  readonly rows: readonly number[]
}

function edgesOf(): Edge[] {
  const rowsOf = (from: Name, to: Name) =>
    transitions.flatMap((one, index) => {
      const leads = membersOf(from).some((member) => (one.from as readonly Name[]).includes(member))
      return leads && membersOf(to).some((member) => (one.to as readonly Name[]).includes(member)) ? [index + 1] : []
    })
  const leadsAll = (from: Name, to: Name) =>
    membersOf(from).every((start) => membersOf(to).every((end) => rowsOf(start, end).length > 0))
  const names = Object.keys(boxes) as Name[]
  const pairs = names.flatMap((from) => names.map((to) => ({ from, to })))
  const drawn = pairs.filter(({ from, to }) => from !== to && leadsAll(from, to))
  const isInside = (inner: Name, outer: Name) =>
    inner === outer || (boxes[outer].members ?? []).includes(inner as RunState)
  return drawn
    .filter(
      (one) => !drawn.some((other) => other !== one && isInside(one.from, other.from) && isInside(one.to, other.to)),
    )
    .map(({ from, to }) => ({ from, to, rows: rowsOf(from, to) }))
}

function membersOf(name: Name): readonly Name[] {
  return boxes[name].members ?? [name]
}

function drawBox(name: Name): string {
  const { at, size, members } = boxes[name]
  const [x, y] = at
  const [width, height] = size
  if (name === 'begin') return `<circle cx="${x}" cy="${y}" r="7" fill="#1c2330"/>`
  const kind = members ? 'frame' : boxes.ended.members!.includes(name as RunState) ? 'box ended' : `box ${name}`
  const rect = `<rect class="${kind}" x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="6"/>`
  return members ? rect : `${rect}<text x="${x}" y="${y}">${name}</text>`
}

/** Shifted to the right of its way, so that there and back are two lines. */
function drawEdge({ from, to, rows }: Edge): string {
  const number = rows.length > 1 ? `${rows[0]}–${rows.at(-1)}` : `${rows[0]}`
  if (from === 'pending' && to === 'cancelled') {
    return `<path class="way" d="M110,266Q455,600 800,237"/><text class="number" x="455" y="426">${number}</text>`
  }
  const [dx, dy] = [boxes[to].at[0] - boxes[from].at[0], boxes[to].at[1] - boxes[from].at[1]]
  const length = Math.hypot(dx, dy)
  const shift = [(-dy / length) * 7, (dx / length) * 7] as const
  const start = border(boxes[from], [dx, dy], shift)
  const end = border(boxes[to], [-dx, -dy], shift)
  const middle = [start[0] * 0.6 + end[0] * 0.4, start[1] * 0.6 + end[1] * 0.4]
  const path = `<path class="way" d="M${round(start)}L${round(end)}"/>`
  return `${path}<text class="number" x="${Math.round(middle[0]!)}" y="${Math.round(middle[1]!)}">${number}</text>`
}

/** Where a shifted line from the middle of a box leaves it. */
function border({ at, size }: Box, [dx, dy]: readonly number[], [sx, sy]: readonly [number, number]): [number, number] {
  const reach = (half: number, way: number, shift: number) =>
    way === 0 ? Number.POSITIVE_INFINITY : (half - Math.sign(way) * shift) / Math.abs(way)
  const scale = Math.min(reach(size[0] / 2, dx!, sx), reach(size[1] / 2, dy!, sy)) + 3 / Math.hypot(dx!, dy!)
  return [at[0] + sx + dx! * scale, at[1] + sy + dy! * scale]
}

function round([x, y]: readonly number[]): string {
  return `${x!.toFixed(1)},${y!.toFixed(1)}`
}
