import type { Summary } from '../../../src/history/recording.ts'
import { printMs, printTime } from '../figures.ts'
import { hrefOf } from '../location.ts'
import { HealthMark } from '../parts/health-mark.tsx'
import { Link } from '../parts/link.tsx'
import { outcomeHealth, troubleOf } from './cells.ts'

/** Runs of any route, one a row, the newest first. */
export function RunsTable({ runs }: { readonly runs: readonly Summary[] }) {
  return (
    <div className="wide">
      <table className="grid runs">
        <thead>
          <tr>
            <th scope="col">Began</th>
            <th scope="col" className="minor">
              Route
            </th>
            <th scope="col">Request</th>
            <th scope="col" className="number">
              Status
            </th>
            <th scope="col" className="number">
              Took
            </th>
            <th scope="col" className="minor">
              What was not as it should be
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <th scope="row">
                <HealthMark health={outcomeHealth[run.outcome]} />
                <Link to={hrefOf(['runs', run.id])}>{printTime(run.at)}</Link>
              </th>
              <td className="minor">{run.route ?? 'none'}</td>
              <td className="cut">
                <code>
                  {run.method} {run.path}
                </code>
              </td>
              <td className="number">{run.status}</td>
              <td className={run.isSlow ? 'number degraded-text' : 'number'}>{printMs(run.ms)}</td>
              <td className="cut minor">{troubleOf(run)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
