import type { ColorDefinition } from '../../binding/color.ts'
import type { ServiceTarget } from '../../calls/service-target.ts'
import { otherReceiversOf } from '../../calls/site-policies.ts'
import { type BoundRoute, everyStep } from '../../plan/bound-route.ts'
import { isCredential } from '../../redaction.ts'
import { nameRead } from '../wires.ts'
import { callsOf, partsOfOperation } from './inputs.ts'
import { type SensitiveValue, traceSensitive } from './sensitive.ts'

/** What a service gets to see of a request. */
export interface Forwarding {
  readonly service: string
  /** The header that tells it the remaining time; undefined: none does. */
  readonly budgetHeader: string | undefined
  readonly operations: readonly ForwardedOperation[]
}

export interface ForwardedOperation {
  readonly operation: string
  /** `GET /recommend/{geo.city}` */
  readonly template: string
  readonly parts: readonly ForwardedPart[]
}

export interface ForwardedPart {
  readonly to: string
  /** Colors and parts of the client's request that it is made of. */
  readonly from: readonly string[]
  readonly sensitive: readonly SensitiveValue[]
}

/** What is sent to whom, over all calls of a route. Nothing else of the client's request leaves the gateway. */
export function describeForwarding(
  route: BoundRoute,
  colors: ReadonlyMap<string, ColorDefinition>,
): readonly Forwarding[] {
  const sensitiveIn = traceSensitive(route, colors)
  const services = new Map<string, Map<string, ForwardedOperation>>()
  const budgetHeaders = new Map<string, string | undefined>()
  for (const step of everyStep(route.body)) {
    for (const call of callsOf(step)) {
      const { service, name, template } = call.operation
      const parts = partsOfOperation(call.operation, call.overrides).map(({ to, reads }) => ({
        to,
        from: [...new Set(reads.flatMap(nameRead))],
        sensitive: sensitiveIn(reads),
      }))
      for (const [receiver, target, received] of receiversOf(call, parts)) {
        budgetHeaders.set(receiver, target.budgetHeader)
        const operations = services.get(receiver) ?? new Map<string, ForwardedOperation>()
        services.set(receiver, operations)
        const before = operations.get(name)?.parts ?? []
        const merged = mergeParts([...before, ...received])
        operations.set(name, { operation: `${service.name}.${name}`, template, parts: merged })
      }
    }
  }
  return [...services].map(([service, operations]) => ({
    service,
    budgetHeader: budgetHeaders.get(service),
    operations: [...operations.values()],
  }))
}

/** The service that is called, who gets copies of its requests, and where they may be led. */
function receiversOf(
  { operation, site }: ReturnType<typeof callsOf>[number],
  parts: readonly ForwardedPart[],
): (readonly [receiver: string, target: ServiceTarget, parts: readonly ForwardedPart[]])[] {
  const called = [operation.service.name, operation.service, parts] as const
  const receivers = otherReceiversOf(site)
  if (receivers.length === 0) return [called]
  const isSecret = ({ to }: ForwardedPart) => {
    const header = /^header\.(.+)$/.exec(to)?.[1]
    return (
      to.startsWith('cookie.') ||
      (header !== undefined && (isCredential(header) || site.secretHeaders?.includes(header)))
    )
  }
  const others = receivers.map(({ name, target, as, credentials }) => {
    const copied = credentials ? parts : parts.filter((part) => !isSecret(part))
    return [`${name}, as ${as}`, target, copied] as const
  })
  return [called, ...others]
}

/** Calls of one operation may be wired in different ways. */
function mergeParts(parts: readonly ForwardedPart[]): ForwardedPart[] {
  return [...Map.groupBy(parts, ({ to }) => to)].map(([to, same]) => ({
    to,
    from: [...new Set(same.flatMap(({ from }) => from))],
    sensitive: [...new Map(same.flatMap(({ sensitive }) => sensitive).map((value) => [value.color, value])).values()],
  }))
}
