import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, startChild } from '../../harness/child.ts'
import { place } from '../../life/processes.ts'
import { holdsWithin, pause } from './pause.ts'
import type { RegisteredEndpointOptions } from './registered-endpoint.ts'
import type { Registry } from './registry.ts'
import type { Scene } from './scene.ts'

const answerMs = 20
/** Longer than a gateway needs to hear of it, also of a registry that was away. */
const drainMs = 5_000
const turnMs = 1_200
const joinWithinMs = 1_000

interface Member {
  readonly id: string
  readonly child: Child
  readonly journal: string
}

/** An endpoint that was killed, when, and the requests that it had. */
export interface Kill {
  readonly at: number
  /** When it was seen to be gone. */
  readonly deadAt: number
  readonly held: ReadonlySet<string>
}

/** Endpoints of one service, of which one joins and one leaves every second or so: drained, or killed. */
export class Fleet {
  readonly kills: Kill[] = []
  joined = 0
  drained = 0
  readonly #registry: Registry
  readonly #directory = mkdtempSync(join(tmpdir(), 'tessera-fleet-'))
  readonly #all: Member[] = []
  readonly #members: Member[] = []
  #isOver = false

  constructor(scene: Scene, registry: Registry) {
    this.#registry = registry
    scene.whenDone(() => rmSync(this.#directory, { recursive: true, force: true }))
    scene.whenDone(() => {
      for (const { child } of this.#all) if (!child.hasEnded()) process.kill(child.pid, 'SIGKILL')
    })
  }

  /** Those that are there to stay, for now. */
  get ids(): readonly string[] {
    return this.#members.map(({ id }) => id)
  }

  /** Starts one, and waits a while until the registry knows it: it may be away. */
  async join(): Promise<void> {
    const id = `endpoint-${++this.joined}`
    const journal = join(this.#directory, id)
    const { target } = this.#registry
    const options: RegisteredEndpointOptions = { id, target, journal, answerMs, drainMs }
    const program = place('bench/faults/scene/registered-endpoint.ts')
    const child = startChild(process.execPath, [program, JSON.stringify(options)], {
      // One starts every second: they compile once.
      NODE_COMPILE_CACHE: join(this.#directory, 'compiled'),
    })
    const member = { id, child, journal }
    this.#all.push(member)
    this.#members.push(member)
    await holdsWithin(() => this.#registry.knows(id), joinWithinMs)
  }

  /** One joins, the oldest leaves, and so on until `endChange`. */
  async changeAllTheTime(): Promise<void> {
    for (let turn = 0; !this.#isOver; turn++) {
      const isTurnOver = pause(turnMs)
      await this.join()
      const oldest = this.#members.shift()!
      if (turn % 2 === 0) this.#drain(oldest)
      else await this.#kill(oldest)
      await isTurnOver
    }
  }

  endChange(): void {
    this.#isOver = true
  }

  #drain({ child }: Member): void {
    this.drained++
    process.kill(child.pid, 'SIGTERM')
  }

  async #kill({ id, child, journal }: Member): Promise<void> {
    const at = performance.now()
    process.kill(child.pid, 'SIGKILL')
    this.#registry.missed(id)
    await holdsWithin(child.hasEnded, 5_000)
    this.kills.push({ at, deadAt: performance.now(), held: readHeld(journal) })
  }
}

/** Requests that came and were not answered. */
function readHeld(journal: string): Set<string> {
  const held = new Set<string>()
  for (const line of readFileSync(journal, 'utf8').split('\n')) {
    if (line.startsWith('+')) held.add(line.slice(1))
    else held.delete(line.slice(1))
  }
  return held
}
