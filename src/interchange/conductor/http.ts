import { isHeaderName, isHeaderValue, whyReserved } from '../../header-fields.ts'
import type { ColorProposals } from '../colors.ts'
import { type ForeignObject, isObject, isUnsafeKey, textOf } from '../foreign.ts'
import { toSegment } from '../names.ts'
import { rewritePath } from '../path-text.ts'
import type { ServiceDrafts } from '../services.ts'
import { printDuration } from '../template.ts'
import { nameOfExpression, type Sight, toTemplate } from './values.ts'
import type { Task } from './workflow.ts'

type Step = Readonly<Record<string, unknown>>

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])
const idempotent = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])
/** Conductor waits as long for an answer when it is told nothing. */
export const defaultReadTimeoutMs = 3000

/** An HTTP task as an invoke; gives why it cannot be one, as text. */
export function convertHttp(
  task: Task,
  sight: Sight,
  services: ServiceDrafts,
  colors: ColorProposals,
  budgetMs: number,
): Step | string {
  const wrapped = task.inputs['http_request']
  const request = isObject(wrapped) ? wrapped : task.inputs
  const at = `${task.at}.inputParameters${isObject(wrapped) ? '.http_request' : ''}`
  const url = textOf(request['uri']) ?? textOf(request['url'])
  const method = (textOf(request['method']) ?? 'GET').toUpperCase()
  if (url === undefined) return 'it has no `uri`'
  if (!methods.has(method)) return `${method} cannot be sent`
  const [, origin, target = ''] = /^(https?:\/\/[^/?#$\s]+)(?=[/?#]|$)([^#]*)/i.exec(url) ?? []
  if (origin === undefined || !URL.canParse(origin) || new URL(origin).username !== '')
    return 'the host of its `uri` is not fixed'
  const service = services.at([origin.toLowerCase()])
  const rendered = renderTarget(target, sight, colors, at)
  if (typeof rendered === 'string') return rendered
  const timeoutMs = readTimeout(request)
  service.timeoutMs = Math.max(service.timeoutMs, timeoutMs ?? defaultReadTimeoutMs)
  const headers = convertHeaders(request, sight, at)
  const body = convertBody(request, method, sight, at)
  const retry = convertRetry(task, method, sight)
  return {
    id: task.id,
    invoke: {
      service: service.name,
      [method.toLowerCase()]: rendered.path,
      ...(Object.keys(rendered.in).length > 0 && { in: rendered.in }),
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(body !== undefined && { body }),
    },
    ...(Object.keys(rendered.with).length > 0 && { with: rendered.with }),
    ...(timeoutMs !== undefined && { timeout: printDuration(Math.min(timeoutMs, budgetMs)) }),
    ...(retry && { retry }),
    ...(task.isOptional && { optional: true }),
  }
}

/** Path and query, every expression in them a color that `with` fills. */
function renderTarget(target: string, sight: Sight, colors: ColorProposals, at: string) {
  const given: Record<string, unknown> = {}
  const fill = (text: string, name: string): string => {
    const entry = { description: 'A value of a workflow in a URL' }
    const color = colors.propose(`arg.${name}`, entry, new Set(Object.keys(given)))
    given[color] = toTemplate(text, sight, at)
    return color
  }
  const mark = target.indexOf('?')
  const path = rewritePath(
    mark < 0 ? target : target.slice(0, mark),
    /\$\{([^{}]*)\}/g,
    (text) => `{${fill(`\${${text}}`, nameOfExpression(text))}}`,
  )
  const literal: string[] = []
  const query: Record<string, string> = {}
  for (const pair of mark < 0 ? [] : target.slice(mark + 1).split('&')) {
    if (!pair.includes('${')) literal.push(pair)
    else {
      const [, name, text] = /^([^=[\]\s{}]+)=(.*)$/s.exec(pair) ?? []
      if (name === undefined) return `its \`uri\` has a parameter that cannot be named here: \`${pair}\``
      query[fill(text!, toSegment(name))] = `query.${name}`
    }
  }
  const fixed = literal.filter((pair) => pair !== '').join('&')
  const rooted = path.startsWith('/') ? path : `/${path}`
  return { path: fixed === '' ? rooted : `${rooted}?${fixed}`, in: query, with: given }
}

function convertHeaders(request: ForeignObject, sight: Sight, at: string): Record<string, unknown> {
  const headers: Record<string, unknown> = {}
  const accept = textOf(request['accept'])
  if (accept !== undefined && !/json|\*\/\*/i.test(accept))
    sight.notes.add(`${at}.accept`, 'an answer that is not JSON is a failure')
  const type = textOf(request['contentType'])
  if (type !== undefined && !/json/i.test(type)) sight.notes.add(`${at}.contentType`, 'a body is always sent as JSON')
  for (const [name, value] of Object.entries(isObject(request['headers']) ? request['headers'] : {})) {
    const lower = name.toLowerCase()
    // It follows from the body.
    if (lower === 'content-type') continue
    const canBeSent = typeof value !== 'string' || isHeaderValue(value)
    if (canBeSent && isHeaderName(lower) && whyReserved(lower, 'request') === undefined && !isUnsafeKey(lower))
      headers[lower] = toTemplate(value, sight, `${at}.headers.${name}`)
    else sight.notes.add(`${at}.headers.${name}`, 'is not sent')
  }
  return headers
}

function convertBody(request: ForeignObject, method: string, sight: Sight, at: string): unknown {
  const { body } = request
  if (body === undefined || body === null) return undefined
  if (method === 'GET' || method === 'HEAD') {
    sight.notes.add(`${at}.body`, `is not sent: a ${method} has none`)
    return undefined
  }
  return toTemplate(body, sight, `${at}.body`)
}

function readTimeout(request: ForeignObject): number | undefined {
  const value = Number(request['readTimeOut'] ?? request['readTimeout'])
  return Number.isFinite(value) && value > 0 ? value : undefined
}

function convertRetry(task: Task, method: string, sight: Sight): Step | undefined {
  const definition = isObject(task.raw['taskDefinition']) ? task.raw['taskDefinition'] : task.raw
  const count = Number(definition['retryCount'] ?? 0)
  if (!(count > 0)) return undefined
  if (!idempotent.has(method)) {
    sight.notes.add(
      `${task.at}.retryCount`,
      `a ${method} may have been carried out although it failed, so it is not retried`,
    )
    return undefined
  }
  const delay = Number(definition['retryDelaySeconds'] ?? 0)
  return {
    attempts: Math.min(10, Math.floor(count) + 1),
    ...(delay > 0 && { delay: `${delay}s`, backoff: 'constant', jitter: false }),
    on: ['all'],
  }
}
