import type { Area } from '../area.ts'
import { isObject } from '../container.ts'
import type { Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { spend, spendOnKeys } from '../work.ts'
import { nameOfMember } from './key-by.ts'
import { listOf } from './list-schema.ts'
import { asList, asObject, defineOperator, misfit, unsafeKeys } from './operator.ts'

export const entries = defineOperator<Template>({
  name: '$entries',
  keys: [],
  summary: 'The members of an object as a list of `{ key, value }`.',
  example: '{ $entries: $.user.profile }',
  parse: ({ $entries }, parser) => parser.template($entries, '$entries'),
  parts: (template) => [{ template }],
  compile(template, compile) {
    const read = compile(template)
    return (document) => {
      const object = asObject('$entries', read(document))
      if (!object) return undefined
      const names = Object.keys(object).filter((name) => object[name] !== undefined)
      spend(2 * names.length)
      return names.map((key) => ({ key, value: object[key] }))
    }
  },
  schema: () =>
    listOf({
      type: 'object',
      properties: { key: { type: 'string' }, value: {} },
      required: ['key', 'value'],
      additionalProperties: false,
    }),
  trace: (template, trace) =>
    trace(template).map((traced) => {
      const [, ...rest] = traced.area
      return moveTo(traced, traced.area.length === 0 ? [] : [null, 'value', ...rest])
    }),
})

export const fromEntries = defineOperator<Template>({
  name: '$fromEntries',
  keys: [],
  summary: 'Makes an object of a list of `{ key, value }`; of two with the same key the later one wins.',
  example: '{ $fromEntries: { $entries: $.user.profile } }',
  parse: ({ $fromEntries }, parser) => parser.template($fromEntries, '$fromEntries'),
  parts: (template) => [{ template }],
  compile(template, compile) {
    const read = compile(template)
    return (document) => {
      const list = asList('$fromEntries', read(document))
      if (!list) return undefined
      spendOnKeys(list.length)
      const made: Record<string, unknown> = {}
      for (const entry of list) {
        if (!isObject(entry)) return misfit('$fromEntries', 'a list of `{ key, value }`', entry)
        const name = nameOfMember('$fromEntries', entry['key'])
        if (name === undefined) return misfit('$fromEntries', 'a key in each element', undefined)
        if (entry['value'] !== undefined && !unsafeKeys.has(name)) made[name] = entry['value']
      }
      return made
    }
  },
  schema: () => ({ type: 'object' }),
  trace: (template, trace) =>
    trace(template).flatMap((traced) => {
      const area = enclosed(traced.area)
      return area ? [moveTo(traced, area)] : []
    }),
})

/** Where what lies in a list of entries is in their object; undefined where it is no part of it. */
function enclosed([, member, ...rest]: Area): Area | undefined {
  if (member === 'value') return [null, ...rest]
  return member === undefined || member === null || member === 'key' ? [] : undefined
}
