import type { Read, Reference } from '../../binding/reference.ts'
import type { JsonSchema } from '../../expressions/schema.ts'
import { type BoundRoute, everyBlock, everyStep } from '../bound-route.ts'
import { walkDataflow } from '../dataflow.ts'
import { deepCalls } from '../dependencies.ts'
import type { Knowledge } from '../knowledge.ts'
import { everyRead } from '../reads.ts'
import type { RouteCheck } from './check.ts'

/** What an expression fails without is there, or the expression says what is to be where it is not. */
export const expressionsCareForAbsence: RouteCheck = (route, { diagnostics, colors }) => {
  if (!everyRead(route).some(({ needed }) => needed)) return
  const isSure = sureOfRequest(route)
  const optional = new Set([...everyStep(route.body)].flatMap((step) => (step.call?.optional ? [step.name] : [])))
  for (const { order, steps } of everyBlock(route.body))
    if (order === 'first') for (const call of steps.flatMap(deepCalls)) optional.add(call)

  const mayBeAbsent = (reference: Reference, known: Knowledge): string | undefined => {
    switch (reference.kind) {
      case 'color': {
        const { color, rest } = reference
        const presence = known.colors.get(color)
        if (presence === 'sometimes') return `\`${color}\` is there on some ways only`
        if (presence === 'unless-left-out') return `\`${color}\` comes from a step that is optional`
        const name = presence && findOptionalMember(colors.get(color)?.schema, rest)
        return name && `\`${name}\` is not required in \`${color}\``
      }
      case 'request': {
        const [part, name] = reference.rest
        const text = ['request', part, name].filter((segment) => segment !== undefined).join('.')
        return isSure(String(part), name) ? undefined : `a request may lack \`${text}\``
      }
      case 'step': {
        const { id = '', rest } = reference
        const text = `steps.${id}.${rest[0]}`
        if (rest[0] === 'error') return `\`${text}\` is there after a failure only`
        const isAnswer = rest[0] === 'status' || rest[0] === 'headers' || rest[0] === 'body'
        return isAnswer && optional.has(id)
          ? `\`${text}\` is absent where that step failed or was called off`
          : undefined
      }
      default:
        return undefined
    }
  }

  walkDataflow(route, {
    read(read, known) {
      if (!read.needed || known.isPartial || isProven(read, known)) return
      const why = mayBeAbsent(read.reference, known)
      if (why === undefined) return
      const help = 'say what is to be then: `has(x) && …`, `x.?y.orValue(…)` or `$default`'
      diagnostics.add('absent-in-expression', `${why}, and then this expression fails`, read.at, help)
    },
  })
}

/** Whether a condition around has shown that it is there. */
function isProven({ reference }: Read, { proven }: Knowledge): boolean {
  if (reference.kind !== 'color' && reference.kind !== 'request' && reference.kind !== 'step') return false
  const [root, rest] =
    reference.kind === 'color'
      ? [reference.color, reference.rest]
      : reference.kind === 'step'
        ? [`steps.${reference.id}`, reference.rest]
        : ['request', reference.rest]
  const path = [root, ...rest].join('.')
  return proven.has(path) || [...proven].some((longer) => longer.startsWith(`${path}.`))
}

/** That a parameter stands in the path is a check of its own. */
const always: ReadonlySet<string> = new Set(['method', 'path', 'params', 'ip', 'id'])

/** What each request that comes as far as the steps has, besides what every request has: what `in` refuses it without. */
function sureOfRequest({ inputs }: BoundRoute): (part: string, name: string | number | undefined) => boolean {
  const places: Record<string, string> = { query: 'query', header: 'headers', cookie: 'cookies' }
  const required = new Set(
    inputs.flatMap(({ locator, required }) =>
      required && 'name' in locator ? [`${places[locator.in]}.${locator.name}`] : [],
    ),
  )
  return (part, name) => {
    if (always.has(part)) return true
    if (part === 'body') return inputs.some(({ locator, required }) => required && locator.in === 'body')
    // All of the headers are there even where there is none.
    return name === undefined || required.has(`${part}.${name}`)
  }
}

/** The first member on the way that its schema names and does not require, where the schema requires others. */
function findOptionalMember(schema: JsonSchema | undefined, rest: readonly (string | number)[]): string | undefined {
  let here = schema
  for (const segment of rest) {
    if (typeof segment === 'number') here = here?.items
    else {
      const { required, properties } = here ?? {}
      const isOptional = Array.isArray(required) && required.length > 0 && !required.includes(segment)
      if (isOptional && properties && Object.hasOwn(properties, segment)) return segment
      here = properties?.[segment]
    }
    if (typeof here !== 'object') return undefined
  }
  return undefined
}
