import type { ServiceTarget } from '../backends/call.ts'
import type { MirrorPolicy } from '../backends/mirroring/policy.ts'
import type { ServiceDefinition } from '../config/service.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Language } from '../language/color.ts'
import { endpointUrl } from '../language/endpoint-url.ts'
import { type Place, within } from '../language/shape.ts'
import type { BoundOperation } from '../operations/bound-operation.ts'
import type { MirrorDefinition } from '../operations/mirror.ts'
import { safeMethods } from '../operations/operation.ts'
import { hashContent } from './hash.ts'

/** Services by name, and where they run. */
export type Targets = ReadonlyMap<string, ServiceTarget> & { readonly isWhole: boolean }

/** What a mirror is declared for: calls that share a declaration share its bound. */
export interface MirrorOwner {
  readonly service: string
  readonly operation: string | undefined
}

/** The operation's own mirror, else its service's, which holds for what changes nothing unless it says otherwise. */
export function bindMirrors(
  { source, definition }: ServiceDefinition,
  targets: Targets,
  language: Language,
): (operation: BoundOperation, language: Language) => MirrorPolicy | undefined {
  const { service, mirror } = definition
  const shared =
    mirror && bindMirror(mirror, { service, operation: undefined }, { source, path: ['mirror'] }, targets, language)
  return ({ name, method, definition: { mirror: own }, place }, language) => {
    const isSafe = safeMethods.has(method)
    if (own === undefined) return shared && (isSafe || (mirror as MirrorDefinition).unsafe) ? shared : undefined
    if (own === false) return undefined
    if (isSafe || own.unsafe) {
      return bindMirror(own, { service, operation: name }, within(place, 'mirror'), targets, language)
    }
    language.diagnostics.add(
      'unsafe-mirror',
      `a copy of a ${method} changes something where it goes, too`,
      place.source.locateKey([...place.path, 'mirror']),
      'if it may, say `unsafe: true`',
    )
    return undefined
  }
}

/** Finds where a `mirror:` sends its copies; undefined where it cannot, which is reported. */
export function bindMirror(
  definition: MirrorDefinition,
  owner: MirrorOwner,
  place: Place,
  targets: Targets,
  language: Language,
): MirrorPolicy | undefined {
  const target = findTarget(definition.to, owner.service, within(place, 'to'), targets, language)
  if (!target) return undefined
  const { share, concurrent, timeout, credentials } = definition
  const key = hashContent(JSON.stringify([owner, target.key, share, concurrent, timeout, credentials]))
  const isUrl = definition.to.includes('://')
  return { target, isUrl, share, concurrent, timeoutMs: timeout, credentials, key }
}

function findTarget(
  to: string,
  service: string,
  place: Place,
  targets: Targets,
  language: Language,
): ServiceTarget | undefined {
  const at = place.source.locate(place.path)
  const report = (message: string, help?: string) => {
    language.diagnostics.add('invalid-value', message, at, help)
    return undefined
  }
  if (to.includes('://')) {
    const { error } = endpointUrl.safeParse(to)
    return error ? report(error.issues[0]!.message) : urlTarget(to, targets.get(service) ?? { name: service })
  }
  const [name = '', version] = to.split('@', 2)
  const found = targets.get(name)
  if (!found) {
    if (!targets.isWhole) return undefined
    const help = didYouMean(name, targets.keys()) ?? 'name a service, or write a URL'
    language.diagnostics.add('unknown-service', `there is no service \`${name}\``, at, help)
    return undefined
  }
  const versions = (found.split?.versions ?? []).map((entry) => entry.name)
  if (version !== undefined) {
    const target = found.split?.versions.find((entry) => entry.name === version)?.target
    if (target) return target
    const help =
      didYouMean(version, versions) ?? (versions.length > 0 ? `there are ${versions.join(', ')}` : 'it has none')
    language.diagnostics.add('unknown-version', `\`${name}\` has no version \`${version}\``, at, help)
    return undefined
  }
  if (versions.length > 0)
    return report(
      `\`${name}\` runs in versions`,
      `say which: ${versions.map((each) => `${name}@${each}`).join(' or ')}`,
    )
  return name === service ? report('a service is not its own mirror') : found
}

function urlTarget(
  url: string,
  { name: service, budgetHeader }: Pick<ServiceTarget, 'name' | 'budgetHeader'>,
): ServiceTarget {
  const endpoints = [{ url, weight: 1, zone: undefined }]
  const name = `mirror of ${service}`
  return { name, endpoints, balance: 'round-robin', budgetHeader, key: hashContent(JSON.stringify([name, endpoints])) }
}
