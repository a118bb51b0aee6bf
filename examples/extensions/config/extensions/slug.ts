import { defineFunction } from 'tessera'

export const slug = defineFunction({
  name: 'slug',
  form: 'method',
  takes: ['string'],
  gives: 'string',
  summary: 'A text as a part of a URL.',
  example: "'Green Tea'.slug() == 'green-tea'",
  call: (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
})
