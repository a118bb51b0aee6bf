import type { Language } from '../binding/color.ts'
import { describeType } from '../binding/describe-type.ts'
import type { Position } from '../binding/shape.ts'
import type { Fault } from '../diagnostics/collector.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { Area } from '../expressions/area.ts'
import { compilePath, isPath, type Path } from '../expressions/path.ts'
import { typesOf } from '../expressions/schema.ts'
import { isHeaderName } from '../header-fields.ts'

/** Where a color sits in a request or response. */
export type Locator =
  | { readonly in: 'path' | 'header' | 'cookie'; readonly name: string }
  /** `separator` undefined: an array repeats the parameter. */
  | { readonly in: 'query'; readonly name: string; readonly separator: Separator | undefined }
  /** `query.*`: each member of an object is a parameter. */
  | { readonly in: 'queries' }
  | { readonly in: 'status' }
  | { readonly in: 'body'; readonly path: Path }
  /** What is known of who asks: a path in it. */
  | { readonly in: 'claims' | 'auth'; readonly path: Path }
  /** What began a run that nobody asked for: a path in it. */
  | { readonly in: Occasion; readonly path: Path }

/** What begins a run in place of a request. */
export type Occasion = 'trigger' | 'message'

/** What joins the elements of a list in one parameter. */
export type Separator = ',' | '|' | ';' | ' '

/** `client`: a request that came, of which it may be known whose it is. */
export type LocatorSide = 'client' | 'request' | 'response' | Occasion

const joins = '`[,]`, `[|]`, `[;]` or `[ ]`'

/**
 * Parses `path.x`, `query.x`, `'query.ids[,]'`, `query.*`, `header.x`, `cookie.x`, `status` or a JSONPath into the body.
 * A name is everything up to a join at the end: `query.filter[name]`, `query.order[]`.
 */
export function parseLocator(text: string, side: LocatorSide): Locator | Fault {
  if (side === 'trigger' || side === 'message') return parseOccasion(text, side)
  if (isPath(text)) {
    const path = compilePath(text)
    return 'code' in path ? path : { in: 'body', path }
  }
  const place = side === 'response' ? side : 'request'
  const fault = (message: string, offset: number, help?: string): Fault => ({
    code: 'invalid-locator',
    message,
    offset,
    length: text.length - offset,
    help,
  })
  const [, root, inside = ''] = (side === 'client' && /^(claims|auth)([.[].*)$/.exec(text)) || []
  if (root) {
    const path = compilePath(`$${inside}`)
    const shift = root.length - 1
    return 'code' in path ? { ...path, offset: path.offset + shift } : { in: root as 'claims' | 'auth', path }
  }
  if (text === 'status' && side === 'response') return { in: 'status' }
  if (text === 'query.*' && side !== 'response') return { in: 'queries' }
  const [, position, name, separator] = /^(path|query|header|cookie)\.(\S+?)(?:\[([,|; ])\])?$/.exec(text) ?? []
  if (!position || !name || (side === 'response' && position !== 'header')) {
    const places =
      side === 'client'
        ? 'path.x, query.x, header.x, cookie.x, claims.x or a JSONPath'
        : side === 'request'
          ? 'path.x, query.x, header.x, cookie.x or a JSONPath'
          : 'a JSONPath, header.x or status'
    return fault(`\`${text}\` is not a place in a ${place}`, 0, `use ${places}`)
  }
  if (position === 'query') {
    // What is no name was a join once: `[&]`, `[%7C]`.
    const [sign] = /\[(?:[^\w\]]|%[0-9A-Fa-f]{2})+\]$/.exec(text) ?? []
    if (sign && separator === undefined)
      return fault(
        `\`${sign}\` is no join, and no part of a name`,
        text.length - sign.length,
        `a list is joined by ${joins}`,
      )
    return { in: 'query', name, separator: separator as Separator | undefined }
  }
  if (separator !== undefined) return fault('only a query parameter says how an array is joined', 0)
  if (position === 'header') {
    return isHeaderName(name)
      ? { in: 'header', name: name.toLowerCase() }
      : fault(`\`${name}\` is not a header name`, text.length - name.length)
  }
  if (/[[\]]/.test(name))
    return fault(`\`${text}\` is not a place in a ${place}`, 0, 'only the name of a query has brackets')
  return { in: position as 'path' | 'cookie', name }
}

