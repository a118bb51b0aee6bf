import type { RunShown } from '../../../src/history/history.ts'
import type { RouteView } from '../../../src/server/admin/console/route-view.ts'
import { useAnswer } from '../api.ts'
import { printCount, printMs, printTime } from '../figures.ts'
import { choose, chooseAll, hrefOf, usePlace } from '../location.ts'
import { Copy } from '../parts/copy.tsx'
import { HealthMark } from '../parts/health-mark.tsx'
import { type Choosing, JsonTree } from '../parts/json-tree.tsx'
import { Link } from '../parts/link.tsx'
import { SourceText } from '../parts/source-text.tsx'
import { State } from '../parts/state.tsx'
import { outcomeHealth } from '../runs/cells.ts'
import { LineageFacts } from '../runs/lineage-facts.tsx'
import { type Lit, linesWithMembers, litBy } from '../runs/lit.ts'
import { leadsTo, lineageAt } from '../runs/members.ts'
import { Scrubber } from '../runs/scrubber.tsx'
import { Events, StepFacts, Values } from '../runs/step-facts.tsx'
import { findStep, stepKey } from '../runs/step-key.ts'
import { writtenBy } from '../runs/timeline.ts'
import { Waterfall } from '../runs/waterfall.tsx'

/** A recorded request as a whole. */
export function Run({ id }: { readonly id: string }) {
  const run = useAnswer<RunShown>(`/-/history/${encodeURIComponent(id)}`)
  return <State of={run}>{(recorded) => <Recorded run={recorded} />}</State>
}

function Recorded({ run }: { readonly run: RunShown }) {
  const { chosen } = usePlace()
  const route = useRoute(run.route)
  const index = findStep(run.steps, chosen.get('step'))
  const step = index === undefined ? undefined : run.steps[index]
  const at = chosen.get('at')
  const atMs = at === null ? undefined : Number(at)
  const drawn = route?.steps ?? []
  const selection = { member: chosen.get('member') ?? undefined, line: Number(chosen.get('line') ?? 0) || undefined }
  const lit = litBy(selection, run.lineage, route?.file)
  const choosing: Choosing = {
    chosen: selection.member,
    choose: (member) => chooseAll({ member: member === selection.member ? undefined : member, line: undefined }),
    toneOf(path) {
      const own = lineageAt(run.lineage, path)
      if (own.some((one) => lit.lineage.includes(one))) return 'lit'
      const chosenOnes = selection.member === undefined ? lit.lineage.map(({ member }) => member) : [selection.member]
      if (chosenOnes.some((member) => leadsTo(path, member))) return 'leads'
      const isLater = atMs !== undefined && own.some(({ color }) => (written.get(color) ?? 0) > atMs)
      return isLater ? 'later' : ''
    },
  }
  const written = writtenBy(run, new Map(drawn.map(({ name, gives }) => [name, gives])))
  return (
    <>
      <Head run={run} />
      <div className="split wider">
        <div>
          <Scrubber
            run={run}
            written={written}
            atMs={atMs}
            choose={(moment) => choose('at', moment === undefined ? undefined : moment.toFixed(2))}
          />
          <Waterfall
            run={run}
            chosen={index}
            choose={(one) => choose('step', one === index ? undefined : stepKey(run.steps, one))}
            lit={lit.steps}
            atMs={atMs}
          />
          <p className="hint legend">
            Marked at the left: the critical path. Full: work; thin: waiting; dashed: failed; low: hedged.
          </p>
          {run.more > 0 && <p className="hint">{printCount(run.more, 'more span')} were not kept.</p>}
          <h2>Answer</h2>
          {run.lineage.length > 0 && <p className="hint">Choose a member to see where it came from.</p>}
          <div className="tree">
            {run.response.body === undefined ? (
              <span className="masked">not kept</span>
            ) : (
              <JsonTree value={run.response.body} choosing={choosing} />
            )}
          </div>
        </div>
        <aside className="side" aria-label={step ? `Step ${step.name}` : 'Request'}>
          {selection.member !== undefined && (
            <LineageFacts member={selection.member} lineage={lit.lineage} chooseStep={(name) => choose('step', name)} />
          )}
          {route && run.lineage.length > 0 && (
            <details open={selection.member !== undefined || selection.line !== undefined}>
              <summary>
                {route.file}
                {selection.line !== undefined && `, line ${selection.line}: ${describeMembers(lit)}`}
              </summary>
              <SourceText
                text={route.source}
                line={selection.line}
                lit={lit.lines}
                choosable={linesWithMembers(run.lineage, route.file)}
                choose={(line) =>
                  chooseAll({ line: line === selection.line ? undefined : String(line), member: undefined })
                }
              />
            </details>
          )}
          {step ? (
            <StepFacts step={step} route={run.route} drawnId={drawn.find(({ name }) => name === step.name)?.id} />
          ) : (
            selection.member === undefined && <RequestFacts run={run} />
          )}
        </aside>
      </div>
    </>
  )
}

