import type { RecordedAttempt, RecordedCall, RecordedEvent, RecordedStep } from '../../../src/history/recording.ts'
import { printMs } from '../figures.ts'
import { hrefOf } from '../location.ts'
import { Copy } from '../parts/copy.tsx'
import { JsonTree } from '../parts/json-tree.tsx'
import { Link } from '../parts/link.tsx'
import { printCurl } from './curl.ts'

interface StepFactsProps {
  readonly step: RecordedStep
  readonly route: string | undefined
  /** Of its box in the route's picture. */
  readonly drawnId: string | undefined
}

/** All that is kept of one step: what was decided, each attempt, each call and its answer. */
export function StepFacts({ step, route, drawnId }: StepFactsProps) {
  const { name, kind, startMs, endMs, error, events, attempts, calls } = step
  return (
    <section aria-labelledby="step-name">
      <h2 id="step-name">
        {name} <span className="kind">{kind}</span>
      </h2>
      <p>
        {printMs(startMs)} to {endMs === undefined ? 'beyond the end' : printMs(endMs)}
        {error !== undefined && <strong className="failing-text"> {error}</strong>}
        {route !== undefined && drawnId !== undefined && (
          <>
            {' '}
            <Link to={hrefOf(['routes', route], { step: drawnId })}>in the picture of {route}</Link>
          </>
        )}
      </p>
      <Events events={events} />
      {attempts.length > 0 && <Attempts attempts={attempts} />}
      {calls.map((call, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a call is its number.
        <Call key={index} call={call} step={step} />
      ))}
    </section>
  )
}

/** What policies decided. */
export function Events({ events }: { readonly events: readonly RecordedEvent[] }) {
  if (events.length === 0) return undefined
  return (
    <ul className="list" aria-label="What was decided">
      {events.map(({ name, atMs, attributes }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an event is its number.
        <li key={index}>
          <span className="dim">{printMs(atMs)}</span> <b>{name.replace(/^tessera\./, '')}</b>{' '}
          {Object.entries(attributes)
            .map(([key, value]) => `${key.replace(/^tessera\./, '')} ${String(value)}`)
            .join(', ')}
        </li>
      ))}
    </ul>
  )
}

function Attempts({ attempts }: { readonly attempts: readonly RecordedAttempt[] }) {
  return (
    <ol className="list" aria-label="Attempts">
      {attempts.map(({ startMs, endMs, endpoint, status, error, isHedge, isMirror }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an attempt is its number.
        <li key={index}>
          <span className="dim">{printMs(startMs)}</span> {index + 1}. {endpoint}{' '}
          <span className={error === undefined && (status ?? 0) < 500 ? '' : 'failing-text'}>{error ?? status}</span>{' '}
          {endMs === undefined ? 'had not ended' : printMs(endMs - startMs)}
          {isHedge && <span className="tag">hedge</span>}
          {isMirror && <span className="tag">mirror</span>}
        </li>
      ))}
    </ol>
  )
}

function Call({ call, step }: { readonly call: RecordedCall; readonly step: RecordedStep }) {
  const { service, operation, inputs, request, answer } = call
  const curl = printCurl(call, step)
  return (
    <article className="call">
      <h3>
        {service}.{operation}
      </h3>
      {Object.keys(inputs).length > 0 && <Values title="Took" values={inputs} />}
      <p className="request">
        <code>
          {request.method} {request.path}
        </code>{' '}
        <Copy text={curl.text}>Copy as curl</Copy>
      </p>
      {curl.masked.length > 0 && <p className="hint">Masked in it: {curl.masked.join(', ')}.</p>}
      {Object.keys(request.headers).length > 0 && <Values title="Headers" values={request.headers} />}
      {request.body !== undefined && <Values title="Body" values={request.body} />}
      {answer ? (
        <>
          <p>
            Answered <b className={answer.status >= 500 ? 'failing-text' : ''}>{answer.status}</b>, {answer.source},{' '}
            {answer.bytes} bytes
          </p>
          {Object.keys(answer.values).length > 0 && <Values title="Gave" values={answer.values} />}
          {answer.body !== undefined && <Values title="Its body" values={answer.body} />}
        </>
      ) : (
        <p className="failing-text">No answer of it counts.</p>
      )}
    </article>
  )
}

export function Values({ title, values }: { readonly title: string; readonly values: unknown }) {
  return (
    <details open>
      <summary>{title}</summary>
      <div className="tree">
        <JsonTree value={values} open={1} />
      </div>
    </details>
  )
}
