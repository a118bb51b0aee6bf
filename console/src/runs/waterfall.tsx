import type { Recording } from '../../../src/history/recording.ts'
import { printMs } from '../figures.ts'
import { type TimelineRow, timelineOf } from './timeline.ts'

interface WaterfallProps {
  readonly run: Recording
  readonly chosen: number | undefined
  readonly choose: (index: number) => void
  /** Names of steps that belong to what is chosen elsewhere. */
  readonly lit: ReadonlySet<string>
  /** The moment that is looked at; undefined: the end. */
  readonly atMs: number | undefined
}

/** Steps over time: what works is full, what waits is hatched, the critical path stands out. */
export function Waterfall({ run, chosen, choose, lit, atMs }: WaterfallProps) {
  const rows = timelineOf(run)
  const whole = Math.max(run.ms, ...rows.map(({ endMs }) => endMs), 0.01)
  const x = (ms: number) => `${((Math.min(ms, whole) / whole) * 100).toFixed(2)}%`
  return (
    <ol className="waterfall" aria-label="Steps over time">
      {rows.map((row) => {
        const { step, index, depth, endMs } = row
        const classes = [
          row.hasSteps ? 'around' : 'step',
          row.isCritical && 'critical',
          lit.has(step.name) && 'lit',
          atMs !== undefined && step.startMs > atMs && 'later',
        ]
        return (
          <li key={index}>
            <button
              type="button"
              className={classes.filter(Boolean).join(' ')}
              aria-pressed={index === chosen}
              onClick={() => choose(index)}
            >
              <span className={`name depth-${Math.min(depth, 6)}`} title={step.name}>
                {step.name.includes('@') ? step.kind : step.name}
              </span>
              <svg className="bar-of" role="img" aria-label={describe(row)}>
                <Bars row={row} x={x} />
                {atMs !== undefined && <line className="moment" x1={x(atMs)} x2={x(atMs)} y1="0" y2="100%" />}
              </svg>
              <span className="number">{printMs(endMs - step.startMs)}</span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}

function Bars({
  row: { step, endMs, hasSteps },
  x,
}: {
  readonly row: TimelineRow
  readonly x: (ms: number) => string
}) {
  const widthOf = (from: number, to: number) => x(Math.max(0, to - from))
  const whole = { x: x(step.startMs), width: widthOf(step.startMs, endMs) }
  if (hasSteps) return <rect className="span" {...whole} y="9" height="3" />
  const isFailed = step.error !== undefined
  if (step.attempts.length === 0)
    return <rect className={isFailed ? 'work failed' : 'work local'} {...whole} y="6" height="9" />
  return (
    <>
      <rect className="waiting" {...whole} y="9" height="3" />
      {step.attempts.map((attempt, index) => {
        const { startMs, endMs: end = endMs, error, status = 0, isHedge, isMirror } = attempt
        const tone = error !== undefined || status >= 500 ? 'failed' : isHedge || isMirror ? 'hedge' : 'ok'
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: an attempt is its number.
            key={index}
            className={`work ${tone}`}
            x={x(startMs)}
            width={widthOf(startMs, end)}
            y={isHedge || isMirror ? 12 : 4}
            height={isHedge || isMirror ? 6 : 12}
          />
        )
      })}
    </>
  )
}

function describe({ step, endMs, isCritical }: TimelineRow): string {
  const { startMs, attempts, error } = step
  const hedges = attempts.filter(({ isHedge }) => isHedge).length
  const parts = [
    `from ${printMs(startMs)} to ${printMs(endMs)}`,
    ...(attempts.length > 1 ? [`${attempts.length} attempts`] : []),
    ...(hedges > 0 ? [`${hedges} hedged`] : []),
    ...(error === undefined ? [] : [`failed: ${error}`]),
    ...(isCritical ? ['on the critical path'] : []),
  ]
  return parts.join(', ')
}
