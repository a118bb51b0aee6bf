import { compilePath } from '../../expressions/path.ts'
import type { Notes } from '../draft.ts'
import { isObject, isUnsafeKey } from '../foreign.ts'
import { toSegment } from '../names.ts'
import { printAccess, printOptionalAccess, printPath, quoteText, quoteValue } from '../template.ts'
import type { Task } from './workflow.ts'

/** What expressions may speak of at one point of a workflow. */
export class Sight {
  readonly tasks: ReadonlyMap<string, Task>
  readonly #ran: Map<string, Task>
  readonly #variables: Map<string, string>
  readonly notes: Notes

  constructor(
    notes: Notes,
    tasks: ReadonlyMap<string, Task>,
    ran = new Map<string, Task>(),
    variables = new Map<string, string>(),
  ) {
    this.notes = notes
    this.tasks = tasks
    this.#ran = ran
    this.#variables = variables
  }

  /** The same for what runs beside other things. */
  fork(): Sight {
    return new Sight(this.notes, this.tasks, new Map(this.#ran), new Map(this.#variables))
  }

  /** What ran in forks is there once they have ended. */
  join(forks: readonly Sight[]): void {
    for (const fork of forks) {
      for (const [reference, task] of fork.#ran) this.#ran.set(reference, task)
      for (const [name, color] of fork.#variables) this.#variables.set(name, color)
    }
  }

  hasRun(task: Task): void {
    this.#ran.set(task.reference, task)
  }

  /** The task of that name that has run. */
  ran(reference: string): Task | undefined {
    return this.#ran.get(reference)
  }

  setVariable(name: string, color: string): void {
    this.#variables.set(name, color)
  }

  variable(name: string): string | undefined {
    return this.#variables.get(name)
  }
}

type Segments = readonly (string | number)[]

/** What an expression stands for: one place of the context, several, or a value made of them. */
type Found = { readonly place: Segments } | { readonly query: string } | { readonly template: unknown }

const expression = /\$?\$\{([^{}]*)\}/g

/** A Conductor value as a template: `${workflow.input.x}` and `${task.output.x}` become paths. */
export function toTemplate(value: unknown, sight: Sight, at: string): unknown {
  if (typeof value === 'string') return textToTemplate(value, sight, at)
  if (Array.isArray(value)) return value.map((item, index) => toTemplate(item, sight, `${at}[${index}]`))
  if (!isObject(value)) return quoteValue(value)
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      isUnsafeKey(key) ? [] : [[quoteText(key), toTemplate(member, sight, `${at}.${key}`)]],
    ),
  )
}

/** The same as text in CEL: `'order-' + string(request.body.id)`. */
export function toCelText(value: unknown, sight: Sight, at: string): string {
  const parts = splitText(String(value)).map((part) => {
    if ('text' in part) return JSON.stringify(part.text)
    const found = resolve(part.expression, sight, at)
    if (!found || !('place' in found)) return "''"
    const place = printAccess(found.place)
    return `(${place} == null ? '' : string(${place}))`
  })
  return parts.length === 0 ? "''" : parts.join(' + ')
}

/** Every task that a value speaks of, wherever in it. */
export function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (isObject(value)) return Object.values(value).flatMap(referencesIn)
  if (typeof value !== 'string') return []
  return splitText(value).flatMap((part) => ('expression' in part ? [rootOf(part.expression)] : []))
}

/** The last name of an expression, for a color that carries its value. */
export function nameOfExpression(text: string): string {
  return toSegment(/([A-Za-z_][\w-]*)\W*$/.exec(text)?.[1] ?? 'value')
}

function textToTemplate(text: string, sight: Sight, at: string): unknown {
  const parts = splitText(text)
  const [only] = parts
  if (parts.length === 1 && only && 'expression' in only) {
    const found = resolve(only.expression, sight, at)
    if (!found) return null
    if ('template' in found) return found.template
    return 'place' in found ? printPath(found.place) : found.query
  }
  return parts
    .map((part) => {
      if ('text' in part) return quoteText(part.text)
      const found = resolve(part.expression, sight, at)
      return found && 'place' in found ? `\${ ${printOptionalAccess(found.place)} }` : ''
    })
    .join('')
}

type TextPart = { readonly text: string } | { readonly expression: string }

/** `$${x}` is text. */
function splitText(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  const add = (literal: string) => {
    if (literal !== '') parts.push({ text: literal })
  }
  for (const match of text.matchAll(expression)) {
    add(text.slice(end, match.index))
    if (match[0].startsWith('$$')) add(match[0].slice(1))
    else parts.push({ expression: match[1]!.trim() })
    end = match.index + match[0].length
  }
  add(text.slice(end))
  return parts
}

function rootOf(text: string): string {
  return /^[^.[]*/.exec(text)![0]
}

function resolve(text: string, sight: Sight, at: string): Found | undefined {
  const root = rootOf(text)
  const [, part = '', rest = ''] = /^\.?([^.[]*)(.*)$/s.exec(text.slice(root.length)) ?? []
  const found = root === 'workflow' ? resolveWorkflow(part, rest, sight) : resolveTask(root, part, rest, sight)
  if (typeof found !== 'string') return found
  sight.notes.add(at, `\`\${${text}}\` is null: ${found}`)
  return undefined
}

/** Gives why there is nothing, as text. */
function resolveWorkflow(part: string, rest: string, sight: Sight): Found | string {
  if (part === 'input') return follow(['request', 'body'], rest)
  if (part === 'workflowId' || part === 'correlationId') return { place: ['request', 'id'] }
  if (part !== 'variables') return `a route knows no \`workflow.${part}\``
  const [, name = '', inside = ''] = /^\.([^.[]*)(.*)$/s.exec(rest) ?? []
  const color = sight.variable(name)
  return color === undefined ? `nothing before it sets \`${name}\`` : follow(color.split('.'), inside)
}

function resolveTask(reference: string, part: string, rest: string, sight: Sight): Found | string {
  const task = sight.ran(reference) ?? sight.tasks.get(reference)
  if (!task) return `there is no task \`${reference}\``
  if (part !== 'output') return `of a task only its \`output\` is known`
  if (task.type === 'JOIN') {
    const [, inner = '', beyond = ''] = /^\.([^.[]*)(.*)$/s.exec(rest) ?? []
    return resolveTask(inner, 'output', beyond, sight)
  }
  if (task.type !== 'HTTP' && task.type !== 'SET_VARIABLE') return `a ${task.type} has no output here`
  if (!sight.ran(reference)) return `\`${reference}\` has not run yet`
  if (task.type === 'SET_VARIABLE') return resolveWorkflow('variables', rest, sight)
  const record = ['steps', task.id]
  const [, where, beyond = ''] = /^\.response(?:\.(body|statusCode|headers))?(?![\w-])(.*)$/s.exec(rest) ?? []
  if (rest.startsWith('.response') && where === undefined && (rest === '.response' || beyond !== ''))
    return rest === '.response'
      ? { template: responseOf(record) }
      : 'of a response only body, statusCode and headers are known'
  if (where === 'statusCode') return { place: [...record, 'status'] }
  if (where === 'headers') return follow([...record, 'headers'], beyond.toLowerCase())
  return follow([...record, 'body'], where === 'body' ? beyond : rest)
}

/** What Conductor calls the response of an HTTP task. */
export function responseOf(record: readonly string[]): unknown {
  return { statusCode: printPath([...record, 'status']), body: printPath([...record, 'body']) }
}

/** Goes on from a place by `.name`, `[0]`, `['name']`; any other JSONPath gives many values. */
function follow(base: Segments, rest: string): Found | string {
  const segments: (string | number)[] = []
  let end = 0
  for (const match of rest.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/gy)) {
    const name = match[1] ?? match[3] ?? match[4]
    segments.push(name ?? Number(match[2]))
    end = match.index + match[0].length
  }
  if (end === rest.length && !segments.includes('*') && !segments.some((segment) => isUnsafeKey(String(segment))))
    return { place: [...base, ...segments] }
  const query = printPath(base) + rest
  return 'code' in compilePath(query) ? `\`${rest}\` is no path` : { query }
}
