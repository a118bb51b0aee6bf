import type { Overview } from '../../../src/server/admin/console/overview.ts'
import { useAnswer } from '../api.ts'
import { printMs } from '../figures.ts'
import { usePlace } from '../location.ts'
import { State } from '../parts/state.tsx'
import { Traffic } from '../parts/traffic.tsx'

interface Endpoints {
  readonly services: readonly {
    readonly service: string
    readonly balance: string
    readonly endpoints: readonly {
      readonly url: string
      readonly address?: string
      readonly weight: number
      readonly zone?: string
      readonly state: string
      readonly inFlight?: number
      readonly latencyMs?: number
    }[]
  }[]
}

/** Every service: how it does, and its endpoints one by one. */
export function Services() {
  const chosen = usePlace().chosen.get('service')
  const overview = useAnswer<Overview>('/-/overview', 5000)
  const endpoints = useAnswer<Endpoints>('/-/endpoints', 5000)
  return (
    <>
      <h1>Services</h1>
      <State of={overview}>
        {({ services }) => (
          <>
            {services.map(({ name, now, trend, breakers }) => {
              const own = endpoints.data?.services.find(({ service }) => service === name)
              return (
                <section key={name} className={name === chosen ? 'service marked' : 'service'} aria-labelledby={name}>
                  <h2 id={name}>
                    {name} {own && <span className="kind">{own.balance}</span>}
                  </h2>
                  <Traffic now={now} trend={trend} of={name} />
                  {breakers.map(({ operation, state }) => (
                    <p key={operation} className="failing-text">
                      The breaker of <code>{operation}</code> is {state}.
                    </p>
                  ))}
                  <ul className="endpoints">
                    {(own?.endpoints ?? []).map(({ url, state, zone, inFlight, latencyMs }) => (
                      <li key={url}>
                        <code>{url}</code>
                        <span className={state === 'healthy' ? '' : 'failing-text'}>{state}</span>
                        {zone && <span>{zone}</span>}
                        {inFlight !== undefined && <span>{inFlight} in flight</span>}
                        {latencyMs !== undefined && <span>{printMs(latencyMs)}</span>}
                      </li>
                    ))}
                  </ul>
                </section>
              )
            })}
          </>
        )}
      </State>
    </>
  )
}
