import { type LiveText, textNow } from '../../environment.ts'

/** What of Redis is used, with replies as bytes. */
export interface BytesClient {
  mGet(keys: string[]): Promise<(Buffer | null)[]>
  set(key: string, value: Buffer | string, options?: { readonly PX: number; readonly NX?: boolean }): Promise<unknown>
  pExpire(key: string, ms: number): Promise<unknown>
  del(key: string): Promise<unknown>
  /** Any other; also a number is bytes only where it is a text. */
  sendCommand(command: readonly string[]): Promise<unknown>
  readonly isReady: boolean
  once(event: 'ready' | 'error', listener: (error?: unknown) => void): unknown
  off(event: 'ready' | 'error', listener: (error?: unknown) => void): unknown
  /** Cuts the connection; what waits is rejected. */
  destroy(): void
}

const connectTimeoutMs = 1000
const longestPauseMs = 5000

/**
 * Opens a client that connects by itself, again and again. A command while it is not connected fails at once: nothing
 * queues up. Resolves before the connection is there. Name and password are what the URL has when one is made.
 */
export async function openClient(url: LiveText, onError: (error: unknown) => void): Promise<BytesClient> {
  const { createClient, RESP_TYPES } = await import('@redis/client')
  const address = new URL(textNow(url))
  address.username = ''
  address.password = ''
  const client = createClient({
    url: address.href,
    credentialsProvider: { type: 'async-credentials-provider', credentials: async () => credentialsIn(textNow(url)) },
    RESP: 2,
    disableOfflineQueue: true,
    commandsQueueMaxLength: 1000,
    socket: {
      connectTimeout: connectTimeoutMs,
      reconnectStrategy: (retries: number) => Math.min(50 * 2 ** Math.min(retries, 10), longestPauseMs),
    },
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  })
  client.on('error', onError)
  client.connect().catch(onError)
  return client as unknown as BytesClient
}

function credentialsIn(url: string): { username?: string; password?: string } {
  const { username, password } = URL.canParse(url) ? new URL(url) : { username: '', password: '' }
  return {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  }
}
