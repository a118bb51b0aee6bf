import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Recording } from '../history/recording.ts'

export const adminOption = {
  usual: 'http://127.0.0.1:9900',
  meaning: 'where the gateway that recorded it answers people who look after it',
} as const

const mostWaitMs = 10_000

/** A recording: of a file, or of a gateway by its id. Rejects with what is wrong, for people. */
export async function readRun(named: string, admin: string): Promise<Recording> {
  const text = existsSync(named) ? await readFile(named, 'utf8') : await fetchRun(named, admin)
  const run = parse(text)
  if (!run) throw new Error(`${named} is no recording: it is what \`/-/history/{id}\` answers`)
  return run
}

async function fetchRun(id: string, admin: string): Promise<string> {
  const url = `${admin.replace(/\/$/, '')}/-/history/${encodeURIComponent(id)}`
  const failed = (why: string) => new Error(`${id} is no file, and ${url} ${why}`)
  const response = await fetch(url, { signal: AbortSignal.timeout(mostWaitMs) }).catch((thrown: Error) => {
    throw failed(`cannot be asked: ${String((thrown.cause as Error | undefined)?.message ?? thrown.message)}`)
  })
  if (!response.ok) throw failed(`answers ${response.status}`)
  return response.text()
}

function parse(text: string): Recording | undefined {
  try {
    const run = JSON.parse(text) as Partial<Recording> | null
    const isWhole = Array.isArray(run?.steps) && run.request?.inputs !== undefined && run.response !== undefined
    return isWhole ? (run as Recording) : undefined
  } catch {
    return undefined
  }
}
