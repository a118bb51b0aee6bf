import type { ColorProposals } from '../colors.ts'
import { toSegment } from '../names.ts'
import { rewritePath } from '../path-text.ts'
import { printAccess, printOptionalAccess, printPath } from '../template.ts'
import type { Backend } from './config.ts'
import type { Part } from './part.ts'

/** A `url_pattern` in our terms. */
export interface RenderedUrl {
  /** Path with colors for placeholders, and the query that never changes. */
  readonly path: string
  /** Colors that go into the query. */
  readonly in: Readonly<Record<string, string>>
  /** Templates for the colors that no wiring gives. */
  readonly with: Readonly<Record<string, string>>
}

/** What placeholders may stand for. */
export interface Placeholders {
  /** Path parameters of the endpoint and their colors. */
  readonly parameters: ReadonlyMap<string, string>
  /** In a sequence: the backends before this one. */
  readonly earlier: readonly Part[] | undefined
  readonly colors: ColorProposals
  /** Why it cannot be, for a placeholder that stands for nothing. */
  readonly refuse: (message: string) => void
}

/** Where a placeholder's value comes from: a color that is there anyway, or a place to read. */
type Value = { readonly color: string } | { readonly path: readonly string[]; readonly name: string }

const placeholder = /\{([\w\-.:/]+)\}/g

/** Gives undefined, and says why, when a placeholder stands for nothing we know. */
export function renderUrl({ urlPattern }: Backend, places: Placeholders): RenderedUrl | undefined {
  const mark = urlPattern.indexOf('?')
  const rawPath = mark < 0 ? urlPattern : urlPattern.slice(0, mark)
  const given: Record<string, string> = {}
  let isComplete = true
  const colorOf = (name: string): string => {
    const value = resolve(name, places)
    if (!value) isComplete = false
    if (!value || 'color' in value) return value?.color ?? ''
    const color = places.colors.propose(`resp.${value.name}`, {
      description: 'A value of one answer for the next call',
    })
    given[color] = printPath(value.path)
    return color
  }
  const path = rewritePath(rawPath, placeholder, (name) => `{${colorOf(name)}}`)
  const literal: string[] = []
  const query: Record<string, string> = {}
  for (const pair of mark < 0 ? [] : urlPattern.slice(mark + 1).split('&')) {
    const [name = '', ...rest] = pair.split('=')
    const text = rest.join('=')
    if (!pair.match(placeholder)) {
      if (pair !== '') literal.push(pair)
      continue
    }
    const alone = /^\{([\w\-.:/]+)\}$/.exec(text)?.[1]
    // KrakenD joins the values of a list by commas.
    if (alone !== undefined) query[colorOf(alone)] = places.parameters.has(alone) ? `query.${name}` : `query.${name}[,]`
    else {
      const color = places.colors.propose(`text.${toSegment(name)}`, {
        type: 'string',
        description: `Text of the query parameter ${name}`,
      })
      query[color] = `query.${name}`
      given[color] = text.replaceAll('$', '$$$$').replaceAll(placeholder, (_, inner: string) => {
        const value = resolve(inner, places)
        if (!value) isComplete = false
        // What a call before did not give is nothing in the text.
        const text =
          value && 'path' in value ? printOptionalAccess(value.path) : printAccess(value?.color.split('.') ?? [''])
        return `\${ ${text} }`
      })
    }
    if (/[[\]\s{}]/.test(name)) {
      places.refuse(`a parameter cannot be named \`${name}\` here`)
      isComplete = false
    }
  }
  if (!isComplete) return undefined
  return { path: literal.length > 0 ? `${path}?${literal.join('&')}` : path, in: query, with: given }
}

function resolve(name: string, { parameters, earlier, refuse }: Placeholders): Value | undefined {
  const color = parameters.get(name)
  if (color !== undefined) return { color }
  const [, index, source] = /^resp(\d+)_(.+)$/.exec(name) ?? []
  if (/^JWT\./.test(name)) refuse(`{${name}} is a claim of a token, and no token is looked at here`)
  else if (index === undefined || source === undefined) refuse(`{${name}} is no parameter of the endpoint`)
  else if (!earlier) refuse(`{${name}} needs \`sequential\`: the backends run at the same time`)
  else if (!earlier[Number(index)]) refuse(`{${name}} is of a backend that comes later`)
  else {
    const path = earlier[Number(index)]!.locate(source.split('.'))
    if (path) return { path, name: toSegment(source.replaceAll('.', '_')) }
    refuse(`{${name}} is outside of what that backend's \`group\` holds`)
  }
  return undefined
}
