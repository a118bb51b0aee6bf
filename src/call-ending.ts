/** How a call ended, gravest last: as it should, from what was kept, with something in its place, without it, not at all. */
export const endings = ['ok', 'kept', 'covered', 'left-out', 'failed'] as const
export type Ending = (typeof endings)[number]

/** What is to be known of a call for that. */
export interface EndedCall {
  readonly source: string
  readonly error: string | undefined
  readonly status: number | undefined
  readonly attempts: number
  readonly version?: string | undefined
}

/** @param isTolerated whether the page goes without it */
export function endingOf({ source, error }: EndedCall, isTolerated: boolean): Ending {
  if (source === 'skipped') return error === undefined || isTolerated ? 'left-out' : 'failed'
  if (error !== undefined || source === 'fallback') return 'covered'
  return source === 'live' ? 'ok' : 'kept'
}

export function worstOf(some: readonly Ending[]): Ending {
  return some.reduce((a, b) => (endings.indexOf(a) > endings.indexOf(b) ? a : b), 'ok')
}

/** What its ending does not tell: from where, after which error, in how many attempts. */
export function describeCall({ source, error, status, attempts, version = '' }: EndedCall, ending: Ending): string {
  const tries = attempts > 1 ? `${attempts} attempts` : ''
  const told: Record<Ending, string> = {
    ok: status === undefined || status === 200 ? '' : String(status),
    kept: source,
    covered: error === undefined ? source : `${source} after ${error}`,
    'left-out': error === undefined ? 'left out' : `left out after ${error}`,
    failed: error ?? '',
  }
  return [told[ending], version, tries].filter((part) => part !== '').join(', ')
}
