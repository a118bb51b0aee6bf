import type { CallSite, HedgePolicy } from '../backends/call.ts'
import type { MirrorPolicy } from '../backends/mirroring/policy.ts'
import { printDuration } from '../values/units.ts'

/** When a call is sent again beside itself, in a few words: `after p95`, `after 50ms, up to 2`. */
export function describeHedge({ after, max }: HedgePolicy): string {
  const wait = 'ms' in after ? printDuration(after.ms) : `p${Math.round(after.quantile * 10_000) / 100}`
  return `another attempt after ${wait}${max > 1 ? `, up to ${max}` : ''}`
}

/** Where copies of requests go, and how many: `10% to reco@next, 10 at once`. */
export function describeMirror(mirror: MirrorPolicy): string {
  return `${Math.round(mirror.share * 10_000) / 100}% to ${receiverOf(mirror)}, ${mirror.concurrent} at once`
}

/** A service, a version of one, or a URL. */
export function receiverOf({ target, isUrl }: MirrorPolicy): string {
  return isUrl ? target.endpoints[0]!.url : target.name
}

/** What a picture says of requests beside a call's own. */
export function describeExtraRequests({ hedge, mirror }: Pick<CallSite, 'hedge' | 'mirror'>): string[] {
  return [
    ...(hedge ? [`hedge: ${describeHedge(hedge)}`] : []),
    ...(mirror ? [`mirror: ${describeMirror(mirror)}`] : []),
  ]
}
