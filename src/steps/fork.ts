import { compileColorEraser } from '../expressions/color.ts'
import type { Document } from '../expressions/document.ts'
import type { BoundStep } from './step.ts'

/** Whether what the blocks of a step write stays inside: each run of a forEach, and a part, have a context of their own. */
export function keepsInside({ composition }: Pick<BoundStep, 'composition'>): boolean {
  return composition === 'each' || composition === 'part'
}

/** Every color that steps write, those in blocks inside them included, unless they stay there. */
export function writtenColors(steps: readonly BoundStep[]): string[] {
  return steps.flatMap((step) => [
    ...(step.writes ?? []).map((write) => write.color),
    ...(keepsInside(step) ? [] : (step.blocks ?? []).flatMap((block) => writtenColors(block.steps))),
  ])
}

/**
 * Compiles a copy of the context in which these colors (and `steps`) can be written without the original seeing it.
 * Only the namespaces on the way to them are copied; all else is shared.
 */
export function compileFork(colors: readonly string[]): (document: Document) => Document {
  const namespaces = new Map<string, readonly string[]>([['steps', ['steps']]])
  for (const color of colors) {
    const segments = color.split('.').slice(0, -1)
    for (let depth = 1; depth <= segments.length; depth += 1) {
      const path = segments.slice(0, depth)
      namespaces.set(path.join('.'), path)
    }
  }
  // Outer before inner, so that an inner copy lands in its outer one's copy.
  const places = [...namespaces.values()]
    .sort((a, b) => a.length - b.length)
    .map((path) => ({ around: path.slice(0, -1), name: path.at(-1)! }))
  return (document) => {
    const copy: Document = { ...document }
    for (const { around, name } of places) {
      let owner: Record<string, unknown> = copy
      for (const segment of around) owner = owner[segment] as Record<string, unknown>
      owner[name] = { ...(owner[name] as Record<string, unknown>) }
    }
    return copy
  }
}

/** A context with other names beside the colors; `copyBack` brings what was written home. */
export type Overlay = (
  document: Document,
  locals: Readonly<Record<string, unknown>>,
) => { readonly document: Document; readonly copyBack: () => void }

/** Namespaces are shared with the original, so that only colors of one segment have to be brought home. */
export function compileOverlay(written: readonly string[]): Overlay {
  const colors = [...new Set(written)].filter((color) => !color.includes('.'))
  return (original, locals) => {
    const document: Document = { ...original, ...locals }
    const copyBack = () => {
      for (const color of colors) if (document[color] !== undefined) original[color] = document[color]
    }
    return { document, copyBack }
  }
}

/** As `compileFork`; some of the colors are not there in the copy. */
export function compileErasingFork(
  colors: readonly string[],
  erased: readonly string[],
): (document: Document) => Document {
  const fork = compileFork(colors)
  const erasers = erased.map(compileColorEraser)
  return (document) => {
    const copy = fork(document)
    for (const erase of erasers) erase(copy)
    return copy
  }
}
