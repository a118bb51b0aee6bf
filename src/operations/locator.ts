import type { Language } from '../binding/color.ts'
import type { Position } from '../binding/shape.ts'
import type { Fault } from '../diagnostics/collector.ts'
import type { Area } from '../expressions/area.ts'
import { compilePath, isPath, type Path } from '../expressions/path.ts'
import { isHeaderName } from '../header-fields.ts'

/** Where a color sits in a request or response. */
export type Locator =
  | { readonly in: 'path' | 'header' | 'cookie'; readonly name: string }
  /** `separator` undefined: an array repeats the parameter. */
  | { readonly in: 'query'; readonly name: string; readonly separator: string | undefined }
  | { readonly in: 'status' }
  | { readonly in: 'body'; readonly path: Path }

export type LocatorSide = 'request' | 'response'

/** Parses `path.x`, `query.x`, `'query.ids[,]'`, `header.x`, `cookie.x`, `status` or a JSONPath into the body. */
export function parseLocator(text: string, side: LocatorSide): Locator | Fault {
  if (isPath(text)) {
    const path = compilePath(text)
    return 'code' in path ? path : { in: 'body', path }
  }
  if (text === 'status' && side === 'response') return { in: 'status' }
  const match = /^(path|query|header|cookie)\.([^[\]\s]+)(?:\[(.+)\])?$/.exec(text)
  const [, position, name, separator] = match ?? []
  const places =
    side === 'request' ? 'path.x, query.x, header.x, cookie.x or a JSONPath' : 'a JSONPath, header.x or status'
  if (!position || !name || (side === 'response' && position !== 'header')) {
    return {
      code: 'invalid-locator',
      message: `\`${text}\` is not a place in a ${side}`,
      offset: 0,
      length: text.length,
      help: `use ${places}`,
    }
  }
  if (position === 'query') return { in: 'query', name, separator }
  if (separator !== undefined) {
    return {
      code: 'invalid-locator',
      message: 'only a query parameter says how an array is joined',
      offset: 0,
      length: text.length,
    }
  }
  if (position !== 'header') return { in: position as 'path' | 'cookie', name }
  if (isHeaderName(name)) return { in: 'header', name: name.toLowerCase() }
  const at = { offset: text.length - name.length, length: name.length }
  return { code: 'invalid-locator', message: `\`${name}\` is not a header name`, ...at }
}

/** Parses a locator of a file; a fault is reported at its characters. */
export function locate(text: string, side: LocatorSide, position: Position, language: Language): Locator | undefined {
  const locator = parseLocator(text, side)
  if (!('code' in locator)) return locator
  const at = position.source.locateInside(position.path, locator.offset, locator.length)
  language.diagnostics.add(locator.code, locator.message, at, locator.help)
  return undefined
}

/** Where in the context lies what a locator takes of a client's request. */
export function areaInRequest(locator: Locator): Area {
  if (locator.in === 'body') return ['request', 'body', ...locator.path.reach.area]
  return locator.in === 'status' ? ['request'] : ['request', partNames[locator.in], locator.name]
}

const partNames = { path: 'params', query: 'query', header: 'headers', cookie: 'cookies' } as const

/** Where the context has what lies at an area once more: the header `cookie` has every cookie, the path its parameters. */
export function sameInRequest([root, part, name]: Area): readonly Area[] {
  if (root !== 'request') return []
  if (part === 'params') return [['request', 'path']]
  if (part === 'cookies') return [['request', 'headers', 'cookie']]
  return part === 'headers' && name === 'cookie' ? [['request', 'cookies']] : []
}

/** Where in the record of a call lies what a locator takes of a response. */
export function areaInResponse(locator: Locator): Area {
  if (locator.in === 'body') return ['body', ...locator.path.reach.area]
  return locator.in === 'header' ? ['headers', locator.name] : ['status']
}

/** Whether it gives the list of all that it finds. */
export function givesList(locator: Locator): boolean {
  return locator.in === 'body' && !locator.path.singular
}

/** A locator as a file has it: `query.city`, `header.x-user-id`, `$.items`. */
export function printLocator(locator: Locator): string {
  if (locator.in === 'body') return locator.path.query
  return locator.in === 'status' ? 'status' : `${locator.in}.${locator.name}`
}
