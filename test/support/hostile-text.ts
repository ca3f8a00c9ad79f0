import fc from 'fast-check';

/** Pieces that some platform gives a meaning, and what people write around them. */
const PIECES = [
  ...'*_~`<>&@#|[]()!:;,.\\-+=\'"$%^{}/? \n\t1aZ0',
  ...['**', '__', '~~', '||', '```', '***', '---', '===', '~~~', '    ', '\n\n', '\r\n', '\r', '  \n'],
  ...['# ', '## ', '-# ', '> ', '>>> ', '- ', '+ ', '1. ', '2) ', '- [x] ', '| a |\n|---|\n', '[a]: x\n'],
  ...['*a*', '_a_', '**b**', '__b__', '~~c~~', '||d||', '`e`', '$x$', '[a](https://x.test)', '![a](b)'],
  ...['@all', '@here', '@everyone', '@channel', '@bob', '@13800000000', '＠all', '@所有人', 'a@b.test'],
  ...['<!channel>', '<!here>', '<!everyone>', '<!subteam^S1>', '<!date^1^{date}|x>', '<#C1|x>', '<a|b>'],
  ...['<@U1>', '<@1>', '<@!1>', '<@&1>', '<#1>', '<:a:1>', '<a:b:1>', '<t:1:R>', '</c:1>', '<id:home>'],
  ...[
    '<at user_id="all"></at>',
    '<at user_id="ou_1">Tom</at>',
    '<at id=all></at>',
    '<AT USER_ID=all>',
    '</at>',
  ],
  ...['<abcdefghijklmnopqrstuvwxyz>', '<b>', '<br>', '<font color="info">', '<!--', '-->', '<?x?>'],
  ...[':smile:', ':+1:', ':100:', ':)', ';-)', '<3', '12:30:45', 'std::cout', '~town', '#tag', '$5 '],
  ...['&amp;', '&lt;', '&#42;', '&#x2a;', '&nbsp;', '{"a":1}', 'C:\\a_b\\*', '¯\\_(ツ)_/¯', '%20', '$HOME'],
  ...[' https://x.test/a_b_c', ' http://x.test/*a*', ' https://x.test/?a=1&b=<2>', ' https://x.test/(a)'],
  ...[
    '（https://x.test/_a_）',
    '"https://x.test/~~b~~"',
    '见https://x.test/__c__。',
    'x.test/a_b',
    '10.0.0.1:80/_a_',
  ],
  ...['中', '文', '。', '，', '（', '）', '！', '「', '」', '한', 'ไทย', '١', 'é', 'e\u0301', 'ß', 'ﷺ', '𠮷'],
  ...['😀', '👨‍👩‍👧', '🇨🇳', '👍🏽', '❤️', '1️⃣', 'א', 'שלום', '\u202e', '\u202c', '\u200f', '\u061c'],
  ...[
    '\u200b',
    '\u200d',
    '\u2060',
    '\ufeff',
    '\u3000',
    '\u2003',
    '\u2028',
    '\u00ad',
    '\u0007',
    '\ue000',
    '\uf8ff',
  ],
];

/** As the API takes a message: no NUL, no lone surrogate, something to see in it. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;
const asAccepted = (text: fc.Arbitrary<string>) =>
  text.map((any) => any.replaceAll('\0', '')).filter((any) => VISIBLE.test(any));

const pieces = (maxLength: number) =>
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength }).map((all) => all.join(''));

/** A short message: any Unicode, and more often than not full of markup. */
export const hostileText: fc.Arbitrary<string> = asAccepted(
  fc.oneof(
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 60 }) },
    { weight: 4, arbitrary: pieces(14) },
  ),
);

/** A message of about `length` UTF-16 units: some hostile lines again and again, each with its number. */
export function longText(length: number): fc.Arbitrary<string> {
  return asAccepted(fc.oneof(pieces(30), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }))).map(
    (line) => {
      let text = '';
      for (let n = 1; text.length < length; n++) text += `${line}${n}`;
      return text;
    },
  );
}
