/** What a person writes in a piece. The rest of a piece is about its syncing. */
export const CONTENT = [
  'title',
  'category',
  'lyrics',
  'language',
  'englishTranslation',
  'author',
  'sourceUrl',
  'notes',
  'includeInPractice',
  'isFavorite',
] as const;
export type ContentField = (typeof CONTENT)[number];
