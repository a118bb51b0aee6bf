import { defineScheme } from '../../scheme.ts'
import { jwtShape } from '../jwt/shape.ts'
import { openJwt } from '../jwt/verifier.ts'
import { sessionCookie } from './cookies.ts'
import { openSignIn } from './oidc-sign-in.ts'
import { Sessions } from './sessions.ts'
import { oidcShape } from './shape.ts'

/** People who sign in at an issuer, and whose browsers keep a session. */
export const oidc = defineScheme({
  name: 'oidc',
  example:
    "staff: { oidc: { issuer: 'https://id.example.com/', clientId: tessera, cookieKeys: ['${file:cookie-key}'] } }",
  shape: oidcShape,
  challenge: 'Cookie',
  signsIn: true,
  places: (_, scheme) => [{ in: 'cookie', name: sessionCookie(scheme) }],
  caption: ({ issuer }) => `people who sign in at ${issuer}`,
  open(settings, parts) {
    const sessions = new Sessions(settings, parts)
    const { issuer, clientId: audience, algorithms, clockSkew, refresh } = settings
    // What an issuer says of somebody at the end of a sign-in is believed as any token of it is.
    const believed = jwtShape.parse({ issuer, audience, required: ['sub', 'iat'] })
    const tokens = openJwt({ ...believed, algorithms, clockSkew, refresh }, parts)
    return {
      verify: (cookie) => sessions.verify(cookie),
      signIn: openSignIn(settings, { ...parts, publicUrl: parts.publicUrl! }, sessions, (token) =>
        tokens.verify(token),
      ),
      close: () => tokens.close?.(),
    }
  },
})
