import type { Location } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { Area } from '../expressions/area.ts'
import { colorOfPath } from '../expressions/color.ts'
import { reservedNames } from '../expressions/document.ts'
import { areaOfOutside, type Outside, outsideAt } from '../expressions/outside.ts'
import type { ColorDefinition, Language } from './color.ts'
import { checkHeaderMayCome } from './headers-of-proxies.ts'

type Segments = readonly (string | number)[]

/** What a path of the context speaks of. */
export type Reference =
  /** `guessed`: the file names none like it, this one was meant; it counts as read and nothing more. */
  | { readonly kind: 'color'; readonly color: string; readonly rest: Segments; readonly guessed?: boolean }
  /** A path that stops above colors (`$.product`) reads all of them. */
  | { readonly kind: 'colors'; readonly colors: readonly string[] }
  | { readonly kind: 'request'; readonly rest: Segments }
  /** `id` is undefined for all of `$.steps`. */
  | { readonly kind: 'step'; readonly id: string | undefined; readonly rest: Segments }
  | { readonly kind: 'local'; readonly name: 'item' | 'index' | 'error' }
  /** No place of the context: the text of a file, which is a secret, or what a function gives of itself. */
  | { readonly kind: 'outside'; readonly outside: Outside }
  /** `$`, `$..price`: the whole context. */
  | { readonly kind: 'everything' }

/**
 * A place that reads the context. `required` marks an input whose absence fails a call; a `tolerated` read just
 * finds nothing, and a `guarded` one asks whether there is something.
 */
export interface Read {
  readonly reference: Reference
  readonly at: Location
  readonly demand: 'required' | 'tolerated' | 'guarded'
  /** Only asks whether it is there: the value itself goes nowhere. */
  readonly asked?: boolean
  /** Of what the same step wrote just before, so that nothing else has to have produced it. */
  readonly own?: boolean
  /** An expression fails where it is absent. */
  readonly needed?: boolean
  /** Where all lies that it may get, where that is known better than by `reference`. */
  readonly areas?: readonly Area[]
  /** The member of a body that reads it, where an object makes the body. */
  readonly member?: string
}

/** A place that writes a color. */
export interface Write {
  readonly color: string
  readonly at: Location
  /** False where it may be absent all the same. */
  readonly isCertain?: boolean
}

/** A read of what `reference` speaks of; asking for it by `has` is guarded. */
export function readOf(
  reference: Reference,
  at: Location,
  { guarded, asked, needed, areas }: Pick<Read, 'areas'> & Record<'guarded' | 'asked' | 'needed', boolean>,
): Read {
  const guess = reference.kind === 'color' && reference.guessed === true
  return {
    reference,
    at,
    demand: guarded || guess ? 'guarded' : 'tolerated',
    ...((asked || guess) && { asked: true }),
    ...(needed && !guess && { needed: true }),
    ...(areas && { areas }),
  }
}

/** Where all lies in the context that a read may get. */
export function areasOf({ reference, areas }: Read): readonly Area[] {
  if (areas) return areas
  switch (reference.kind) {
    case 'color':
      return [[...reference.color.split('.'), ...reference.rest]]
    case 'colors':
      return reference.colors.map((color) => color.split('.'))
    case 'request':
      return [['request', ...reference.rest]]
    case 'step':
      return [reference.id === undefined ? ['steps'] : ['steps', reference.id, ...reference.rest]]
    case 'local':
      return [[reference.name]]
    case 'outside':
      return [areaOfOutside(reference.outside)]
    case 'everything':
      return [[]]
  }
}

/** Whether it is a body as it came: `request.raw`, `steps.ID.raw`, or what somebody looks for in one. */
export function isRaw(reference: Reference): boolean {
  return (reference.kind === 'request' || reference.kind === 'step') && reference.rest[0] === 'raw'
}

/**
 * Finds what a path speaks of; an unknown color is reported, and gives the one that was meant if any is near.
 * @param mayBeRaw whether it may be a body as it came
 */
