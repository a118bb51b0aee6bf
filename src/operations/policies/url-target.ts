import type { ServiceTarget } from '../../calls/service-target.ts'
import { roundRobin } from '../../endpoints/balancers/round-robin.ts'

/** A URL that no service is behind, as one. */
export function urlTarget(name: string, url: string, budgetHeader: string | undefined): ServiceTarget {
  const endpoints = [{ url, weight: 1, zone: undefined }]
  return { name, endpoints, balance: roundRobin, budgetHeader, key: JSON.stringify([name, endpoints]) }
}
