/** Node's TLS, loaded when a listener first speaks it: `server/http/node-http.ts` says why not by `import`. */
export const nodeTls = () => process.getBuiltinModule('node:tls')
export const nodeHttps = () => process.getBuiltinModule('node:https')
export const nodeCrypto = () => process.getBuiltinModule('node:crypto')
