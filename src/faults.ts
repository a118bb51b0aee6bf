/** What the platform called us back for when something was thrown. */
export type FaultPlace = 'request' | 'response' | 'upgrade' | 'connection' | 'backend' | 'timer' | 'promise'

export const faultPlaces: readonly FaultPlace[] = [
  'request',
  'response',
  'upgrade',
  'connection',
  'backend',
  'timer',
  'promise',
]

/** What ends with a fault: an exchange, or a message or a connection of one. */
export interface Endable {
  destroy(): unknown
}

export type FaultListener = (thrown: unknown, place: FaultPlace) => void

const listeners = new Set<FaultListener>()

/** Tells of every fault that is contained in this process; the function it gives unsubscribes. */
export function onFault(listener: FaultListener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Ends what a fault belongs to, and tells of it. Where nobody listens it is thrown on, so that it is never swallowed. */
export function endWithFault(thrown: unknown, place: FaultPlace, owner: Endable | undefined): void {
  if (listeners.size === 0) throw thrown
  for (const listener of listeners) listener(thrown, place)
  owner?.destroy()
}

/**
 * A callback for the platform: what it throws is a fault of one exchange, which ends with it, and never the process's.
 * @param owner What ends; undefined: what the callback is called on.
 */
export function contained<This, Args extends unknown[]>(
  place: FaultPlace,
  owner: Endable | undefined,
  callback: (this: This, ...args: Args) => void,
): (this: This, ...args: Args) => void {
  return function (...args) {
    try {
      callback.apply(this, args)
    } catch (thrown) {
      endWithFault(thrown, place, owner ?? (isEndable(this) ? this : undefined))
    }
  }
}

function isEndable(value: unknown): value is Endable {
  return typeof value === 'object' && value !== null && 'destroy' in value && typeof value.destroy === 'function'
}
