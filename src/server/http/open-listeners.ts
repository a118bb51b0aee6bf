import type { RequestListener, Server } from 'node:http'
import type { ListenAddress } from '../../config/gateway.ts'
import type { Passthrough } from '../passthrough/passthrough.ts'
import { bindSeveral } from './bind-several.ts'
import { bind, closeNow, createListener, defaultLimits, type ListenerHandlers } from './listener.ts'

export interface Listeners {
  readonly servers: readonly Server[]
  readonly port: number
  readonly adminServer: Server | undefined
  readonly adminPort: number | undefined
}

interface ListenersParts {
  readonly at: ListenAddress
  /** Undefined: no admin listener. */
  readonly adminAt: ListenAddress | undefined
  readonly handler: RequestListener
  readonly passthrough: Passthrough
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
  const handlers: ListenerHandlers = {
    onRequest: (request, response) => handler(request, response),
    takesUpgrade: (request) => passthrough.takesUpgrade(request),
    onUpgrade: (request, socket, head) => passthrough.upgrade(request, socket, head),
  }
  const { maxConnections } = defaultLimits
  const { servers, port } = await bindSeveral(
    (share) => createListener(handlers, { ...defaultLimits, maxConnections: maxConnections * share }),
    at,
  )
  if (!adminAt) return { servers, port, adminServer: undefined, adminPort: undefined }
  const adminServer = createListener({
    onRequest: adminApp,
    takesUpgrade: () => false,
    onUpgrade: (_request, socket) => socket.destroy(),
  })
  try {
    return { servers, port, adminServer, adminPort: await bind(adminServer, adminAt) }
  } catch (thrown) {
    for (const server of servers) closeNow(server)
    throw thrown
  }
}
