import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { checkShape, describe, type Place, within } from '../language/shape.ts'
import { stepKinds } from '../steps/index.ts'
import type { BlockShape, ParsedBlock, ParsedStep } from '../steps/step.ts'

/** Parses a list of steps; the faulty ones are reported and left out. */
export function parseBlock(shape: BlockShape, owner: Place, diagnostics: DiagnosticCollector): ParsedBlock {
  const place = within(owner, ...shape.path)
  const parsed = shape.steps.map((raw, index) => parseStep(raw, within(place, index), diagnostics))
  const steps = parsed.filter((step) => step !== undefined)
  return { order: shape.order, steps, place, incomplete: steps.length < parsed.length }
}

function parseStep(raw: unknown, place: Place, diagnostics: DiagnosticCollector): ParsedStep | undefined {
  // `- empty` is the one step that needs no value.
  const value = raw === 'empty' ? { empty: null } : raw
  const at = place.source.locate(place.path)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    diagnostics.add('unknown-step-kind', `a step is a mapping with one kind, found ${describe(raw)}`, at, kindsHelp())
    return undefined
  }
  const { id, when, ...members } = value as Record<string, unknown>
  const kinds = Object.keys(members).filter((key) => stepKinds.has(key))
  if (kinds.length !== 1) {
    reportKinds(kinds, Object.keys(members), place, diagnostics)
    return undefined
  }
  if (!checkName(id, place, diagnostics) || !checkWhen(when, place, diagnostics)) return undefined
  const kind = stepKinds.get(kinds[0]!)!
  const config = checkShape(kind.shape, members, place, diagnostics)
  if (config === undefined) return undefined
  const blocks = (kind.blocks?.(config) ?? []).map((block) => parseBlock(block, place, diagnostics))
  return {
    kind,
    id: id as string | undefined,
    when: when === undefined ? undefined : String(when),
    config,
    blocks,
    place,
  }
}

function reportKinds(
  kinds: readonly string[],
  keys: readonly string[],
  place: Place,
  diagnostics: DiagnosticCollector,
): void {
  const { source, path } = place
  if (kinds.length > 1) {
    const names = kinds.map((kind) => `\`${kind}\``).join(' and ')
    diagnostics.add(
      'unknown-step-kind',
      `a step has one kind, this has ${names}`,
      source.locateKey([...path, kinds[1]!]),
      'make it two steps',
    )
    return
  }
  const [first] = keys
  if (first === undefined) {
    diagnostics.add('unknown-step-kind', 'a step needs a kind', source.locate(path), kindsHelp())
    return
  }
  const near =
    first === 'catch' ? 'try' : keys.map((key) => suggest(key, stepKinds.keys())).find((kind) => kind !== undefined)
  const help = near ? `did you mean \`${near}\`?` : kindsHelp()
  diagnostics.add('unknown-step-kind', `\`${first}\` is not a kind of step`, source.locateKey([...path, first]), help)
}

function kindsHelp(): string {
  return `kinds: ${[...stepKinds.keys()].join(', ')}`
}

function checkName(id: unknown, place: Place, diagnostics: DiagnosticCollector): boolean {
  if (id === undefined || (typeof id === 'string' && /^[A-Za-z][\w-]*$/.test(id))) return true
  const at = place.source.locate([...place.path, 'id'])
  diagnostics.add(
    'invalid-value',
    `${describe(id)} cannot be an id`,
    at,
    'an id begins with a letter and has letters, digits, - and _',
  )
  return false
}

function checkWhen(when: unknown, place: Place, diagnostics: DiagnosticCollector): boolean {
  if (when === undefined || typeof when === 'string' || typeof when === 'boolean') return true
  diagnostics.add(
    'invalid-value',
    `\`when\` is a CEL expression, found ${describe(when)}`,
    place.source.locate([...place.path, 'when']),
  )
  return false
}
