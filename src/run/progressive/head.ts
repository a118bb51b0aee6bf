import { splitList } from '../../header-list.ts'
import type { AggregatedRoute } from '../../plan/snapshot.ts'
import { Exit } from '../../steps/context.ts'
import { assembleAnswer } from '../assemble.ts'
import type { Answer } from '../outcome.ts'
import type { Framing } from './framing.ts'

/** Of the whole alone. */
const ofWhole = new Set(['content-type', 'content-length', 'etag', 'last-modified'])

/** The head of a page that goes out in parts: nobody keeps it, nobody changes or collects it on its way. */
export function assembleHead(
  status: number,
  headers: Exit['headers'],
  route: AggregatedRoute,
  { mediaType }: Framing,
): Pick<Answer, 'status' | 'headers' | 'dropped'> {
  const { headers: own, dropped } = assembleAnswer(new Exit(status, headers, undefined), [], route)
  const kept = Object.entries(own).filter(([name]) => !ofWhole.has(name))
  return {
    status,
    ...(dropped && { dropped }),
    headers: {
      ...Object.fromEntries(kept),
      'content-type': mediaType,
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      vary: varyByAccept(own['vary']),
    },
  }
}

/** Adds that the answer depends on what its client accepts. */
export function varyByAccept(vary: string | string[] | undefined): string {
  const named = splitList([vary ?? []].flat().join(', '))
  const isNamed = named.some((name) => name === '*' || name.toLowerCase() === 'accept')
  return isNamed ? named.join(', ') : [...named, 'accept'].join(', ')
}
