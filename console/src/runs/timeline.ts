import type { RecordedStep, Recording } from '../../../src/history/recording.ts'

export interface TimelineRow {
  readonly step: RecordedStep
  /** Its place among the steps: what the URL chooses it by. */
  readonly index: number
  readonly depth: number
  readonly endMs: number
  readonly hasSteps: boolean
  /** Whether a shorter one would have made the whole shorter. */
  readonly isCritical: boolean
}

/** Steps as a tree, each below the one around it. */
export function timelineOf({ steps, ms }: Recording): TimelineRow[] {
  const parents = new Set(steps.map(({ parent }) => parent))
  const critical = criticalPath(steps, ms)
  const rows: TimelineRow[] = []
  const add = (parent: number | undefined, depth: number) => {
    for (const [index, step] of steps.entries()) {
      if (step.parent !== parent) continue
      const isCritical = critical.has(step)
      rows.push({ step, index, depth, endMs: step.endMs ?? ms, hasSteps: parents.has(index), isCritical })
      add(index, depth + 1)
    }
  }
  add(undefined, 0)
  return rows
}

/** Clocks are read one after the other. */
const slackMs = 0.5

/** From the end backwards: what ended last before what came next began. */
function criticalPath(steps: readonly RecordedStep[], ms: number): Set<RecordedStep> {
  const parents = new Set(steps.map(({ parent }) => parent))
  const endOf = ({ endMs }: RecordedStep) => endMs ?? ms
  const left = new Set(steps.filter((_, index) => !parents.has(index)))
  const path = new Set<RecordedStep>()
  let before = ms + slackMs
  for (;;) {
    const fits = [...left].filter((step) => endOf(step) <= before + slackMs && step.startMs < before)
    const last = fits.reduce<RecordedStep | undefined>((a, b) => (a && endOf(a) >= endOf(b) ? a : b), undefined)
    if (!last) return path
    left.delete(last)
    path.add(last)
    before = last.startMs
  }
}

/** When each color was written; those of no step that is known: with the end. */
export function writtenBy(run: Recording, gives: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const written = new Map<string, number>()
  for (const color of Object.keys(run.request.inputs)) written.set(color, 0)
  for (const step of run.steps) {
    if (step.error !== undefined) continue
    const own = [
      ...(gives.get(step.name) ?? []),
      ...step.calls.flatMap(({ answer }) => Object.keys(answer?.values ?? {})),
    ]
    for (const color of own)
      if (color in run.document) written.set(color, Math.max(written.get(color) ?? 0, step.endMs ?? run.ms))
  }
  for (const color of Object.keys(run.document)) if (!written.has(color)) written.set(color, run.ms)
  return written
}
