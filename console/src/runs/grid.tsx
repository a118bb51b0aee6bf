import type { Summary } from '../../../src/history/recording.ts'
import type { RouteView } from '../../../src/server/admin/console/route-view.ts'
import { useAnswer } from '../api.ts'
import { printMs, printTime } from '../figures.ts'
import { go, hrefOf } from '../location.ts'
import { EndingMark } from '../parts/ending-mark.tsx'
import { HealthMark } from '../parts/health-mark.tsx'
import { Link } from '../parts/link.tsx'
import { cellsOf, outcomeHealth, rowsOf } from './cells.ts'

const barHeight = 36

/** Runs of one route: a column each, the newest at the left, and a row for each step. */
export function RunsGrid({ route, runs }: { readonly route: string; readonly runs: readonly Summary[] }) {
  const view = useAnswer<RouteView>(`/-/routes/${encodeURIComponent(route)}`)
  const columns = runs.map((run) => ({ run, cells: cellsOf(run) }))
  const rows = rowsOf(runs, view.data?.steps.map(({ name }) => name) ?? [])
  const slowest = Math.max(...runs.map(({ ms }) => ms), 1)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard.
    <section className="wide" tabIndex={0} aria-label="Grid of runs">
      <table className="runs-grid">
        <thead>
          <tr>
            <th scope="col">
              newest first, at most <b>{printMs(slowest)}</b>
            </th>
            {columns.map(({ run }) => (
              <th key={run.id} scope="col">
                <Link to={hrefOf(['runs', run.id])} label={describe(run)}>
                  <svg
                    viewBox={`0 0 10 ${barHeight}`}
                    className={`took ${outcomeHealth[run.outcome]}`}
                    aria-hidden="true"
                  >
                    <rect {...barOf(run.ms / slowest)} />
                  </svg>
                  <HealthMark health={outcomeHealth[run.outcome]} />
                </Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((step) => (
            <tr key={step}>
              <th scope="row">{step}</th>
              {columns.map(({ run, cells }) => {
                const { ending = 'not-run' as const, note = '' } = cells.get(step) ?? {}
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: a short cut for the mouse; its column has a link.
                  <td key={run.id} className={ending} onClick={() => go(hrefOf(['runs', run.id], { step }))}>
                    <EndingMark ending={ending} note={note} />
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function barOf(share: number) {
  const height = Math.max(2, share * barHeight)
  return { x: 1, width: 8, y: barHeight - height, height }
}

function describe({ at, status, outcome, ms }: Summary): string {
  return `${printTime(at)}, ${status}, ${outcome}, ${printMs(ms)}`
}
