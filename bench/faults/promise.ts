import type { Scene } from './scene/scene.ts'

/** One thing that was looked at for a promise. */
export interface Sight {
  /** `p99 with a hung backend` */
  readonly what: string
  /** `≤ 350 ms`; empty where nothing is promised and the figure only explains the others. */
  readonly bound: string
  readonly seen: string
  readonly verdict: Verdict
  /** Why it does not hold or cannot be judged. */
  readonly why?: string | undefined
}

/** `not judged`: the machine was too busy to tell. `told`: a figure that nothing is promised of. */
export type Verdict = 'holds' | 'broken' | 'not judged' | 'told'

/** A line of the promises: what is promised, and how it is looked at on running processes. */
export interface GatewayPromise {
  readonly name: string
  readonly promised: string
  /** @throws Error when nothing could be found out */
  look(scene: Scene): Promise<Sight[]>
}

/** What a promise comes to: it is broken by one sight that is, and held only when all that was promised was judged. */
export function judgePromise(sights: readonly Sight[]): Verdict {
  const verdicts = new Set(sights.map(({ verdict }) => verdict))
  if (verdicts.has('broken')) return 'broken'
  if (verdicts.has('not judged') || !verdicts.has('holds')) return 'not judged'
  return 'holds'
}
