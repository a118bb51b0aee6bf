import { describeType } from '../../binding/describe-type.ts'
import { reservedMembers } from '../../binding/reference.ts'
import { colorOfPath } from '../../expressions/color.ts'
import type { JsonSchema } from '../../expressions/schema.ts'
import { callablesOf, tellFunction } from '../hover/function.ts'
import type { Token } from '../token.ts'
import { suggestColors, suggestSteps } from './names.ts'
import type { Situation, Suggestion } from './suggestion.ts'

/** What a name in an expression or a path may become. */
export function suggestInExpression(token: Token, situation: Situation): Suggestion[] {
  const names = token.isMember ? [] : suggestNames(token, situation)
  return token.within === 'path' ? names : [...names, ...suggestFunctions(token, situation)]
}

/** A dot more than a name ends with has its members follow. */
function suggestNames(token: Token, situation: Situation): Suggestion[] {
  const over = { start: token.start, end: token.end }
  const words = token.before.split('.')
  const all = [
    ...suggestColors(situation).map((one): Suggestion => ({ ...one, order: 1 })),
    ...suggestMembersOfColor(words, situation),
    ...suggestReserved(words, situation),
  ]
  // Of a namespace that is written already what lies elsewhere is noise.
  return all.filter(({ label }) => label.startsWith(words[0]!)).map((one) => ({ ...one, over }))
}

/** `user.name.zh`, from the type of `user.name`. */
function suggestMembersOfColor(words: readonly string[], { world }: Situation): Suggestion[] {
  const { colors } = world.dictionary
  const found = colorOfPath(words, colors)
  if (!found || !('color' in found)) return []
  const inside = words.slice(found.color.split('.').length, -1)
  const owner = inside.reduce<JsonSchema | undefined>(memberOf, colors.get(found.color)?.schema)
  const prefix = [found.color, ...inside].join('.')
  return Object.entries((owner?.['properties'] as Record<string, JsonSchema> | undefined) ?? {}).map(
    ([name, schema]) => ({ label: `${prefix}.${name}`, kind: 'Field', detail: describeType(schema), order: 2 }),
  )
}

function memberOf(schema: JsonSchema | undefined, name: string): JsonSchema | undefined {
  return (schema?.['properties'] as Record<string, JsonSchema> | undefined)?.[name]
}

function suggestReserved([first = '', ...rest]: readonly string[], situation: Situation): Suggestion[] {
  const member = (label: string): Suggestion => ({ label, kind: 'Field', order: 2 })
  const known = reservedMembers.get(first)
  if (rest.length === 0 || !known)
    return ['request', 'steps', 'item', 'index', 'error'].map((label) => ({ label, kind: 'Keyword', order: 3 }))
  if (first !== 'steps') return known.members.map((name) => member(`${first}.${name}`))
  if (rest.length === 1) return suggestSteps(situation).map((one) => ({ ...one, label: `steps.${one.label}` }))
  return known.members.map((name) => member(`steps.${rest[0]}.${name}`))
}

/** Behind a dot the methods, or what stands in a space (`math.`); elsewhere the functions. */
function suggestFunctions({ before, start, end, isMember, isCalled }: Token, { world }: Situation): Suggestion[] {
  const { functions } = world.registry
  const behindDot = before.lastIndexOf('.') + 1
  const space = isMember ? '' : before.slice(0, behindDot)
  const callables = callablesOf(functions)
  const inSpace =
    space === '' ? [] : callables.filter(({ name, form }) => form === 'function' && name.startsWith(space))
  const wanted = isMember || space !== '' ? 'method' : 'function'
  const found = inSpace.length > 0 ? inSpace : callables.filter(({ form }) => form === wanted)
  const over = { start: inSpace.length > 0 || isMember ? start : start + behindDot, end }
  const open = isCalled ? '' : '('
  return found.map(({ name, detail }) => ({
    label: `${name}()`,
    text: name + open,
    kind: 'Function',
    detail,
    documentation: tellFunction(name, functions),
    over,
  }))
}
