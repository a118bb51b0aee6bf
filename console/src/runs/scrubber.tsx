import type { Recording } from '../../../src/history/recording.ts'
import { printCount, printMs } from '../figures.ts'

interface ScrubberProps {
  readonly run: Recording
  /** When each color was written. */
  readonly written: ReadonlyMap<string, number>
  /** Undefined: the end. */
  readonly atMs: number | undefined
  readonly choose: (atMs: number | undefined) => void
}

/** A moment of a run: which steps had ended by then, and what was known. */
export function Scrubber({ run, written, atMs, choose }: ScrubberProps) {
  const moment = atMs ?? run.ms
  const ended = run.steps.filter(({ endMs }) => endMs !== undefined && endMs <= moment).length
  const known = [...written].filter(([, writtenMs]) => writtenMs <= moment)
  return (
    <div className="scrubber">
      <label>
        <span>
          At {printMs(moment)}: {ended} of {printCount(run.steps.length, 'step')} had ended
        </span>
        <input
          type="range"
          min="0"
          max={run.ms}
          step="any"
          value={moment}
          onChange={({ target }) => choose(Number(target.value) >= run.ms ? undefined : Number(target.value))}
        />
      </label>
      <p className="known">
        {known.length === 0 && <span className="dim">No color was written.</span>}
        {known.map(([color]) => (
          <span key={color} className="color-name">
            {color}
          </span>
        ))}
      </p>
    </div>
  )
}
