import type { Clock } from '../clock.ts'
import { textNow } from '../environment.ts'
import { maskUrl } from '../redaction.ts'
import type { Notify } from '../telemetry/notice.ts'
import type { NewMessage, Stream, StreamTarget } from './stream.ts'

export interface StreamsParts {
  readonly clock: Clock
  readonly random: () => number
  readonly notify: Notify
  readonly emitted: (stream: string, result: 'ok' | 'failed') => void
}

interface Open {
  readonly identity: string
  readonly stream: Promise<Stream>
  isUp: boolean
}

/** The streams of a gateway, by name; each is opened when it is first written or read. */
export class Streams {
  readonly #parts: StreamsParts
  #targets: Readonly<Record<string, StreamTarget>> = {}
  readonly #open = new Map<string, Open>()

  constructor(parts: StreamsParts) {
    this.#parts = parts
  }

  /** Goes by another configuration: what is elsewhere now is opened anew. */
  follow(targets: Readonly<Record<string, StreamTarget>>): void {
    this.#targets = targets
    for (const [name, open] of this.#open) {
      if (identityOf(targets[name]) === open.identity) continue
      this.#open.delete(name)
      void closeOne(open)
    }
  }

  /** What it is now: another text where it is elsewhere. */
  identity(name: string): string {
    return identityOf(this.#targets[name])
  }

  get(name: string): Promise<Stream> {
    const target = this.#targets[name]
    if (!target) return Promise.reject(new Error(`there is no stream \`${name}\` any more`))
    let open = this.#open.get(name)
    if (!open) {
      open = { identity: identityOf(target), stream: this.#connect(name, target), isUp: true }
      this.#open.set(name, open)
    }
    return open.stream
  }

  async emit(name: string, message: NewMessage): Promise<void> {
    const { emitted } = this.#parts
    try {
      await (await this.get(name)).write(message)
      emitted(name, 'ok')
    } catch (thrown) {
      emitted(name, 'failed')
      throw thrown
    }
  }

  /** Those that were opened, and whether each answers. */
  get states(): readonly { readonly name: string; readonly isUp: boolean }[] {
    return [...this.#open].map(([name, { isUp }]) => ({ name, isUp }))
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(closeOne))
    this.#open.clear()
  }

  async #connect(name: string, target: StreamTarget): Promise<Stream> {
    const { clock, random, notify } = this.#parts
    const { RedisStream } = await import('./redis-stream.ts')
    const about = { subject: `stream ${name}`, endpoint: maskUrl(textNow(target.url)) }
    return new RedisStream(target, {
      ...{ clock, random },
      told: (reason) => {
        const open = this.#open.get(name)
        if (!open || open.isUp === (reason === undefined)) return
        open.isUp = reason === undefined
        if (reason === undefined) notify({ level: 'info', ...about, message: 'the stream answers again' })
        else notify({ level: 'warn', ...about, message: 'the stream does not answer', reason })
      },
    })
  }
}

const identityOf = (target: StreamTarget | undefined) =>
  target === undefined ? '' : JSON.stringify({ ...target, url: textNow(target.url) })

async function closeOne({ stream }: Open): Promise<void> {
  await (await stream.catch(() => undefined))?.close()
}
