import { useEffect, useState } from 'react';

interface Tip {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly below: boolean;
}

const DELAY_MS = 250;
const ROOM_ABOVE_PX = 60;
const MARGIN_PX = 120;

/**
 * One tooltip for the whole page: whatever carries `data-tip` shows it on hover and on keyboard focus, `data-focus-tip`
 * on keyboard focus alone (a link that covers its row would show it all over). A list of a
 * thousand rows would make several thousand tooltip components otherwise. Esc hides it.
 */
export function TipLayer() {
  const [tip, setTip] = useState<Tip | null>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => {
      clearTimeout(timer);
      setTip(null);
    };
    const show = (target: EventTarget | null, selector: string, delayMs: number) => {
      const owner = target instanceof Element ? target.closest<HTMLElement>(selector) : null;
      hide();
      if (owner !== null) timer = setTimeout(() => setTip(tipOf(owner)), delayMs);
    };
    const onOver = ({ target }: PointerEvent) => show(target, '[data-tip]', DELAY_MS);
    const onFocus = ({ target }: FocusEvent) => {
      if (target instanceof Element && target.matches(':focus-visible'))
        show(target, '[data-tip], [data-focus-tip]', 0);
    };
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') hide();
    };
    document.addEventListener('pointerover', onOver);
    document.addEventListener('focusin', onFocus);
    document.addEventListener('focusout', hide);
    document.addEventListener('keydown', onKey, true);
    document.addEventListener('scroll', hide, true);
    return () => {
      hide();
      document.removeEventListener('pointerover', onOver);
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('keydown', onKey, true);
      document.removeEventListener('scroll', hide, true);
    };
  }, []);

  if (tip === null) return null;
  const { text, left, top, below } = tip;
  return (
    <div className={below ? 'tip below' : 'tip'} style={{ left, top }} role="tooltip">
      {text}
    </div>
  );
}

function tipOf(owner: HTMLElement): Tip | null {
  const text = owner.dataset.tip ?? owner.dataset.focusTip ?? '';
  if (!owner.isConnected || text === '') return null;
  const box = owner.getBoundingClientRect();
  const below = box.top < ROOM_ABOVE_PX;
  const middle = box.left + Math.min(box.width, 240) / 2;
  const left = Math.min(Math.max(middle, MARGIN_PX), Math.max(MARGIN_PX, innerWidth - MARGIN_PX));
  return { text, left, top: below ? box.bottom + 6 : box.top - 6, below };
}
