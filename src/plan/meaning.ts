import { nameModule } from '../config/extensions/extension-module.ts'
import { withoutComments } from '../yaml/comments.ts'
import type { FileFacts } from './file-facts.ts'
import { hashContent } from './hash.ts'
import type { NamedEnvironment } from './named-environment.ts'
import type { World } from './world.ts'

/** What is said once is hashed once. */
const worlds = new WeakMap<World, string>()

/**
 * Names all that a route's answers are made by: its file and those of the world, comments aside, the variables that they
 * name, and extensions. What a comment, or another route, says makes no other answer.
 */
export function nameMeaning({ facts, named, world }: Origin): string {
  const around = worlds.get(world) ?? nameWorld(world)
  worlds.set(world, around)
  return hashContent(around, ...textsOf([facts]), ...valuesOf(named))
}

interface Origin {
  readonly facts: FileFacts
  readonly named: NamedEnvironment
  readonly world: World
}

const nameWorld = ({ facts, named, extensions }: World) =>
  hashContent(...textsOf(facts), ...valuesOf(named), ...extensions.map(nameModule))

const textsOf = (facts: readonly FileFacts[]) => facts.flatMap(({ file }) => [file.path, withoutComments(file.text)])

const valuesOf = (named: NamedEnvironment) =>
  [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value ?? ''}`)
