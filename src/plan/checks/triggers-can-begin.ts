import type { Language } from '../../binding/color.ts'
import type { GatewaySettings } from '../../config/gateway.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { type BoundRoute, everyStep } from '../bound-route.ts'
import { everyRead } from '../reads.ts'
import type { RouteClaim } from './routes-are-distinct.ts'

/** Streams are there. Nobody asks a route that a trigger begins: it reads no request, and answers nobody. */
export function checkTriggerCanBegin(
  route: BoundRoute,
  { streams }: GatewaySettings,
  { diagnostics }: Pick<Language, 'diagnostics'>,
): void {
  const { on } = route.match
  const checkStream = (name: string | undefined, at: Location) => {
    if (name === undefined || Object.hasOwn(streams, name)) return
    const help = didYouMean(name, Object.keys(streams)) ?? 'name it in the gateway’s file: `streams: { … }`'
    diagnostics.add('invalid-trigger', `there is no stream \`${name}\``, at, help)
  }
  for (const { emits } of everyStep(route.body)) if (emits) checkStream(emits.stream, emits.at)
  if (!on) return
  const read = everyRead(route).find(({ reference }) => reference.kind === 'request')
  if (read) {
    const help = `take it by \`in\`: ${on.kind === 'stream' ? 'message.data, message.key' : 'trigger.time, trigger.last'}`
    diagnostics.add('invalid-trigger', 'there is no request where a trigger begins', read.at, help)
  }
  const answering = [...everyStep(route.body)].find(({ response }) => response)
  if (answering) diagnostics.add('invalid-trigger', 'nobody is there who would be answered', answering.at)
  if (on.kind !== 'stream') return
  for (const name of [on.stream, on.deadLetter]) checkStream(name, route.matchAt)
}

/** What follows a route follows a durable one, and not itself. */
export function checkFollowedRoutesAreThere(claims: readonly RouteClaim[], diagnostics: DiagnosticCollector): void {
  const byName = new Map(claims.map((claim) => [claim.name, claim]))
  for (const { name, after } of claims) {
    if (!after) continue
    const followed = byName.get(after.route)
    const names = claims.filter(({ isDurable }) => isDurable).map((claim) => claim.name)
    if (!followed) {
      const help = didYouMean(after.route, names)
      diagnostics.add('invalid-trigger', `there is no route \`${after.route}\``, after.at, help)
    } else if (!followed.isDurable) {
      const help = 'make it `durable: true`: only then its ends are recorded'
      diagnostics.add('invalid-trigger', `\`${after.route}\` is not durable`, after.at, help)
    } else if (leadsTo(after.route, name, byName))
      diagnostics.add('invalid-trigger', `\`${name}\` would follow itself for ever`, after.at)
  }
}

function leadsTo(from: string, to: string, byName: ReadonlyMap<string, RouteClaim>): boolean {
  const seen = new Set<string>()
  for (let at: string | undefined = from; at !== undefined && !seen.has(at); at = byName.get(at)?.after?.route) {
    if (at === to) return true
    seen.add(at)
  }
  return false
}
