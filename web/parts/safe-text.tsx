import { useId, useState } from 'react';
import { useTexts } from '../preferences.ts';
import { splitAtHits, visiblePieces } from '../visible-text.ts';

interface SafeTextProps {
  readonly text: string;
  /** What was searched for: each hit is marked. */
  readonly find?: string;
}

/** A text of somebody else, as text: set apart from the direction of what is around it, and nothing in it hidden. */
export function SafeText({ text, find = '' }: SafeTextProps) {
  return (
    <bdi>
      {splitAtHits(text, find).map((piece) =>
        piece.isHit ? (
          <mark key={piece.at}>
            <Visible text={piece.text} />
          </mark>
        ) : (
          <Visible key={piece.at} text={piece.text} />
        ),
      )}
    </bdi>
  );
}

function Visible({ text }: { readonly text: string }) {
  let offset = 0;
  return visiblePieces(text).map((piece) => {
    const key = offset;
    offset += piece.text.length;
    if (piece.kind === 'text') return piece.text;
    return (
      <span key={key} className="hidden-mark">
        {piece.text}
      </span>
    );
  });
}

interface LongTextProps {
  readonly text: string;
  /** Shown before it must be unfolded. */
  readonly maxLength?: number;
  readonly code?: boolean;
  readonly label?: string;
  /** What was searched for. */
  readonly find?: string;
}

/** A text of any length with its lines kept; a long one is folded, unless its first hit is in what the fold hides. */
export function LongText({ text, maxLength = 1_500, code = false, label, find = '' }: LongTextProps) {
  const t = useTexts();
  const id = useId();
  const [open, setOpen] = useState(find !== '' && text.indexOf(find) + find.length > maxLength);
  const isLong = text.length > maxLength;
  const shown = isLong && !open ? text.slice(0, maxLength).replace(/\p{Surrogate}$/u, '') : text;
  return (
    <div className={code ? 'long-text code' : 'long-text'}>
      <pre id={id} {...(label === undefined ? {} : { 'aria-label': label, role: 'group' })}>
        <SafeText text={shown} find={find} />
        {isLong && !open && '…'}
      </pre>
      {isLong && (
        <button
          type="button"
          className="quiet"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {open ? t.fold : t.showAll}
        </button>
      )}
    </div>
  );
}
