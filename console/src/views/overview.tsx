import type { Overview, RouteHealth, ServiceHealth } from '../../../src/server/admin/console/overview.ts'
import { useAnswer } from '../api.ts'
import { printMs, printRate, printShare } from '../figures.ts'
import { healthOf } from '../health.ts'
import { hrefOf } from '../location.ts'
import { HealthMark } from '../parts/health-mark.tsx'
import { Link } from '../parts/link.tsx'
import { Sparkline } from '../parts/sparkline.tsx'
import { State } from '../parts/state.tsx'

/** How the whole gateway does. */
export function OverviewView() {
  const overview = useAnswer<Overview>('/-/overview', 5000)
  return (
    <State of={overview}>
      {({ gateway, routes, services }) => (
        <>
          <h1>{gateway.name}</h1>
          <p className="facts">
            <span>
              Tessera {gateway.release}, configuration <code>{gateway.version}</code>
            </span>
            <span>{gateway.inFlight} in flight</span>
            {gateway.isDraining && <strong>draining</strong>}
            {gateway.lastReload && !gateway.lastReload.ok && (
              <strong className="failing-text">
                the last reload was refused: <Link to={hrefOf(['about'])}>{gateway.lastReload.diagnostics} found</Link>
              </strong>
            )}
          </p>
          <section aria-labelledby="routes">
            <h2 id="routes">Routes</h2>
            <Routes routes={routes} />
          </section>
          <section aria-labelledby="services">
            <h2 id="services">Services</h2>
            <Services services={services} />
          </section>
        </>
      )}
    </State>
  )
}

function Routes({ routes }: { readonly routes: readonly RouteHealth[] }) {
  return (
    <div className="wide">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Route</th>
            <th scope="col" className="number">
              Rate
            </th>
            <th scope="col" className="minor">
              <span className="unseen">Rate in the last 15 minutes</span>
            </th>
            <th scope="col" className="number minor">
              p50
            </th>
            <th scope="col" className="number">
              p95
            </th>
            <th scope="col" className="number minor">
              p99
            </th>
            <th scope="col" className="minor">
              <span className="unseen">p95 in the last 15 minutes</span>
            </th>
            <th scope="col" className="number">
              Errors
            </th>
            <th scope="col" className="number">
              Degraded
            </th>
          </tr>
        </thead>
        <tbody>
          {routes.map((route) => (
            <tr key={route.name}>
              <th scope="row">
                <HealthMark health={healthOf(route.now, route.degraded)} />
                <Link to={hrefOf(['routes', route.name])}>{route.name}</Link>
                <code className="under">{route.match}</code>
              </th>
              <td className="number">{printRate(route.now.rate)}</td>
              <td className="minor">
                <Sparkline values={route.trend.rate} label={`rate of ${route.name}`} />
              </td>
              <td className="number minor">{printMs(route.now.p50Ms)}</td>
              <td className="number">{printMs(route.now.p95Ms)}</td>
              <td className="number minor">{printMs(route.now.p99Ms)}</td>
              <td className="minor">
                <Sparkline values={route.trend.p95Ms} label={`p95 of ${route.name}`} />
              </td>
              <td className={route.now.errors > 0 ? 'number failing-text' : 'number'}>
                {route.now.rate === 0 ? '–' : printShare(route.now.errors)}
              </td>
              <td className={route.degraded > 0 ? 'number degraded-text' : 'number'}>
                {route.now.rate === 0 ? '–' : printShare(route.degraded)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Services({ services }: { readonly services: readonly ServiceHealth[] }) {
  return (
    <ul className="cards">
      {services.map(({ name, now, trend, endpoints, breakers }) => {
        const isOpen = breakers.length > 0
        const health = endpoints.well < endpoints.all || isOpen ? 'failing' : healthOf(now)
        return (
          <li key={name} className="card">
            <h3>
              <HealthMark health={health} />
              <Link to={hrefOf(['services'], { service: name })}>{name}</Link>
            </h3>
            <Sparkline values={trend.rate} label={`rate of ${name}`} />
            <dl className="pairs">
              <dt>Rate</dt>
              <dd>{printRate(now.rate)}</dd>
              <dt>p95</dt>
              <dd>{printMs(now.p95Ms)}</dd>
              <dt>Errors</dt>
              <dd className={now.errors > 0 ? 'failing-text' : ''}>{now.rate === 0 ? '–' : printShare(now.errors)}</dd>
              <dt>Endpoints</dt>
              <dd>
                {endpoints.well} of {endpoints.all} well
              </dd>
            </dl>
            {breakers.map(({ operation, state }) => (
              <p key={operation} className="failing-text">
                breaker of {operation}: {state}
              </p>
            ))}
          </li>
        )
      })}
    </ul>
  )
}
