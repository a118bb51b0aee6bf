import type { RequestListener, Server } from 'node:http'
import type { ListenAddress } from '../config/gateway.ts'
import { bind, closeNow, createListener } from './listener.ts'
import type { LazyPassthrough } from './passthrough/lazy.ts'

export interface Listeners {
  readonly server: Server
  readonly port: number
  readonly adminServer: Server | undefined
  readonly adminPort: number | undefined
}

interface ListenersParts {
  readonly at: ListenAddress
  /** Undefined: no admin listener. */
  readonly adminAt: ListenAddress | undefined
  readonly handler: RequestListener
  readonly passthrough: LazyPassthrough
  readonly adminApp: RequestListener
}

/** Binds both listeners or none. */
export async function openListeners({
  at,
  adminAt,
  handler,
  passthrough,
  adminApp,
}: ListenersParts): Promise<Listeners> {
  const server = createListener({
    onRequest: (request, response) => handler(request, response),
    takesUpgrade: (request) => passthrough.takesUpgrade(request),
    onUpgrade: (request, socket, head) => passthrough.upgrade(request, socket, head),
  })
  const port = await bind(server, at)
  if (!adminAt) return { server, port, adminServer: undefined, adminPort: undefined }
  const adminServer = createListener({
    onRequest: adminApp,
    takesUpgrade: () => false,
    onUpgrade: (_request, socket) => socket.destroy(),
  })
  try {
    return { server, port, adminServer, adminPort: await bind(adminServer, adminAt) }
  } catch (thrown) {
    closeNow(server)
    throw thrown
  }
}