const ofOccasions = {
  trigger: { members: /^trigger\.(?:time|last)$/, help: 'use trigger.time or trigger.last' },
  message: {
    members: /^message\.(?:id|key|time|(?:data|headers)(?:[.[].*)?)$/,
    help: 'use message.id, message.key, message.time, message.data or message.headers, or what is in those two',
  },
} as const

/** `trigger.time`, `message.data.order.id`. */
function parseOccasion(text: string, side: Occasion): Locator | Fault {
  const { members, help } = ofOccasions[side]
  const what = side === 'trigger' ? 'what a time begins' : 'a message'
  const fault = { code: 'invalid-locator', offset: 0, length: text.length } as const
  if (!members.test(text)) return { ...fault, message: `\`${text}\` is not a place in ${what}`, help }
  const path = compilePath(`$${text.slice(side.length)}`)
  return 'code' in path ? { ...path, offset: path.offset + side.length - 1 } : { in: side, path }
}

/** Parses a locator of a file; a fault is reported at its characters. */
export function locate(text: string, side: LocatorSide, position: Position, language: Language): Locator | undefined {
  const locator = parseLocator(text, side)
  if (!('code' in locator)) return locator
  const at = position.source.locateInside(position.path, locator.offset, locator.length)
  language.diagnostics.add(locator.code, locator.message, at, locator.help)
  return undefined
}

/** A join is of a list, so a color that cannot be one has none. */
export function rejectJoin(color: string, locator: Locator, at: Location, language: Language): void {
  if (locator.in !== 'query' || locator.separator === undefined) return
  const schema = language.colors.get(color)?.schema
  if (typesOf(schema)?.has('array') ?? true) return
  const message = `\`${color}\` is ${describeType(schema)}, and \`[${locator.separator}]\` joins a list`
  language.diagnostics.add('invalid-locator', message, at, `write \`query.${locator.name}\``)
}

/** Where in the context lies what a locator takes of a client's request. */
export function areaInRequest(locator: Locator): Area {
  if ('path' in locator)
    return [...(locator.in === 'body' ? ['request', 'body'] : [locator.in]), ...locator.path.reach.area]
  if (locator.in === 'queries') return ['request', 'query']
  return locator.in === 'status' ? ['request'] : ['request', partNames[locator.in], locator.name]
}

const partNames = { path: 'params', query: 'query', header: 'headers', cookie: 'cookies' } as const

/** Where the context has what lies at an area once more: the header `cookie` has every cookie, the path its parameters. */
export function sameInRequest([root, part, name, ...rest]: Area): readonly Area[] {
  if (root === 'claims')
    return [['request', 'claims', ...[part, name, ...rest].filter((segment) => segment !== undefined)]]
  if (root !== 'request') return []
  if (part === 'params') return [['request', 'path']]
  if (part === 'body') return [['request', 'raw']]
  if (part === 'cookies') return [['request', 'headers', 'cookie']]
  return part === 'headers' && name === 'cookie' ? [['request', 'cookies']] : []
}

/** Where in the record of a call lies what a locator takes of a response. */
export function areaInResponse(locator: Locator): Area {
  if ('path' in locator) return ['body', ...locator.path.reach.area]
  return locator.in === 'header' ? ['headers', locator.name] : ['status']
}

/** Whether it gives the list of all that it finds. */
export function givesList(locator: Locator): boolean {
  return 'path' in locator && !locator.path.singular
}

/** A locator as a file has it: `query.city`, `header.x-user-id`, `$.items`. */
export function printLocator(locator: Locator): string {
  if (locator.in === 'body') return locator.path.query
  if ('path' in locator) return `${locator.in}${locator.path.query.slice(1)}`
  if (locator.in === 'queries') return 'query.*'
  return locator.in === 'status' ? 'status' : `${locator.in}.${locator.name}`
}
