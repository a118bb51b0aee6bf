import type { Location } from '../diagnostics/diagnostic.ts'
import type { Stretch } from '../yaml/syntax.ts'
import { mentionsOf } from './mentions.ts'
import { stretchOf } from './positions.ts'
import type { Project } from './project.ts'
import { findSpellings } from './spelling.ts'

/** A name in a file, by its offsets there. */
export interface Use extends Stretch {
  readonly file: string
  /** As the file has it. */
  readonly written: string
  /** False where all that can be told is the text that it stands in somewhere. */
  readonly isExact: boolean
}

/** Every place that writes the name of a color, its declaration first. */
export function usesOfColor(color: string, project: Project): Use[] {
  const declared = project.world?.dictionary.colors.get(color)
  if (!declared) return []
  // Every spelling holds the last of its words.
  const mentions = mentionsOf(project, color.split('.').at(-1)!)
  const places = mentions.flatMap((one) => (one.kind === 'color' && one.name === color ? [one.at] : []))
  const uses = [declared.at, ...places].flatMap((at) => usesIn(at, color, project))
  return [...new Map(uses.map((use) => [`${use.file}:${use.start}`, use])).values()]
}

/** Every place that names an operation, or in one file a call. */
export function usesOf(kind: 'operation' | 'step', name: string, project: Project, file?: string): Use[] {
  const word = name.split('.').at(-1)!
  return mentionsOf(project, word).flatMap((one) => {
    if (one.kind !== kind || one.name !== name || (file !== undefined && one.at.file !== file)) return []
    return [
      { ...stretchOf(one.at, project.textOf(one.at.file) ?? ''), file: one.at.file, written: name, isExact: true },
    ]
  })
}

/** Where paths stand that read a color without naming it: `$.user` reads `user.id`. */
export function readersAbove(color: string, project: Project): Location[] {
  return mentionsOf(project, color.split('.')[0]!).flatMap((one) =>
    one.kind === 'namespace' && one.colors.includes(color) ? [one.at] : [],
  )
}

function usesIn(at: Location, color: string, project: Project): Use[] {
  const text = project.textOf(at.file)
  if (text === undefined) return []
  const stretch = stretchOf(at, text)
  const piece = text.slice(stretch.start, stretch.end)
  const spellings = findSpellings(piece, color)
  const isExact = spellings.length === 1 || /^["']?\$(?![{$])/.test(piece)
  return spellings.map((found) => ({
    file: at.file,
    start: stretch.start + found.start,
    end: stretch.start + found.end,
    written: found.text,
    isExact,
  }))
}
