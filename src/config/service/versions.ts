import * as z from 'zod'
import { condition, meaning } from '../../binding/scalars.ts'
import { withRole } from '../../binding/variables.ts'
import { splitKinds } from '../../calls/splits/index.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import type { Source } from '../../yaml/source.ts'
import { discoverShape } from './discover.ts'
import { endpointsShape } from './endpoints.ts'

const version = z.strictObject({
  endpoints: endpointsShape.optional(),
  discover: discoverShape.optional(),
  weight: z
    .int()
    .min(0)
    .max(1000)
    .default(1)
    .describe('Its share of the calls, beside those of the others; 0: only rules lead to it.'),
})

/** `versions:`, each of this shape. */
const versionsOf = (one: typeof version) =>
  z
    .record(z.string().regex(/^[a-zA-Z][\w.-]*$/, 'a version is named by letters, digits, ., - and _'), one)
    .refine((versions) => Object.values(versions).some(({ weight }) => weight > 0), 'one version has a weight over 0')
    .meta({ description: 'Name: a version of the service and where it runs, in place of `endpoints` and `discover`.' })

export const versionsShape = versionsOf(version)

/** The same, where endpoints can be looked up in other places. */
export function createVersionsShape(discover: typeof discoverShape): typeof versionsShape {
  return versionsOf(version.extend({ discover: discover.optional() }))
}

/** `split:` */
export const splitShape = z
  .strictObject({
    by: z
      .enum([...splitKinds.keys()] as [string, ...string[]])
      .default('weight')
      .describe(
        [...splitKinds.values()].map(({ name, summary }) => `\`${name}\`: ${summary.toLowerCase()}`).join('; '),
      ),
    match: z
      .array(
        z.strictObject({
          when: condition.describe('On the context: colors and `request`. What is missing makes it false.'),
          to: z.string().describe('The version.'),
        }),
      )
      .default([])
      .describe('The first that holds decides, whatever the weights.'),
    sticky: withRole(meaning(z.string(), 'color'), 'language')
      .optional()
      .describe('A color, or a path like `$.request.cookies.session`: who has the same value keeps the same version.'),
  })
  .meta({ description: 'Which version a call goes to; by weight unless it says otherwise.' })

export interface SplitDefinition {
  readonly versions?: z.output<typeof versionsShape> | undefined
  readonly split?: z.output<typeof splitShape> | undefined
  readonly endpoints?: unknown
  readonly discover?: unknown
}

/** By its own list, by a registry's, or by versions that each have one of them: two could not both be right. */
export function checkWhereItRuns(definition: SplitDefinition, source: Source, diagnostics: DiagnosticCollector): void {
  const written = (source.value ?? {}) as Record<string, unknown>
  if (!checkOnlyOne(['endpoints', 'discover', 'versions'], written, [], source, diagnostics)) return
  const versions = written['versions']
  for (const name of Object.keys(definition.versions ?? {})) {
    const version = (versions as Record<string, Record<string, unknown>>)[name] ?? {}
    checkOnlyOne(['endpoints', 'discover'], version, ['versions', name], source, diagnostics)
  }
  if (definition.split) checkSplit(definition.split, definition.versions, source, diagnostics)
}

function checkOnlyOne(
  keys: readonly string[],
  written: Record<string, unknown>,
  path: readonly string[],
  source: Source,
  diagnostics: DiagnosticCollector,
): boolean {
  const [first, second] = keys.filter((key) => Object.hasOwn(written, key))
  if (first === undefined) {
    const at = source.locateKey([...path])
    const others = keys.slice(1).map((key) => `\`${key}\``)
    diagnostics.add('missing-key', '`endpoints` is missing', at, `or ${others[0]}, to look them up`)
  } else if (second !== undefined) {
    const at = source.locateKey([...path, second])
    diagnostics.add('invalid-value', `\`${first}\` already says where it runs`, at, 'leave one of the two away')
  }
  return first !== undefined
}

function checkSplit(
  { by, match, sticky }: NonNullable<SplitDefinition['split']>,
  versions: SplitDefinition['versions'],
  source: Source,
  diagnostics: DiagnosticCollector,
): void {
  if (Object.hasOwn(source.value as object, 'versions')) {
    if (!versions) return
  } else {
    const help = 'declare `versions`, or leave `split` away'
    diagnostics.add('invalid-value', 'there are no versions to split calls between', source.locateKey(['split']), help)
    return
  }
  for (const [index, { to }] of match.entries()) {
    if (Object.hasOwn(versions, to)) continue
    const names = Object.keys(versions)
    const at = source.locate(['split', 'match', index, 'to'])
    const help = didYouMean(to, names) ?? `there are ${names.join(', ')}`
    diagnostics.add('unknown-version', `there is no version \`${to}\``, at, help)
  }
  if (sticky !== undefined && !splitKinds.get(by)!.canStick) {
    const help = `split by ${[...splitKinds.values()]
      .filter(({ canStick }) => canStick)
      .map(({ name }) => name)
      .join(' or ')}`
    const at = source.locateKey(['split', 'sticky'])
    diagnostics.add('invalid-value', `split by ${by} nobody keeps a version`, at, help)
  }
}
