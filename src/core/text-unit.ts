/** What a platform counts in a text: bytes of UTF-8, Unicode code points, or UTF-16 units as JavaScript counts them. */
export const TEXT_UNITS = ['bytes', 'code_points', 'utf16_units'] as const;
export type TextUnit = (typeof TEXT_UNITS)[number];
