import { describeCall, type Ending, endingOf, endings, worstOf } from '../call-ending.ts'
import { cutToWidth, padToWidth, screenWidth } from '../diagnostics/screen-width.ts'
import type { RequestEntry } from '../server/gateway.ts'
import type { CallRecord } from '../steps/context.ts'
import { printable, printBytes, printMs } from './figures.ts'
import type { Paint, Terminal } from './terminal.ts'

/** The calls of one step: a forEach makes many. */
interface Row {
  readonly step: string
  readonly calls: CallRecord[]
  readonly endings: Ending[]
}

const symbols: Record<Ending, string> = { ok: '✓', kept: '≈', covered: '↷', 'left-out': '○', failed: '✗' }
const widestName = 24
const widestNote = 32
const widestBar = 60
const narrowestBar = 10
const msColumns = 7
const gap = '  '

type Screen = Pick<Terminal, 'width' | 'paint'>

/** Columns of a request's rows; no bar where the screen is too narrow for one. */
interface Layout {
  readonly name: number
  readonly bar: number
  readonly note: number
}

/** One request as lines: what was asked and answered, then a bar for each step that called a backend. */
export function drawRequest(entry: RequestEntry, screen: Screen): string {
  const rows = groupBySteps(entry)
  const layout = layOut(rows, screen.width)
  return [drawHead(entry, screen), ...rows.map((row) => drawRow(row, entry.ms, layout, screen.paint))].join('\n')
}

function layOut(rows: readonly Row[], width: number): Layout {
  const name = Math.min(widestName, Math.max(0, ...rows.map(({ step }) => screenWidth(step))))
  const note = Math.min(widestNote, Math.max(0, ...rows.map((row) => screenWidth(describeCalls(row)))))
  const used = `${gap}✓ ${gap}`.length + name + msColumns + (note > 0 ? gap.length + note : 0)
  const bar = Math.min(widestBar, width - used - gap.length)
  return bar < narrowestBar ? { name, bar: 0, note: Math.min(note, width - used + note) } : { name, bar, note }
}

function drawHead(entry: RequestEntry, { width, paint }: Screen): string {
  const { method, status, ms, bytes, route, error, degraded, budgetMs } = entry
  const tint = status >= 500 ? paint.red : status >= 400 || degraded.length > 0 ? paint.yellow : paint.green
  const facts = [
    `${printMs(ms)}${budgetMs === undefined ? '' : ` of ${printMs(budgetMs)}`}`,
    printBytes(bytes),
    route ?? 'no route',
  ]
  const trouble = [
    ...(error === undefined ? [] : [`error: ${error}`]),
    ...(degraded.length === 0 ? [] : [`degraded: ${[...new Set(degraded.map(({ step }) => step))].join(', ')}`]),
  ]
  const rest = ['', String(status), ...facts, ...trouble].join('  ')
  const path = cutToWidth(printable(entry.path), Math.max(16, width - method.length - 1 - screenWidth(rest)))
  return [
    paint.bold(`${method} ${path}`),
    tint(String(status)),
    paint.dim(facts.join('  ')),
    ...trouble.map((part) => tint(part)),
  ].join('  ')
}

function drawRow(row: Row, totalMs: number, layout: Layout, paint: Paint): string {
  const worst = worstOf(row.endings)
  const tint = tints(paint)[worst]
  const startedMs = Math.min(...row.calls.map((call) => call.startedMs))
  const endedMs = Math.max(...row.calls.map((call) => call.startedMs + call.ms))
  const note = cutToWidth(describeCalls(row), Math.max(1, layout.note))
  return [
    `${gap}${tint(symbols[worst])} ${padToWidth(cutToWidth(row.step, layout.name), layout.name)}`,
    ...(layout.bar > 0 ? [drawBar(row, totalMs, layout.bar, paint)] : []),
    printMs(endedMs - startedMs).padStart(msColumns),
    ...(note === '' ? [] : [tint(note)]),
  ].join(gap)
}

/** Every call of the row at its place in the request; each takes a column at least. */
function drawBar(row: Row, totalMs: number, columns: number, paint: Paint): string {
  const cells = Array.from({ length: columns }, () => ' ')
  const scale = columns / Math.max(totalMs, 0.001)
  row.calls.forEach((call, index) => {
    const from = Math.min(columns - 1, Math.floor(call.startedMs * scale))
    const to = Math.max(from + 1, Math.round((call.startedMs + call.ms) * scale))
    cells.fill(String(endings.indexOf(row.endings[index]!)), from, to)
  })
  const tint = tints(paint)
  return cells.join('').replaceAll(/(\d)\1*/g, (run, level) => tint[endings[Number(level)]!]('━'.repeat(run.length)))
}

function tints(paint: Paint): Record<Ending, (text: string) => string> {
  return { ok: paint.green, kept: paint.cyan, covered: paint.yellow, 'left-out': paint.yellow, failed: paint.red }
}

function groupBySteps({ records, degraded }: RequestEntry): Row[] {
  const tolerated = new Set(degraded.map(({ step }) => step))
  const rows = new Map<string, Row>()
  for (const call of [...records].sort((a, b) => a.startedMs - b.startedMs)) {
    const row = rows.get(call.step) ?? { step: call.step, calls: [], endings: [] }
    row.calls.push(call)
    row.endings.push(endingOf(call, tolerated.has(call.step)))
    rows.set(call.step, row)
  }
  return [...rows.values()]
}

/** What the bar does not tell: how many calls and attempts, from where, after which error. */
function describeCalls({ calls, endings }: Row): string {
  const notes = new Set(calls.map((call, index) => describeCall(call, endings[index]!)).filter((note) => note !== ''))
  return [...(calls.length > 1 ? [`×${calls.length}`] : []), ...notes].join(', ')
}
