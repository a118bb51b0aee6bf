import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Instance {
  readonly ID: string
  readonly Name: string
  readonly Address: string
  readonly Port: number
  readonly Tags: readonly string[]
  readonly Meta?: Readonly<Record<string, string>>
  readonly Weights?: { readonly Passing: number; readonly Warning: number }
  readonly Check?: Readonly<Record<string, unknown>>
  isPassing: boolean
}

/**
 * Stands in for a Consul agent, which no package of Debian brings: the parts of its HTTP API (1.20) that the gateway
 * uses, as developer.hashicorp.com/consul/api-docs describes them. Blocking queries, index, tokens, checks.
 */
export class ConsulDouble {
  /** Requests as `PUT /v1/…`, in their order. */
  readonly requests: string[] = []
  readonly instances = new Map<string, Instance>()
  token: string | undefined
  #server: Server | undefined
  #port = 0
  #index = 10
  #waiting = new Set<() => void>()

  get address(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<this> {
    this.#server = createServer((request, response) => void this.#answer(request, response))
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  /** As when the process is killed; what was registered stays in `instances`. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    this.#waiting.clear()
  }

  /** As when an agent comes back with an empty state: the index begins anew. */
  forget(): void {
    this.instances.clear()
    this.#index = 1
  }

  put(name: string, port: number, more: Partial<Instance> = {}): void {
    const ID = `${name}-${port}`
    this.instances.set(ID, { ID, Name: name, Address: '127.0.0.1', Port: port, Tags: [], isPassing: true, ...more })
    this.changed()
  }

  remove(id: string): void {
    this.instances.delete(id)
    this.changed()
  }

  changed(): void {
    this.#index++
    for (const wake of [...this.#waiting]) wake()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.address)
    this.requests.push(`${request.method} ${request.url}`)
    if (this.token !== undefined && request.headers['x-consul-token'] !== this.token) return end(response, 403)
    const [, , area, what, ...rest] = url.pathname.split('/')
    const last = decodeURIComponent(rest.join('/'))
    if (area === 'health' && what === 'service') return this.#tellHealth(last, url.searchParams, response)
    if (area !== 'agent') return end(response, 404)
    if (what === 'check') return end(response, this.#pass(last.replace('pass/service:', '')) ? 200 : 404)
    if (last === 'register') {
      const body = JSON.parse(await readBody(request)) as Instance
      this.instances.set(body.ID, { ...body, Tags: body.Tags ?? [], isPassing: body.Check?.['Status'] === 'passing' })
      this.changed()
      return end(response, 200)
    }
    if (last.startsWith('deregister/')) {
      this.remove(last.slice('deregister/'.length))
      return end(response, 200)
    }
    end(response, this.instances.has(last) ? 200 : 404, {})
  }

  #pass(id: string): boolean {
    const found = this.instances.get(id)
    if (found && !found.isPassing) {
      found.isPassing = true
      this.changed()
    }
    return found !== undefined
  }

  #tellHealth(name: string, query: URLSearchParams, response: ServerResponse): void {
    const tell = () => {
      clearTimeout(timer)
      this.#waiting.delete(tell)
      const found = [...this.instances.values()].filter(
        ({ Name, Tags, isPassing }) =>
          Name === name &&
          (isPassing || !query.has('passing')) &&
          (!query.has('tag') || Tags.includes(query.get('tag')!)),
      )
      const body = found.map(({ ID, Name, Address, Port, Tags, Meta = {}, Weights = { Passing: 1, Warning: 1 } }) => ({
        Node: { Node: 'n1', Address: '127.0.0.1', Datacenter: query.get('dc') ?? 'dc1' },
        Service: { ID, Service: Name, Address, Port, Tags, Meta, Weights },
        Checks: [],
      }))
      response.setHeader('x-consul-index', String(this.#index))
      end(response, 200, body)
    }
    const seconds = Number(/^(\d+)s$/.exec(query.get('wait') ?? '')?.[1] ?? 300)
    const timer = setTimeout(tell, seconds * 1000)
    timer.unref()
    // An index of the future is of another life: it does not block.
    if (Number(query.get('index') ?? 0) === this.#index) this.#waiting.add(tell)
    else tell()
  }
}

function end(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? '' : JSON.stringify(body))
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
