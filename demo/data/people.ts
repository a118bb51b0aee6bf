/** Who may sign in at the demo's issuer, and what it says of them. */
export const people = [
  { sub: 'u1001', name: 'Mei Lin', about: 'works at the support desk', roles: ['support'] },
  { sub: 'u1002', name: 'Jun Chen', about: 'has an account, and no more', roles: [] },
] as const

/** Programs that ask for tokens of their own. */
export const machines = [{ id: 'reports', secret: 'demo', roles: ['support'] }] as const

/** The gateway, as the issuer knows it. */
export const gateway = { id: 'tessera-demo', secret: 'demo', callback: '/-/auth/callback' } as const

/** For whom tokens of machines are. */
export const audience = 'demo'
