import type { Location } from '../diagnostics/diagnostic.ts'
import { type Mention, mentionsInRoute, mentionsInService } from '../plan/mentions.ts'
import type { SourceText } from '../yaml/source.ts'
import type { Project, WholeWorld } from './project.ts'

export type { Mention }

/** By file as it stands, for as long as the world that it was bound in is the same. */
const known = new WeakMap<SourceText, { readonly world: WholeWorld; readonly mentions: readonly Mention[] }>()

/**
 * Where a configuration names what: every use that binding finds, in all files that hold a word. Binding tells, so what
 * is found is what runs.
 */
export function mentionsOf(project: Project, word: string): Mention[] {
  const { texts, world } = project
  if (!texts || !world) return []
  // What the gateway's file and parts say is bound with whoever it holds for.
  const isSaidOfAll = [texts.gateway, ...(texts.parts ?? [])].some(({ text }) => text.includes(word))
  const holds = ({ text }: SourceText) => isSaidOfAll || text.includes(word)
  const find = (file: SourceText, look: typeof mentionsInRoute): readonly Mention[] => {
    const before = known.get(file)
    if (before?.world === world) return before.mentions
    const mentions = look(file, texts.env, world)
    known.set(file, { world, mentions })
    return mentions
  }
  const found = [
    ...texts.services.filter(holds).flatMap((file) => find(file, mentionsInService)),
    ...texts.routes.filter(holds).flatMap((file) => find(file, mentionsInRoute)),
  ]
  return [...new Map(found.map((one) => [`${one.kind} ${placeOf(one.at)}`, one])).values()]
}

function placeOf({ file, line, column }: Location): string {
  return `${file}:${line}:${column}`
}
