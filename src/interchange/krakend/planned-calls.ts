import { isUnsafeKey, textOf } from '../foreign.ts'
import { toSegment, UniqueNames } from '../names.ts'
import { canSend, cleanHosts } from './call.ts'
import type { Backend } from './config.ts'
import { createPart, type Part } from './part.ts'
import { type RenderedUrl, renderUrl } from './url-pattern.ts'
import type { Workshop } from './workshop.ts'

/** One backend of an endpoint, with all that its call needs found. */
export interface PlannedCall {
  readonly backend: Backend
  readonly hosts: readonly string[]
  readonly url: RenderedUrl
  readonly part: Part
}

/** What each backend is asked and what it gives; undefined, with notes, when one cannot be asked. */
export function planCalls(
  backends: readonly Backend[],
  isSequence: boolean,
  parameters: ReadonlyMap<string, string>,
  { colors, notes }: Workshop,
): PlannedCall[] | undefined {
  const ids = new UniqueNames()
  const parts: Part[] = []
  const calls = backends.flatMap((backend) => {
    const refuse = (key: string, message: string) =>
      notes.add(`${backend.at}.${key}`, `the endpoint is not imported: ${message}`)
    const earlier = isSequence ? [...parts] : undefined
    const id = ids.take(toSegment(textOf(backend.value['group']) ?? lastWord(backend) ?? 'answer', 'answer'))
    const part = createPart(id, colors.propose(`part.${id}`, { type: 'object' }), backend.value)
    parts.push(part)
    const hosts = cleanHosts(backend)
    const isNamed = !isUnsafeKey(part.group ?? '')
    if (!isNamed) refuse('group', 'no member can have this name')
    if (!hosts) refuse('host', 'a host is no URL')
    if (!canSend(backend.method)) refuse('method', `${backend.method} cannot be sent`)
    const url = renderUrl(backend, {
      parameters,
      earlier,
      colors,
      refuse: (message) => refuse('url_pattern', message),
    })
    return isNamed && hosts && url && canSend(backend.method) ? [{ backend, hosts, url, part }] : []
  })
  return calls.length === backends.length ? calls : undefined
}

/** `/users/{id}/orders?x` is about `orders`. */
function lastWord({ urlPattern }: Backend): string | undefined {
  return urlPattern
    .split('?')[0]!
    .split('/')
    .filter((segment) => /^[A-Za-z]/.test(segment))
    .at(-1)
}
