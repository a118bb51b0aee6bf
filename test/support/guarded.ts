import type { GatewayOptions } from '../../src/server/gateway.ts'
import { type Files, startGateway } from './gateway.ts'
import type { Issuer } from './issuer.ts'

/** Says who asks. */
export const whoRoute = `
match: GET /who
in: { user.id: claims.sub }
response: { body: { user: $.user.id, scheme: $.auth.scheme } }
`

/** A gateway with a scheme `user`, which every route asks for. */
export async function startGuarded(
  issuer: Pick<Issuer, 'jwt'>,
  files: Files = {},
  options: Partial<GatewayOptions> = {},
) {
  const running = await startGateway(
    {
      gateway: `auth: { user: ${issuer.jwt} }\ndefaults: { timeout: 5s, auth: user }`,
      'routes/who': whoRoute,
      ...files,
    },
    options,
  )
  const ask = async (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) => {
    const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, { ...init, headers })
    const text = await answer.text()
    const body = /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text
    return { status: answer.status, headers: answer.headers, body }
  }
  return { ...running, ask, askWith: (token: string, path = '/who') => ask(path, bearer(token)) }
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
