import type { DemoService } from '../http/service.ts'

/** The six backends, the issuer, and their ports above the port base (9000). Loaded by name: each process holds only its own. */
export const demoServices = {
  content: { offset: 1, load: async (): Promise<DemoService> => (await import('./content.ts')).content },
  catalog: { offset: 2, load: async (): Promise<DemoService> => (await import('./catalog.ts')).catalog },
  users: { offset: 3, load: async (): Promise<DemoService> => (await import('./users.ts')).users },
  reco: { offset: 4, load: async (): Promise<DemoService> => (await import('./reco.ts')).reco },
  pricing: { offset: 5, load: async (): Promise<DemoService> => (await import('./pricing.ts')).pricing },
  brands: { offset: 6, load: async (): Promise<DemoService> => (await import('./brands.ts')).brands },
  issuer: { offset: 7, load: async (): Promise<DemoService> => (await import('./issuer.ts')).issuer },
} as const

export type DemoServiceName = keyof typeof demoServices

export const demoServiceNames = Object.keys(demoServices) as DemoServiceName[]
