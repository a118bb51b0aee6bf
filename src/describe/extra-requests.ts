import type { CallSite } from '../backends/call.ts'
import type { MirrorPolicy } from '../backends/mirroring/policy.ts'

/** Where copies of requests go, and how many: `10% to reco@next, 10 at once`. */
export function describeMirror(mirror: MirrorPolicy): string {
  return `${Math.round(mirror.share * 10_000) / 100}% to ${receiverOf(mirror)}, ${mirror.concurrent} at once`
}

/** A service, a version of one, or a URL. */
export function receiverOf({ target, isUrl }: MirrorPolicy): string {
  return isUrl ? target.endpoints[0]!.url : target.name
}

/** What a picture says of the policies around a call. */
export function describeExtraRequests({ policies, mirror }: Pick<CallSite, 'policies' | 'mirror'>): string[] {
  return [
    ...policies.flatMap(({ kind, config }) => (kind.isDrawn ? [`${kind.name}: ${kind.caption(config)}`] : [])),
    ...(mirror ? [`mirror: ${describeMirror(mirror)}`] : []),
  ]
}
