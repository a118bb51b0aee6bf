import type { ExplainedStep, OutlineLine } from '../../describe/explain/outline.ts'
import type { Origin } from '../../describe/explain/places.ts'
import type { ExplainedPart, PassthroughExplanation, RouteExplanation } from '../../describe/explain/route.ts'
import type { SensitiveValue } from '../../describe/explain/sensitive.ts'
import type { Fed } from '../../describe/explain/sources.ts'
import { printCount, printDuration } from '../../expressions/units.ts'
import type { Paint, Terminal } from '../terminal.ts'
import { alignColumns, fill, section } from './lines.ts'

type Screen = Pick<Terminal, 'paint' | 'width'>

/** An effective route, for a terminal. */
export function printRoute(route: RouteExplanation, { paint, width }: Screen): string {
  const { budget, summary, file, match } = route
  return [
    `${paint.bold(route.route)}  ${match}`,
    paint.dim([summary, file].filter(Boolean).join(' · ')),
    `budget ${paint.bold(printDuration(budget.ms))}  ${paint.dim(describeOrigin(budget))}`,
    ...Object.entries(route.bounds).map(
      ([name, bound]) => `${name} ${paint.bold(printCount(bound.value))}  ${paint.dim(describeOrigin(bound))}`,
    ),
    ...[route.caching, route.durable].filter((line) => line !== undefined),
    ...route.access,
    ...route.admission,
    ...route.browsers,
    ...section('Who says so', printSettings(route, paint), paint),
    ...section('Request', printInputs(route, paint), paint),
    ...section('Steps', printOutline(route.outline, paint), paint),
    ...section('Response', printResponse(route, paint), paint),
    ...section('At worst', printLatency(route, paint), paint),
    ...section('Calls of one request', printCalls(route, paint), paint),
    ...section('What is forwarded', printForwards(route, { paint, width }), paint),
  ].join('\n')
}

function describeOrigin({ by, at }: Origin): string {
  return at === undefined ? by : `${by}, ${at}`
}

const sensitiveMark = (sensitivity: string | undefined, paint: Paint) =>
  sensitivity === 'pii' || sensitivity === 'secret' ? paint.magenta(` ${sensitivity}`) : ''

/** What has no line of its own above. */
function printSettings({ settings }: Pick<RouteExplanation, 'settings'>, paint: Paint): string[] {
  const others = settings.filter(({ key, not }) => !linesOfTheirOwn.includes(key) || not !== undefined)
  const rows = others.map(({ key, not, ...origin }) => [
    key,
    not === undefined ? '' : `not here: ${not}`,
    paint.dim(describeOrigin(origin)),
  ])
  return alignColumns(rows, '  ')
}

const linesOfTheirOwn = ['timeout', 'maxCalls', 'maxWork']

function printInputs({ inputs }: RouteExplanation, paint: Paint): string[] {
  return alignColumns(
    inputs.map(({ color, from, required, default: value, sensitivity, at }) => {
      const absence = required ? '' : value === undefined ? ', may be absent' : `, else ${JSON.stringify(value)}`
      return [`${paint.cyan(color)}${sensitiveMark(sensitivity, paint)}`, `${from}${absence}`, paint.dim(at)]
    }),
    '  ',
  )
}

function printOutline(outline: readonly OutlineLine[], paint: Paint): string[] {
  return outline.flatMap(({ depth, heading, step }) => {
    const indent = '  '.repeat(depth + 1)
    if (!step) return [`${indent}${paint.yellow(heading ?? '')}`]
    const head = [paint.bold(step.title), ...step.lines, paint.dim(step.at)].join('  ')
    return [`${indent}${head}`, ...printDetails(step, `${indent}  `, paint)]
  })
}

function printDetails({ inputs, policies }: ExplainedStep, indent: string, paint: Paint): string[] {
  const reads = inputs.map(({ to, insteadOf, values, origin, sensitivity }) => {
    const from = values.map((value) => printFed(value, paint)).join('; ') || 'a fixed value'
    const stands = insteadOf === undefined ? '' : paint.dim(` (in place of ${insteadOf})`)
    return [
      `${to ?? 'reads'}${sensitiveMark(sensitivity, paint)}`,
      `${paint.dim('←')} ${from}${stands}`,
      paint.dim(origin ? describeOrigin(origin) : ''),
    ]
  })
  if (!policies) return alignColumns(reads, indent)
  const { around, fallbacks, optional, endpoints, keepsBytes } = policies
  const rows = around.map((policy) => [policy.name, policy.summary, paint.dim(describeOrigin(policy))])
  if (endpoints.length > 0) rows.push(['endpoints', endpoints.join(', ')])
  if (keepsBytes) rows.push(['body', 'passed on unparsed'])
  fallbacks.forEach(({ summary, at }, index) => {
    rows.push([index === 0 ? 'else' : 'then', summary, paint.dim(at)])
  })
  if (optional) rows.push([fallbacks.length === 0 ? 'else' : 'then', 'left out'])
  return [...alignColumns(reads, indent), ...alignColumns(rows, indent)]
}