export function resolveReference(
  segments: Segments,
  at: Location,
  language: Language,
  mayBeRaw = false,
): Reference | undefined {
  const [first, ...rest] = segments
  if (first === undefined) return { kind: 'everything' }
  const outside = outsideAt(segments)
  if (outside) return { kind: 'outside', outside }
  if (!checkMember(segments, at, language)) return undefined
  if (!mayBeRaw && (first === 'request' ? rest[0] : first === 'steps' ? rest[1] : undefined) === 'raw') {
    const help = 'it is sent as it came: write it alone, as the `body` of a call or an answer'
    language.diagnostics.add('raw-in-part', 'a body as it came has no parts, and is no part', at, help)
  }
  if (first === 'env') {
    const help = 'in CEL: `${ env.NAME }`'
    language.diagnostics.add('unknown-color', 'the environment is no part of the context', at, help)
    return undefined
  }
  if (first === 'request') {
    if (rest[0] === 'claims') checkClaimsAreFilled('request.claims', at, language)
    if (rest[0] === 'headers' && language.trustsNoProxy) checkHeaderMayCome(rest[1], at, language.diagnostics)
    return { kind: 'request', rest }
  }
  if (first === 'claims' || first === 'auth') {
    checkClaimsAreFilled(first, at, language)
    return { kind: 'request', rest: segments }
  }
  if (first === 'steps') {
    const [id, ...inside] = rest
    if (id !== undefined) language.mention?.({ kind: 'step', name: String(id), at })
    return { kind: 'step', id: id === undefined ? undefined : `${language.stepPrefix ?? ''}${id}`, rest: inside }
  }
  if (first === 'item' || first === 'index' || first === 'error') return { kind: 'local', name: first }
  const found = colorOfPath(segments, language.colors)
  if (found && 'color' in found) {
    language.mention?.({ kind: 'color', name: found.color, at })
    return { kind: 'color', color: found.color, rest: segments.slice(found.color.split('.').length) }
  }
  if (found) {
    language.mention?.({ kind: 'namespace', colors: found.colors, at })
    return { kind: 'colors', colors: found.colors }
  }
  const meant = reportUnknownColor(segments.join('.'), at, language)
  return meant === undefined ? undefined : { kind: 'color', color: meant, rest: [], guessed: true }
}

/** The members that the reserved names have, and how deep they stand. */
export const reservedMembers = new Map([
  [
    'request',
    {
      depth: 1,
      members: ['method', 'path', 'params', 'query', 'headers', 'cookies', 'body', 'raw', 'claims', 'ip', 'id'],
    },
  ],
  ['auth', { depth: 1, members: ['scheme', 'subject', 'scopes', 'roles', 'expires'] }],
  [
    'steps',
    { depth: 2, members: ['status', 'headers', 'body', 'raw', 'source', 'error', 'failure', 'ms', 'attempts'] },
  ],
  ['error', { depth: 1, members: ['code', 'status', 'step', 'title', 'detail', 'headers', 'body'] }],
])

/** What nobody fills is never there: `claims.role != 'admin'` would hold for everybody. */
export function checkClaimsAreFilled(name: string, at: Location, { fillsClaims, heir, diagnostics }: Language): void {
  if (fillsClaims) return
  const help = 'say who may ask: `auth` of the route, by a scheme of `auth` in the gateway’s file'
  const message = `\`${name}\` is never filled here, nobody is asked who he is`
  if (!heir) diagnostics.add('unfilled-claims', message, at, help)
  else diagnostics.add('unfilled-claims', message, heir, `${help}, or do not inherit what reads it`, at)
}

/** Reports a member that a reserved name does not have. */
function checkMember(segments: Segments, at: Location, { diagnostics }: Language): boolean {
  const { depth = 0, members = [] } = reservedMembers.get(String(segments[0])) ?? {}
  const member = depth === 0 ? undefined : segments[depth]
  if (member === undefined || members.includes(String(member))) return true
  const name = segments.slice(0, depth + 1).join('.')
  const owner = segments.slice(0, depth).join('.')
  const near = suggest(String(member), members)
  const help = near === undefined ? `it has ${members.join(', ')}` : `did you mean \`${owner}.${near}\`?`
  diagnostics.add('unknown-color', `nothing is called \`${name}\``, at, help)
  return false
}

/**
 * The color of a name. One that the dictionary does not have is reported, and the one that was meant given (of any
 * type, since that is a guess), so that what it would have carried is not reported as missing too.
 */
export function findColor(name: string, at: Location, language: Language): ColorDefinition | undefined {
  const found = language.colors.get(name)
  if (found) {
    language.mention?.({ kind: 'color', name, at })
    return found
  }
  const meant = reportUnknownColor(name, at, language)
  return meant === undefined ? undefined : { ...language.colors.get(meant)!, schema: {} }
}

/**
 * Reports a color that the dictionary does not have, naming the nearest one and where it stands. Gives the color that
 * was meant, so that what it would have carried is not reported as missing too.
 */
function reportUnknownColor(name: string, at: Location, language: Language): string | undefined {
  const isTold = !language.diagnostics.isFull(at.file)
  const near = isTold ? suggest(name, [...language.colors.keys(), ...reservedNames]) : undefined
  const meant = near === undefined ? undefined : language.colors.get(near)
  const help = near === undefined ? 'declare it in the dictionary' : `did you mean \`${near}\`?`
  language.diagnostics.add('unknown-color', `nothing is called \`${name}\``, at, help, meant?.at)
  return meant?.name
}
