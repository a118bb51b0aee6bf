import { defineDiscovery, z } from 'tessera'

export const listed = defineDiscovery({
  name: 'listed',
  summary: 'A text that lists URLs, as a variable may have it',
  shape: z.string().transform((text) => ({ urls: text.split(',') })),
  describe: ({ urls }) => `${urls.length} URLs`,
  async follow({ urls }, search) {
    search.found(urls.map((url) => ({ url: url.trim(), weight: 1, zone: undefined })))
    await search.pause(3_600_000)
  },
})
