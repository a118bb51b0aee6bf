import { useEffect, useState } from 'react'
import type { Summary } from '../../../src/history/recording.ts'
import { ask } from '../api.ts'

export interface RunsAnswer {
  readonly runs: readonly Summary[]
  readonly next?: string
  readonly kept: { readonly runs: number; readonly bytes: number }
}

export interface Runs {
  /** The newest first; undefined while they are asked for. */
  readonly runs: readonly Summary[] | undefined
  readonly kept: RunsAnswer['kept'] | undefined
  /** What the gateway refused, in its words. */
  readonly refusal: string | undefined
  readonly isConnected: boolean
  /** Undefined where nothing older is known. */
  readonly showOlder: (() => void) | undefined
}

const pageSize = 100
const mostShown = 500

export function historyPath(filter: string, more: Readonly<Record<string, string>> = {}): string {
  return `/-/history?${new URLSearchParams({ filter, limit: String(pageSize), ...more })}`
}

/** What was recorded and fits a filter; while it is followed, new ones as they come. */
export function useRuns(filter: string, isFollowed: boolean): Runs {
  const [page, setPage] = useState<RunsAnswer>()
  const [refusal, setRefusal] = useState<string>()
  const [isConnected, setConnected] = useState(false)
  useEffect(() => {
    let isOver = false
    const load = async () => {
      try {
        const answer = await ask<RunsAnswer>(historyPath(filter))
        if (isOver) return
        setRefusal(undefined)
        setPage(answer)
      } catch (refused) {
        if (!isOver) setRefusal((refused as Error).message)
      }
    }
    if (!isFollowed) {
      void load()
      return () => {
        isOver = true
      }
    }
    const live = new EventSource(`/-/history/live?${new URLSearchParams({ filter })}`)
    // What came before the stream stood, or while it was broken, is asked for.
    live.addEventListener('open', () => {
      setConnected(true)
      void load()
    })
    live.addEventListener('error', () => {
      setConnected(false)
      void load()
    })
    live.addEventListener('run', ({ data }: MessageEvent<string>) => {
      const run = JSON.parse(data) as Summary
      setPage((before) => before && withNew(before, run))
    })
    return () => {
      isOver = true
      live.close()
      setConnected(false)
    }
  }, [filter, isFollowed])
  const next = page?.next
  const canGrow = next !== undefined && page !== undefined && page.runs.length < mostShown
  const showOlder = async () => {
    try {
      const older = await ask<RunsAnswer>(historyPath(filter, { cursor: next! }))
      setPage((before) => before && withOlder(before, older))
    } catch (refused) {
      setRefusal((refused as Error).message)
    }
  }
  return { runs: page?.runs, kept: page?.kept, refusal, isConnected, showOlder: canGrow ? showOlder : undefined }
}

function withNew(page: RunsAnswer, run: Summary): RunsAnswer {
  if (page.runs.some(({ id }) => id === run.id)) return page
  return { ...page, runs: [run, ...page.runs].slice(0, mostShown) }
}

function withOlder({ runs }: RunsAnswer, older: RunsAnswer): RunsAnswer {
  const known = new Set(runs.map(({ id }) => id))
  return { ...older, runs: [...runs, ...older.runs.filter(({ id }) => !known.has(id))] }
}
