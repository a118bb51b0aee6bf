import type { Language } from '../binding/color.ts'
import { type Position, within } from '../binding/shape.ts'
import { locate } from '../operations/locator.ts'
import type { StreamTrigger, Trigger } from '../routes/on.ts'
import type { StreamMessage } from '../streams/stream.ts'

/** What a stream’s messages are told apart by. */
export interface MessageIdentity {
  /** Of two that are the same one is run. */
  readonly key: (message: StreamMessage) => string | undefined
  /** Those that are alike are run in their order; undefined where none are. */
  readonly order: ((message: StreamMessage) => string | undefined) | undefined
}

/** Binds `key` and `order` of a trigger; undefined for one that is no stream. */
export function bindTrigger(
  on: Trigger | undefined,
  position: Position,
  language: Language,
): MessageIdentity | undefined {
  if (on?.kind !== 'stream') return undefined
  const read = (part: keyof StreamTrigger & ('key' | 'order')) => {
    const text = on[part]
    const locator = text === undefined ? undefined : locate(text, 'message', within(position, part), language)
    if (locator?.in !== 'message') return undefined
    return (message: StreamMessage) => print(locator.path.evaluate(message))
  }
  return { key: read('key') ?? (({ id }) => id), order: read('order') }
}

function print(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