function printFed({ what, from }: Fed, paint: Paint): string {
  const sources = from.map(({ step, part, at }) => {
    // A step without a name of its own is called by its kind: its place says which one it is.
    const name = step === 'request' ? `request ${part}` : step.replace(/@.*$/, '')
    return `${name} ${paint.dim(at)}`
  })
  return `${paint.cyan(what)} ${sources.length > 0 ? `from ${sources.join(' or ')}` : paint.dim('(absent)')}`
}

function printSensitive(values: readonly SensitiveValue[], paint: Paint): string {
  return values.map(({ color, sensitivity }) => paint.magenta(`  ${color} is ${sensitivity}`)).join('')
}

function printResponse({ response }: RouteExplanation, paint: Paint): string[] {
  if (!response) return ['  204, no body']
  return [
    `  ${response.status}`,
    ...response.inputs.map((fed) => `    ${printFed(fed, paint)}${printSensitive(fed.sensitive, paint)}`),
    ...printParts(response.parts, paint),
  ]
}

function printParts(parts: readonly ExplainedPart[], paint: Paint): string[] {
  if (parts.length === 0) return []
  const rows = parts.map(({ path, after }) => [
    path || 'head',
    after.length === 0 ? 'at once' : `after ${after.join(', ')}`,
  ])
  return [
    paint.dim('  in parts, to who asks for text/event-stream or application/jsonl'),
    ...alignColumns(rows, '    '),
  ]
}

function printLatency({ latency, budget }: RouteExplanation, paint: Paint): string[] {
  const { ms, path, waves } = latency
  const cut = ms > budget.ms ? `, cut to the budget of ${paint.bold(printDuration(budget.ms))}` : ''
  const total = `  ${paint.bold(printDuration(ms))} by the calls on the critical path${cut}`
  const legs = path.map(({ step, ms: legMs, sum }) => [step, printDuration(legMs), paint.dim(sum)])
  const more = waves.map(
    ({ over, elements, ms: waveMs }) =>
      `    and ${printDuration(waveMs)} for every further ${elements} elements of ${over}`,
  )
  return path.length === 0 ? ['  no calls'] : [total, ...alignColumns(legs, '    '), ...more]
}

function printCalls({ calls }: RouteExplanation, paint: Paint): string[] {
  const rows = calls.map(({ operation, min, max, most, per }) => [
    operation,
    min === max ? String(min) : `${min}–${max}`,
    most > max ? `at most ${most}` : '',
    paint.dim(per === undefined ? '' : `for every ${per}`),
  ])
  return alignColumns(rows, '  ')
}

function printForwards({ forwards }: RouteExplanation, { paint, width }: Screen): string[] {
  if (forwards.length === 0) return []
  const services = forwards.flatMap(({ service, operations }) => [
    `  ${paint.bold(service)}`,
    ...operations.flatMap(({ operation, template, parts }) => [
      `    ${operation}  ${paint.dim(template)}`,
      ...alignColumns(
        parts.map(({ to, from, sensitive }) => {
          const marks = sensitive.map(({ color, sensitivity }) => paint.magenta(`${color} is ${sensitivity}`))
          return [
            to,
            `${paint.dim('←')} ${from.map((name) => paint.cyan(name)).join(', ') || 'a fixed value'}`,
            ...marks,
          ]
        }),
        '      ',
      ),
    ]),
  ])
  const headers = [...new Set(forwards.flatMap(({ budgetHeader }) => budgetHeader ?? []))]
  const last = headers.length > 0 ? `, baggage and ${headers.join(' or ')}` : ' and baggage'
  const always = `Every call also carries accept, accept-encoding, x-request-id, traceparent, tracestate${last}. Nothing else of the client’s request leaves the gateway.`
  return [...services, ...fill(always, width, '  ').map(paint.dim)]
}

/** A passthrough, for a terminal. */
export function printPassthrough(route: PassthroughExplanation, { paint }: Screen): string {
  const { match, summary, file, service, timeoutMs, timeout, access, passes, admission, browsers } = route
  return [
    `${paint.bold(route.route)}  ${match}`,
    paint.dim([summary, file].filter(Boolean).join(' · ')),
    ...access,
    ...admission,
    ...browsers,
    ...section('Who says so', printSettings(route, paint), paint),
    '',
    `Passes the request through to ${paint.bold(service)} and its answer back: method, path, query, headers and body,`,
    `hop-by-hop headers aside. No answer within ${printDuration(timeoutMs)} is a 504.  ${paint.dim(describeOrigin(timeout))}`,
    ...passes.map((words) => `  ${words}`),
  ].join('\n')
}
