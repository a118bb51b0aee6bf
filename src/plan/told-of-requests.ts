import { isSensitive, type Sensitivity } from '../redaction.ts'
import type { RouteMatch } from '../routes/match.ts'
import type { BoundInput } from './inputs.ts'

/** What may be told of a route's requests: in spans, logs, problems. */
export interface ToldOfRequests {
  /** Whether their path is; else the route's template stands for it. */
  readonly path: boolean
  /** Of headers that are not everybody's to know, how much may be seen. */
  readonly maskedHeaders: ReadonlyMap<string, Sensitivity>
}

const none: ReadonlyMap<string, Sensitivity> = new Map()

/** Nobody says what is in the path of a request that is passed through. */
export function toldOfPassthrough({ segments }: RouteMatch): ToldOfRequests {
  return { path: segments.every(({ kind }) => kind === 'literal'), maskedHeaders: none }
}

/**
 * A path may be told where the dictionary says so of each of its parameters: a color takes it that is neither pii nor
 * secret. A header may unless it is one of such a color.
 */
export function toldOfAggregate({ segments }: RouteMatch, inputs: readonly BoundInput[]): ToldOfRequests {
  const takers = (place: 'path' | 'header', name: string) =>
    inputs.filter(({ locator }) => locator.in === place && locator.name === name)
  const isTold = (parameter: string) => {
    const colors = takers('path', parameter)
    return colors.length > 0 && !colors.some(isSensitive)
  }
  const masked = inputs.flatMap(({ locator, sensitivity }) =>
    locator.in === 'header' && isSensitive({ sensitivity }) ? [[locator.name, sensitivity] as const] : [],
  )
  return {
    path: segments.every((segment) => segment.kind === 'literal' || isTold(segment.name)),
    // Of two colors that one header gives the more sensitive counts.
    maskedHeaders: masked.length === 0 ? none : new Map(masked.sort(([, one]) => (one === 'secret' ? 1 : -1))),
  }
}
