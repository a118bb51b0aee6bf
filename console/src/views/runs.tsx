import { useEffect, useState } from 'react'
import type { Overview } from '../../../src/server/admin/console/overview.ts'
import { useAnswer } from '../api.ts'
import { printCount } from '../figures.ts'
import { choose, hrefOf, usePlace } from '../location.ts'
import { useIsNarrow } from '../narrow.ts'
import { Link } from '../parts/link.tsx'
import { routeIn, withRoute } from '../runs/cells.ts'
import { RunsGrid } from '../runs/grid.tsx'
import { RunsTable } from '../runs/table.tsx'
import { useRuns } from '../runs/use-runs.ts'
import type { ViewProps } from './index.ts'
import { Run } from './run.tsx'

/** Recorded requests, or one of them. */
export function Runs({ path: [, id] }: ViewProps) {
  return id === undefined ? <RunList /> : <Run key={id} id={id} />
}

/** Those that fit a line of text, as they come. */
function RunList() {
  const filter = usePlace().chosen.get('filter') ?? ''
  const [isFollowed, setFollowed] = useState(true)
  const { runs, kept, refusal, isConnected, showOlder } = useRuns(filter, isFollowed)
  const isNarrow = useIsNarrow()
  const route = routeIn(filter)
  const state = isFollowed ? (isConnected ? 'live' : 'not connected') : 'paused'
  return (
    <>
      <h1>Runs</h1>
      <div className="tools">
        <FilterLine filter={filter} />
        <button type="button" className="button" onClick={() => setFollowed(!isFollowed)}>
          {isFollowed ? 'Pause' : 'Follow'}
        </button>
        <span role="status" className={state === 'live' ? 'state live-state' : 'state'}>
          {state}
        </span>
        {kept && <span className="dim">{printCount(kept.runs, 'run')} kept</span>}
      </div>
      <RouteChips filter={filter} chosen={route} />
      {refusal !== undefined && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      {runs === undefined && refusal === undefined && <p className="loading">Loading…</p>}
      {runs?.length === 0 && <p className="hint">Nothing that was recorded fits.</p>}
      {runs !== undefined &&
        runs.length > 0 &&
        (route === undefined || isNarrow ? <RunsTable runs={runs} /> : <RunsGrid route={route} runs={runs} />)}
      {showOlder && (
        <button type="button" className="button" onClick={showOlder}>
          Show older ones
        </button>
      )}
    </>
  )
}

const hint = 'status:degraded route:home ms:>500'
const pauseMs = 400

/** It stands in the URL when nobody has typed for a moment. */
function FilterLine({ filter }: { readonly filter: string }) {
  const [text, setText] = useState(filter)
  const [known, setKnown] = useState(filter)
  // Somebody went to another one.
  if (filter !== known) {
    setKnown(filter)
    setText(filter)
  }
  useEffect(() => {
    if (text.trim() === filter) return undefined
    const timer = setTimeout(() => choose('filter', text.trim() || undefined), pauseMs)
    return () => clearTimeout(timer)
  }, [text, filter])
  return (
    <input
      type="search"
      className="filter long"
      aria-label="Runs that fit"
      placeholder={hint}
      spellCheck={false}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  )
}

function RouteChips({ filter, chosen }: { readonly filter: string; readonly chosen: string | undefined }) {
  const overview = useAnswer<Overview>('/-/overview')
  const to = (route: string | undefined) => hrefOf(['runs'], { filter: withRoute(filter, route) || undefined })
  return (
    <nav className="chips" aria-label="Routes">
      <Link to={to(undefined)} current={chosen === undefined}>
        all routes
      </Link>
      {(overview.data?.routes ?? []).map(({ name }) => (
        <Link key={name} to={to(name)} current={chosen === name}>
          {name}
        </Link>
      ))}
    </nav>
  )
}
