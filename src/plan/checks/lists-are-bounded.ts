import type { BoundTemplate } from '../../binding/bind.ts'
import { schemaOfPath } from '../../binding/bind.ts'
import type { Language } from '../../binding/color.ts'
import type { Template } from '../../expressions/template.ts'
import { schemaOf } from '../../expressions/template.ts'
import { everyStep } from '../bound-route.ts'
import type { RouteSettings } from '../route-settings.ts'
import type { RouteCheck } from './check.ts'

/**
 * A list that multiplies has a bound: one that calls are made for, element by element, and one that is looped inside the
 * loop of another. A route that sets the bound of its calls, or work, itself was thought of.
 */
export const listsAreBounded: RouteCheck = (route, language) => {
  const { diagnostics } = language
  const report = (what: string, at: BoundTemplate['at'], key: string) =>
    diagnostics.add(
      'unbounded-list',
      `nothing says how long ${what} may be`,
      at,
      `give it a \`maxItems\` in the dictionary, or this route a \`${key}\``,
    )
  for (const step of everyStep(route.body)) {
    const { repetition, composition, blocks } = step
    if (composition !== 'each' || !repetition || wasThoughtOf(route.settings?.maxCalls)) continue
    const calls = blocks?.some((block) => [...everyStep(block)].some(({ call }) => call))
    if (calls && repetition.maxItems === undefined) report(`\`${repetition.over}\``, step.at, 'maxCalls')
  }
  if (wasThoughtOf(route.settings?.maxWork)) return
  const answers = [route.response, ...[...everyStep(route.body)].map(({ response }) => response)]
  for (const body of answers.flatMap((answer) => answer?.body ?? [])) {
    if (multiplies(body.template, language)) report('a list inside the loop of another', body.at, 'maxWork')
  }
}

function wasThoughtOf(bound: RouteSettings['maxCalls'] | undefined): boolean {
  return bound?.origin.by !== 'built-in' && bound?.origin.by !== 'gateway'
}

/** Whether a list without a bound is looped for each element of another that has nothing to do with it. */
function multiplies(template: Template, language: Language, isInLoop = false): boolean {
  switch (template.kind) {
    case 'object':
      return template.members.some(([, value]) => multiplies(value, language, isInLoop))
    case 'array':
      return template.items.some((item) => multiplies(item, language, isInLoop))
    case 'operator': {
      const parts = template.operator.parts(template.config)
      const isLoop = parts.some(({ each }) => each)
      if (isLoop && isInLoop && isUnbounded(parts[0]!.template, language)) return true
      return parts.some((part) => multiplies(part.template, language, isInLoop || part.each === true))
    }
    default:
      return false
  }
}

/** Whether a list is the same for every element, and no type says how long it may be. */
function isUnbounded(list: Template, language: Language): boolean {
  if (list.kind === 'path' && list.path.prefix[0] === 'item') return false
  const schema = schemaOf(list, (path) => schemaOfPath(path, language)) as { maxItems?: number } | undefined
  return schema?.maxItems === undefined && list.kind !== 'array' && list.kind !== 'literal'
}
