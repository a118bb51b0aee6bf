import type { ConfigTexts } from '../config/texts.ts'
import { isColorName } from '../expressions/color.ts'
import { buildSnapshot } from '../plan/build.ts'
import type { SourceText } from '../yaml/source.ts'
import type { Project } from './project.ts'
import { respell } from './spelling.ts'
import { type Use, usesOfColor } from './uses.ts'

/** What takes the place of a name in a file. */
export interface Replacement extends Use {
  readonly text: string
}

/** Why a color is not renamed: a sentence for people. */
export class RenameRefused extends Error {}

/**
 * Every replacement that gives a color another name, in all files. Nothing is half renamed: where one use cannot be
 * written anew, or the configuration would not load as it did, nothing is.
 * @throws RenameRefused
 */
export function renameColor(color: string, name: string, project: Project): Replacement[] {
  const { texts, world } = project
  if (!texts || !world) throw new RenameRefused('the configuration cannot be read')
  if (!isColorName(name)) throw new RenameRefused(`\`${name}\` is not a name for a color`)
  if (world.dictionary.colors.has(name)) throw new RenameRefused(`there is a color \`${name}\` already`)
  if (!project.isFaultless)
    throw new RenameRefused(
      'the configuration has errors, so that not every use of the color is known: mend them first',
    )
  const replacements = usesOfColor(color, project).map((use): Replacement => {
    const text = respell(use.written, name)
    if (text === undefined || !use.isExact)
      throw new RenameRefused(`${use.file} writes \`${use.written}\` in a way that a rename cannot keep`)
    return { ...use, text }
  })
  const { diagnostics, snapshot } = buildSnapshot(replaceAll(texts, replacements))
  if (!snapshot)
    throw new RenameRefused(`with the new name ${diagnostics[0]?.message ?? 'the configuration has errors'}`)
  return replacements
}

/** The texts as they are then. */
function replaceAll(texts: ConfigTexts, replacements: readonly Replacement[]): ConfigTexts {
  const byFile = Map.groupBy(replacements, ({ file }) => file)
  const replace = (file: SourceText): SourceText => {
    const own = (byFile.get(file.path) ?? []).toSorted((a, b) => b.start - a.start)
    const text = own.reduce((now, { start, end, text }) => now.slice(0, start) + text + now.slice(end), file.text)
    return { ...file, text }
  }
  return {
    ...texts,
    gateway: replace(texts.gateway),
    included: texts.included?.map(replace) ?? [],
    dictionary: texts.dictionary.map(replace),
    services: texts.services.map(replace),
    routes: texts.routes.map(replace),
    parts: texts.parts?.map(replace) ?? [],
  }
}
