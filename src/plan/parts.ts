import type { Position } from '../binding/shape.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { listNames, suggest } from '../diagnostics/suggest.ts'
import { type ParsedPart, parsePart } from '../routes/part.ts'
import type { StepKinds } from '../steps/step.ts'
import type { Source } from '../yaml/source.ts'

/** The parts of a project, by their names. */
export type Parts = ReadonlyMap<string, ParsedPart> & {
  /** False when one could not be read: then one that is not there may be that one. */
  readonly isWhole: boolean
}

export const noParts: Parts = Object.assign(new Map<string, ParsedPart>(), { isWhole: true })

/** Parses every part (undefined: a file that could not be read); a name that two files claim is reported. */
export function parseParts(
  sources: readonly (Source | undefined)[],
  kinds: StepKinds,
  diagnostics: DiagnosticCollector,
): Parts {
  const parts = new Map<string, ParsedPart>()
  let isWhole = true
  for (const source of sources) {
    const part = source && parsePart(source, kinds, diagnostics)
    isWhole &&= part !== undefined
    if (!part) continue
    if (parts.has(part.name)) {
      const at = part.position.source.locate(['name'])
      diagnostics.add('duplicate-name', `another file declares the part \`${part.name}\``, at)
    } else parts.set(part.name, part)
  }
  return Object.assign(parts, { isWhole })
}

/** Finds a part; an unknown one is reported, and gives the one that was meant if any is near. */
export function findPart(
  reference: string,
  parts: Parts,
  position: Position,
  diagnostics: DiagnosticCollector,
): ParsedPart | undefined {
  const found = parts.get(reference)
  if (found || !parts.isWhole) return found
  const at = position.source.locate(position.path)
  const near = diagnostics.isFull(at.file) ? undefined : suggest(reference, parts.keys())
  const help = near === undefined ? `there are ${listNames(parts.keys())}` : `did you mean \`${near}\`?`
  diagnostics.add('unknown-part', `there is no part \`${reference}\``, at, help)
  return near === undefined ? undefined : parts.get(near)
}