function describeMembers({ lineage }: Lit): string {
  return [...new Set(lineage.map(({ member }) => member))].join(', ')
}

function useRoute(name: string | undefined): RouteView | undefined {
  // One that was recorded may be gone: then there is no picture, and the recording is shown all the same.
  return useAnswer<RouteView>(name && `/-/routes/${encodeURIComponent(name)}`).data
}

function Head({ run }: { readonly run: RunShown }) {
  return (
    <>
      <h1 className="request-line">
        <HealthMark health={outcomeHealth[run.outcome]} />
        {run.method} {run.path}
      </h1>
      <p className="facts">
        <span>
          <b>{run.status}</b> {run.outcome}
          {run.error !== undefined && `: ${run.error}`}
        </span>
        <span>{printMs(run.ms)}</span>
        <span>{run.bytes} bytes</span>
        <span>{printTime(run.at)}</span>
        {run.route !== undefined && (
          <span>
            <Link to={hrefOf(['routes', run.route])}>{run.route}</Link>, its{' '}
            <Link to={hrefOf(['runs'], { filter: `route:${run.route}` })}>other runs</Link>
          </span>
        )}
        <span>
          trace <code>{run.traceId}</code> <Copy text={run.traceId}>Copy</Copy>
        </span>
        <span>kept: {run.why}</span>
      </p>
      {run.failures.map(({ step, service, operation, endpoint, status, error, cause }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a failure is its number.
        <p key={index} className="refusal">
          {step !== undefined && <b>{step}: </b>}
          {error}
          {service !== undefined && ` from ${service}${operation === undefined ? '' : `.${operation}`}`}
          {endpoint !== undefined && ` at ${endpoint}`}
          {status !== undefined && `, status ${status}`}
          {cause !== undefined && `, ${cause}`}
        </p>
      ))}
    </>
  )
}

function RequestFacts({ run }: { readonly run: RunShown }) {
  const { passedTo } = run
  return (
    <>
      <p className="hint">Choose a step to see its call, or move the slider through time.</p>
      <dl className="pairs">
        <dt>Run</dt>
        <dd>
          <code>{run.id}</code>
        </dd>
        <dt>Request id</dt>
        <dd>
          <code>{run.requestId}</code>
        </dd>
        <dt>Configuration</dt>
        <dd>
          <code>{run.version}</code>
        </dd>
        {passedTo && (
          <>
            <dt>Passed to</dt>
            <dd>
              {passedTo.service} {passedTo.endpoint}
            </dd>
          </>
        )}
      </dl>
      <Events events={run.events} />
      <Values title="Taken of the request" values={run.request.inputs} />
      <Values title="Headers of the answer" values={run.response.headers} />
      <Values title="What was known at the end" values={run.document} />
    </>
  )
}
