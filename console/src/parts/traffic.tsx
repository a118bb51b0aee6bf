import type { Figures, Trend } from '../../../src/server/admin/console/figures.ts'
import { printMs, printRate, printShare } from '../figures.ts'
import { Sparkline } from './sparkline.tsx'

interface TrafficProps {
  readonly now: Figures
  readonly trend: Trend
  /** Whose it is, for who hears the page. */
  readonly of: string
}

/** How something does now, and its course in the last quarter of an hour. */
export function Traffic({ now, trend, of }: TrafficProps) {
  return (
    <dl className="traffic">
      <div>
        <dt>Rate</dt>
        <dd>
          {printRate(now.rate)}
          <Sparkline values={trend.rate} label={`rate of ${of}`} />
        </dd>
      </div>
      <div>
        <dt>p95</dt>
        <dd>
          {printMs(now.p95Ms)}
          <Sparkline values={trend.p95Ms} label={`p95 of ${of}`} />
        </dd>
      </div>
      <div>
        <dt>Errors</dt>
        <dd>
          {now.rate === 0 ? '–' : printShare(now.errors)}
          <Sparkline values={trend.errors} label={`errors of ${of}`} tone="failing" />
        </dd>
      </div>
    </dl>
  )
}
