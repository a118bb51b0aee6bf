import type { Message } from './message.ts'

/** A wait for a message, which may be given up. */
export interface Taking {
  /** What was there already. */
  readonly early?: Message | undefined
  readonly message: Promise<Message>
  /** It is not waited for any more; without effect once it came. */
  cancel(): void
}

/**
 * The messages that one run was told, in the order in which it was: those of a kind that somebody handles go there at
 * once, others wait until a step takes them, each once.
 */
export class Mailbox {
  readonly #handlers = new Map<string, (message: Message) => void>()
  readonly #early = new Map<string, Message[]>()
  readonly #takers = new Map<string, ((message: Message) => void)[]>()

  /** From now on `handle` is told all messages of a kind. */
  on(kind: string, handle: (message: Message) => void): void {
    this.#handlers.set(kind, handle)
  }

  deliver(message: Message): void {
    const { kind, name } = message
    const handle = this.#handlers.get(kind)
    const key = keyOf(kind, name)
    const taker = handle ?? this.#takers.get(key)?.shift()
    if (taker) taker(message)
    else this.#early.set(key, [...(this.#early.get(key) ?? []), message])
  }

  /** The next message of this kind and name: the oldest that nobody has taken, else the first to come. */
  take(kind: string, name: string): Taking {
    const key = keyOf(kind, name)
    const early = this.#early.get(key)?.shift()
    if (early) return { early, message: Promise.resolve(early), cancel() {} }
    const { promise, resolve } = Promise.withResolvers<Message>()
    const takers = this.#takers.get(key) ?? []
    this.#takers.set(key, [...takers, resolve])
    return {
      message: promise,
      cancel: () => {
        const left = this.#takers.get(key)?.filter((taker) => taker !== resolve) ?? []
        this.#takers.set(key, left)
      },
    }
  }
}

function keyOf(kind: string, name: string): string {
  return `${kind}:${name}`
}
