import * as z from 'zod'
import { liveText, secretMembers } from '../../binding/scalars.ts'

/** Where a registry is: an origin, maybe with a path. */
export function registryAddress(fallback: string) {
  return z
    .string()
    .refine(isOrigin, 'a registry is an http or https origin, maybe with a path: no credentials, query or fragment')
    .default(fallback)
}

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return false
  return url.username === '' && url.password === '' && url.search === '' && url.hash === ''
}

const live = (text: z.ZodString) => liveText(text).optional()

const token = secretMembers({
  token: live(
    z
      .string()
      .refine((text) => !/[^\t\x20-\x7e]/.test(text), 'a token is sent in a header: it has visible characters only'),
  ).describe('Sent with every question; from a file or the environment, not written here.'),
})

/** What Consul and etcd are asked with, to find or to register. */
export const consulKeys = {
  address: registryAddress('http://127.0.0.1:8500').describe('Where an agent listens.'),
  ...token,
}

export const etcdKeys = {
  address: registryAddress('http://127.0.0.1:2379').describe('Where a member listens.'),
  user: z.string().optional().describe('Where etcd asks for one.'),
  ...secretMembers({
    password: live(z.string()).describe('Of the user; from a file or the environment, not written here.'),
  }),
  prefix: z
    .string()
    .min(1)
    // `/services/reco` is not to take `/services/recommend`.
    .transform((prefix) => (/[\p{L}\p{N}]$/u.test(prefix) ? `${prefix}/` : prefix))
    .describe('Every key below it is an endpoint; `/services/reco` is `/services/reco/`.'),
}
