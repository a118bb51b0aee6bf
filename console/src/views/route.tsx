import type { Overview } from '../../../src/server/admin/console/overview.ts'
import type { DrawnStep, RouteLive, RouteView as View } from '../../../src/server/admin/console/route-view.ts'
import { useAnswer } from '../api.ts'
import { printMs, printRate, printShare } from '../figures.ts'
import { choose, hrefOf, usePlace } from '../location.ts'
import { Link } from '../parts/link.tsx'
import { SourceText } from '../parts/source-text.tsx'
import { State } from '../parts/state.tsx'
import { Traffic } from '../parts/traffic.tsx'
import { Picture } from '../picture/picture.tsx'
import type { ViewProps } from './index.ts'

/** A route: its picture with how each step does laid over it, and beside it what is chosen. */
export function RouteView({ path: [, name] }: ViewProps) {
  return name === undefined ? <RouteList /> : <OneRoute key={name} name={name} />
}

function RouteList() {
  const overview = useAnswer<Overview>('/-/overview')
  return (
    <>
      <h1>Routes</h1>
      <State of={overview}>
        {({ routes }) => (
          <ul className="list">
            {routes.map(({ name, match, summary }) => (
              <li key={name}>
                <Link to={hrefOf(['routes', name])}>{name}</Link> <code>{match}</code>
                {summary && <p>{summary}</p>}
              </li>
            ))}
          </ul>
        )}
      </State>
    </>
  )
}

function OneRoute({ name }: { readonly name: string }) {
  const { chosen } = usePlace()
  const view = useAnswer<View>(`/-/routes/${encodeURIComponent(name)}`)
  const live = useAnswer<RouteLive>(`/-/routes/${encodeURIComponent(name)}/live`, 5000)
  const stepId = chosen.get('step') ?? undefined
  return (
    <State of={view}>
      {(route) => {
        const step = route.steps.find(({ id }) => id === stepId)
        return (
          <div className="split">
            <section className="stage" aria-label="Picture">
              <Picture
                svg={route.picture}
                steps={route.steps}
                live={live.data}
                chosen={stepId}
                choose={(id) => choose('step', id === stepId ? undefined : id)}
              />
            </section>
            <aside className="side" aria-label={step ? `Step ${step.name}` : 'Route'}>
              <h1>{route.name}</h1>
              <p>
                <code>{route.match}</code>
              </p>
              {route.summary && <p>{route.summary}</p>}
              {live.data && <Traffic now={live.data.now} trend={live.data.trend} of={route.name} />}
              {step ? <StepFacts step={step} live={live.data} /> : <RouteFacts route={route} />}
              <details open={step !== undefined}>
                <summary>{route.file}</summary>
                <SourceText text={route.source} line={step && lineOf(step.at, route.file)} />
              </details>
            </aside>
          </div>
        )
      }}
    </State>
  )
}

function printTimes(min: number, max: number): string {
  if (min === max) return max === 1 ? '' : ` × ${max}`
  return ` × ${min}–${max}`
}

function lineOf(at: string, file: string): number | undefined {
  return at.startsWith(`${file}:`) ? Number(at.slice(file.length + 1).split(':')[0]) : undefined
}

function StepFacts({ step, live }: { readonly step: DrawnStep; readonly live: RouteLive | undefined }) {
  const figures = live?.steps.find(({ name }) => name === step.name)
  const standIns = Object.entries(figures?.standIns ?? {}).filter(([, rate]) => rate > 0)
  return (
    <>
      <h2>
        {step.name} <span className="kind">{step.kind}</span>
      </h2>
      <dl className="pairs">
        <dt>Rate</dt>
        <dd>{figures ? printRate(figures.now.rate) : '–'}</dd>
        <dt>p50, p95, p99</dt>
        <dd>{figures ? [figures.now.p50Ms, figures.now.p95Ms, figures.now.p99Ms].map(printMs).join(', ') : '–'}</dd>
        <dt>Failed</dt>
        <dd>{figures && figures.now.rate > 0 ? printShare(figures.now.errors) : '–'}</dd>
        {standIns.map(([source, rate]) => (
          <div key={source}>
            <dt>{source}</dt>
            <dd className="degraded-text">{printRate(rate)}</dd>
          </div>
        ))}
        <dt>Reads</dt>
        <dd>
          {step.needs.length > 0 ? step.needs.map((color) => <ColorLink key={color} color={color} />) : 'nothing'}
        </dd>
        <dt>Gives</dt>
        <dd>
          {step.gives.length > 0 ? step.gives.map((color) => <ColorLink key={color} color={color} />) : 'nothing'}
        </dd>
        {step.fallbacks.length > 0 && (
          <>
            <dt>Else</dt>
            <dd>{step.fallbacks.join(', then ')}</dd>
          </>
        )}
        <dt>Written in</dt>
        <dd>
          <code>{step.at}</code>
        </dd>
      </dl>
    </>
  )
}

function ColorLink({ color }: { readonly color: string }) {
  return (
    <Link to={hrefOf(['dictionary', color])} className="color-name">
      {color}
    </Link>
  )
}

function RouteFacts({ route: { explanation } }: { readonly route: View }) {
  if (!explanation) return <p>Request and answer pass through.</p>
  const { budget, access, admission, caching, inputs, latency, calls } = explanation
  return (
    <>
      <p className="hint">Choose a step in the picture to see how it does and where it is written.</p>
      <dl className="pairs">
        <dt>Budget</dt>
        <dd>{printMs(budget.ms)}</dd>
        <dt>Worst case</dt>
        <dd>{printMs(latency.cutMs)}</dd>
        <dt>Access</dt>
        <dd>{access.length > 0 ? access.join('; ') : 'everybody'}</dd>
        {admission.length > 0 && (
          <>
            <dt>Admission</dt>
            <dd>{admission.join('; ')}</dd>
          </>
        )}
        {caching && (
          <>
            <dt>Cache</dt>
            <dd>{caching}</dd>
          </>
        )}
        <dt>Takes</dt>
        <dd>
          {inputs.length > 0
            ? inputs.map(({ color }) => <ColorLink key={color} color={color} />)
            : 'nothing of the request'}
        </dd>
        <dt>Calls</dt>
        <dd>{calls.map(({ operation, min, max }) => `${operation}${printTimes(min, max)}`).join(', ') || 'none'}</dd>
      </dl>
    </>
  )
}
