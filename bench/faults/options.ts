import { parseArgs } from 'node:util'
import type { GatewayPromise } from './promise.ts'
import type { Chance, Thoroughness } from './scene/scene.ts'

export interface FaultsOptions {
  readonly chance: Chance
  readonly chosen: readonly GatewayPromise[]
  readonly thoroughness: Thoroughness
  /** A last line with all that was seen. */
  readonly json: boolean
  /** What could not be judged does not end the run with 1. */
  readonly lenient: boolean
}

/** @throws Error with the usage, for `--help` and for what it does not know */
export function readOptions(args: readonly string[], promises: readonly GatewayPromise[]): FaultsOptions {
  const flag = { type: 'boolean', default: false } as const
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: { only: text, seed: text, without: text, quick: flag, full: flag, json: flag, lenient: flag, help: flag },
  })
  const names = values.only?.split(',').map((name) => name.trim())
  const unknown = names?.find((name) => promises.every((promise) => promise.name !== name))
  if (unknown !== undefined) throw new Error(`no promise is called ${unknown}\n\n${usage(promises)}`)
  if (values.help) throw new Error(usage(promises))
  const { quick, full, json, lenient } = values
  if (quick && full) throw new Error('it is --quick or --full')
  const thoroughness = quick ? 'quick' : full ? 'full' : 'usual'
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
  if (!Number.isSafeInteger(seed)) throw new Error('--seed takes a whole number')
  const chance = { seed, without: values.without?.split(',').map((name) => name.trim()) ?? [] }
  return { chance, chosen: promises.filter(({ name }) => names?.includes(name) ?? true), thoroughness, json, lenient }
}

const usage = (promises: readonly GatewayPromise[]) => `npm run faults -- [options]

  --only <names>  some of them, by comma: ${promises.map(({ name }) => name).join(', ')}
  --seed <number> what is chosen by chance (fuzz), as it was in an earlier run
  --without <kinds>  leaves out of fuzz, by comma: upgrades, upgrade-bodies
  --quick         shorter looks with less load, about six minutes
  --full          a million requests of a thousand users (zero-trust), about ten minutes more
  --json          a last line with all that was seen
  --lenient       ends with 0 also when something could not be judged`
