import { endpointUrl } from '../../../binding/endpoint-url.ts'
import type { PolicyBinder } from '../../../calls/policy-binding.ts'
import type { ServiceTarget } from '../../../calls/service-target.ts'
import type { DiagnosticCode } from '../../../diagnostics/codes.ts'
import { didYouMean } from '../../../diagnostics/suggest.ts'
import { urlTarget } from '../url-target.ts'
import type { MirrorDefinition } from './shape.ts'

/** Where copies of a call's requests go. */
export interface MirrorPolicy {
  readonly target: ServiceTarget
  /** Whether it was written as a URL, so that no service is behind it. */
  readonly isUrl: boolean
  /** Of the calls, 0..1. */
  readonly share: number
  /** Copies under way at most; one more is dropped. */
  readonly concurrent: number
  /** How long a copy waits for its answer. */
  readonly timeoutMs: number
  /** Whether requests are copied too that are to change something. */
  readonly unsafe: boolean
  /** Whether credentials are copied too: `authorization`, `cookie`, `x-api-key`, a secret color in a header. */
  readonly credentials: boolean
  /** Whose it is: calls that share a declaration share its bound. */
  readonly owner: readonly [service: string, operation: string | undefined]
}

/** Finds where a `mirror:` sends its copies; undefined where it cannot, which is reported. */
export function bindMirror(definition: MirrorDefinition, binder: PolicyBinder): MirrorPolicy | undefined {
  const { to, share, concurrent, timeout, unsafe, credentials } = definition
  const target = findTarget(to, binder)
  if (!target) return undefined
  const isUrl = to.includes('://')
  const owner = [binder.service, binder.operation] as const
  return { target, isUrl, share, concurrent, timeoutMs: timeout, unsafe, credentials, owner }
}

function findTarget(to: string, { service, services, report: tell }: PolicyBinder): ServiceTarget | undefined {
  const report = (message: string, help?: string, code: DiagnosticCode = 'invalid-value') => {
    tell(code, message, ['to'], help)
    return undefined
  }
  if (to.includes('://')) {
    const { error } = endpointUrl.safeParse(to)
    return error
      ? report(error.issues[0]!.message)
      : urlTarget(`mirror of ${service}`, to, services.get(service)?.budgetHeader)
  }
  const [name = '', version] = to.split('@', 2)
  const found = services.get(name)
  if (!found) {
    if (!services.isWhole) return undefined
    const help = didYouMean(name, services.keys()) ?? 'name a service, or write a URL'
    return report(`there is no service \`${name}\``, help, 'unknown-service')
  }
  const versions = (found.split?.versions ?? []).map((entry) => entry.name)
  if (version !== undefined) {
    const target = found.split?.versions.find((entry) => entry.name === version)?.target
    if (target) return target
    const help =
      didYouMean(version, versions) ?? (versions.length > 0 ? `there are ${versions.join(', ')}` : 'it has none')
    return report(`\`${name}\` has no version \`${version}\``, help, 'unknown-version')
  }
  if (versions.length > 0)
    return report(
      `\`${name}\` runs in versions`,
      `say which: ${versions.map((each) => `${name}@${each}`).join(' or ')}`,
    )
  return name === service ? report('a service is not its own mirror') : found
}
