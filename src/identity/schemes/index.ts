import { apiKey } from './api-key/api-key.ts'
import { basic } from './basic/basic.ts'
import { forward } from './forward/forward.ts'
import { introspect } from './introspect/introspect.ts'
import { jwt } from './jwt/jwt.ts'
import { mtls } from './mtls/mtls.ts'
import { oidc } from './oidc/oidc.ts'

/** Every way to find out who asks. A new one is a folder beside these and a line here. */
export const schemeKinds = [jwt, apiKey, introspect, basic, mtls, forward, oidc] as const
