/** What V8 writes with --cpu-prof: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly startTime: number
  /** Id of the node on top of the stack, sample by sample. */
  readonly samples: readonly number[]
  /** Microseconds from the sample before. */
  readonly timeDeltas: readonly number[]
}

/** Share of the busy time that was spent in a place itself, without what it called. */
export interface SelfTime {
  readonly place: string
  readonly share: number
}

/** Adds up self time from `sinceUs` after the start on: by function, and by room, package or part of Node. */
export function addUpSelfTime(profile: CpuProfile, sinceUs: number): { functions: SelfTime[]; areas: SelfTime[] } {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const functions = new Map<string, number>()
  const areas = new Map<string, number>()
  let total = 0
  let atUs = 0
  for (const [index, sample] of profile.samples.entries()) {
    const spentUs = profile.timeDeltas[index] ?? 0
    atUs += spentUs
    const frame = frames.get(sample)
    if (atUs < sinceUs || frame === undefined || frame.functionName === '(idle)') continue
    total += spentUs
    const where = shorten(frame.url)
    const name = frame.functionName || '(anonymous)'
    const place = where === '' ? name : `${name}  ${where}:${frame.lineNumber + 1}`
    functions.set(place, (functions.get(place) ?? 0) + spentUs)
    const area = findArea(where, name)
    areas.set(area, (areas.get(area) ?? 0) + spentUs)
  }
  return { functions: rank(functions, total), areas: rank(areas, total) }
}

/** The part of a path that tells: from `src/` or behind the last `node_modules/`. */
function shorten(url: string): string {
  const inPackage = /.*\/node_modules\/(.*)$/.exec(url)
  if (inPackage) return `npm:${inPackage[1]}`
  return /\/((?:src|bench)\/.*)$/.exec(url)?.[1] ?? url
}

function findArea(where: string, functionName: string): string {
  if (where.startsWith('node:')) return where.replace(/^(node:(?:internal\/)?[^/]+).*$/, '$1')
  if (where.startsWith('npm:')) return where.replace(/^(npm:(?:@[^/]+\/)?[^/]+).*$/, '$1')
  if (where !== '') return where.slice(0, where.lastIndexOf('/'))
  return functionName.startsWith('(') ? functionName : 'builtins'
}

function rank(times: ReadonlyMap<string, number>, total: number): SelfTime[] {
  return [...times]
    .map(([place, spentUs]) => ({ place, share: spentUs / total }))
    .sort((left, right) => right.share - left.share)
}
