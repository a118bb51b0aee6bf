import { describe, expect, test } from '@jest/globals'
import { correctRoutes } from './support/correct-routes.ts'
import { complaintsAbout } from './support/page.ts'

describe('a correct route', () => {
  test.each(Object.entries(correctRoutes))('%s', (_, route) => {
    expect(complaintsAbout(route)).toEqual([])
  })
})
