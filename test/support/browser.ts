import { request as sendRequest } from 'node:http'

/** An answer, and the URL that it is shown for. */
export interface Shown {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly url: string
}

/** A browser as far as cookies and redirects go. (`fetch` says by itself that it is a script's request.) */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #host: string

  /** @param origin of which it keeps cookies; of others it has none */
  constructor(origin: string) {
    this.#host = new URL(origin).host
  }

  /** One request, as a person's window sends it unless told otherwise. */
  send(url: string, headers: Record<string, string> = navigation, method = 'GET'): Promise<Shown> {
    const isOurs = new URL(url).host === this.#host
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const sent = { ...headers, ...(isOurs && cookie !== '' && { cookie }) }
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url)
      // As it is: `URL` would tidy the path up.
      const path = url.slice(url.indexOf('/', 'https://'.length))
      const request = sendRequest({ hostname, port, path, method, headers: sent, agent: false }, async (response) => {
        let text = ''
        for await (const piece of response.setEncoding('utf8')) text += piece
        const got = new Headers()
        for (const [name, values] of Object.entries(response.headersDistinct))
          for (const value of values ?? []) got.append(name, value)
        if (isOurs) for (const set of got.getSetCookie()) this.#keep(set)
        resolve({ status: response.statusCode!, headers: got, text, url })
      })
      request.once('error', reject)
      request.end()
    })
  }

  /** Follows redirects to their end. */
  async open(url: string): Promise<Shown> {
    let at = url
    for (let hops = 0; hops < 10; hops++) {
      const answer = await this.send(at)
      const location = answer.headers.get('location')
      if (answer.status < 300 || answer.status >= 400 || location === null) return answer
      at = new URL(location, at).href
    }
    throw new Error(`too many redirects, at last to ${at}`)
  }

  #keep(text: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
    if (/;\s*max-age=0/i.test(text)) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

export const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none', accept: 'text/html,*/*;q=0.8' }
