import { useEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from './i18n.tsx';
import { STILL, type Vector } from './steering.ts';

export interface JoystickProps {
  readonly axes: { readonly panTilt: boolean; readonly zoom: boolean };
  /** Called at every change; all zero when let go of. */
  readonly onSteer: (vector: Vector) => void;
}

/** Closer to the middle than this is nothing. */
const DEAD_ZONE = 0.15;
/** Speed of keys and zoom buttons; dragging gives any speed. */
const KEY_SPEED = 0.5;

const KEYS: Readonly<Record<string, Vector>> = {
  ArrowLeft: { ...STILL, pan: -KEY_SPEED },
  ArrowRight: { ...STILL, pan: KEY_SPEED },
  ArrowUp: { ...STILL, tilt: KEY_SPEED },
  ArrowDown: { ...STILL, tilt: -KEY_SPEED },
  '+': { ...STILL, zoom: KEY_SPEED },
  '=': { ...STILL, zoom: KEY_SPEED },
  '-': { ...STILL, zoom: -KEY_SPEED },
};

/**
 * A stick to drag and zoom buttons to hold. Whatever takes the hand off it lets go: the pointer
 * lifted or taken away, the focus or the window lost, the page hidden, the element removed.
 */
export function Joystick({ axes, onSteer }: JoystickProps) {
  const texts = useTexts();
  const [stick, setStick] = useState({ x: 0, y: 0 });
  const keys = useRef(new Map<string, Vector>());
  const steer = useRef(onSteer);
  steer.current = onSteer;
  const letGo = () => {
    keys.current.clear();
    setStick({ x: 0, y: 0 });
    steer.current(STILL);
  };
  useLettingGo(letGo);

  const drag = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const position = withinUnit(
      ((event.clientX - left) / width) * 2 - 1,
      ((event.clientY - top) / height) * 2 - 1,
    );
    setStick(position);
    const { x, y } = Math.hypot(position.x, position.y) < DEAD_ZONE ? { x: 0, y: 0 } : position;
    steer.current({ pan: x, tilt: -y || 0, zoom: 0 });
  };
  const key = (event: KeyboardEvent, down: boolean) => {
    const vector = KEYS[event.key];
    if (!vector) return;
    event.preventDefault();
    if (down === keys.current.has(event.key)) return;
    if (down) keys.current.set(event.key, vector);
    else keys.current.delete(event.key);
    const sum = [...keys.current.values()].reduce(add, STILL);
    setStick({ x: sum.pan, y: -sum.tilt });
    steer.current(sum);
  };
  return (
    <div class="joystick">
      {axes.panTilt && (
        <button
          type="button"
          class="stick-area"
          data-testid="joystick"
          aria-label={texts.joystick}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            drag(event);
          }}
          onPointerMove={(event) => {
            if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(event);
          }}
          onPointerUp={letGo}
          onPointerCancel={letGo}
          onLostPointerCapture={letGo}
          onBlur={letGo}
          onKeyDown={(event) => key(event, true)}
          onKeyUp={(event) => key(event, false)}
          onContextMenu={(event) => event.preventDefault()}
        >
          <span class="stick-arrows" aria-hidden="true" />
          <span
            class="stick"
            aria-hidden="true"
            style={{ transform: `translate(${stick.x * 110}%, ${stick.y * 110}%)` }}
          />
        </button>
      )}
      {axes.zoom && (
        <div class="zoom">
          <HoldButton
            label={texts.zoomIn}
            sign="+"
            onHold={(held) => steer.current({ ...STILL, zoom: held ? KEY_SPEED : 0 })}
          />
          <HoldButton
            label={texts.zoomOut}
            sign="−"
            onHold={(held) => steer.current({ ...STILL, zoom: held ? -KEY_SPEED : 0 })}
          />
        </div>
      )}
    </div>
  );
}

/** A button that counts while it is down, by pointer or by key. */
function HoldButton(props: { label: string; sign: string; onHold: (held: boolean) => void }) {
  const held = useRef(false);
  const hold = (now: boolean) => {
    if (held.current === now) return;
    held.current = now;
    props.onHold(now);
  };
  const isPress = (event: KeyboardEvent) => event.key === ' ' || event.key === 'Enter';
  return (
    <button
      type="button"
      class="zoom-button"
      aria-label={props.label}
      title={props.label}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        hold(true);
      }}
      onPointerUp={() => hold(false)}
      onPointerCancel={() => hold(false)}
      onLostPointerCapture={() => hold(false)}
      onBlur={() => hold(false)}
      onKeyDown={(event) => isPress(event) && hold(true)}
      onKeyUp={(event) => isPress(event) && hold(false)}
      onContextMenu={(event) => event.preventDefault()}
    >
      {props.sign}
    </button>
  );
}

/** The window loses the focus, the page is hidden or left, or the joystick goes away. */
function useLettingGo(letGo: () => void): void {
  const current = useRef(letGo);
  current.current = letGo;
  useEffect(() => {
    const now = () => current.current();
    window.addEventListener('blur', now);
    window.addEventListener('pagehide', now);
    document.addEventListener('visibilitychange', now);
    return () => {
      window.removeEventListener('blur', now);
      window.removeEventListener('pagehide', now);
      document.removeEventListener('visibilitychange', now);
      now();
    };
  }, []);
}

function withinUnit(x: number, y: number): { x: number; y: number } {
  const length = Math.max(1, Math.hypot(x, y));
  return { x: x / length, y: y / length };
}

function add(a: Vector, b: Vector): Vector {
  return { pan: a.pan + b.pan, tilt: a.tilt + b.tilt, zoom: a.zoom + b.zoom };
}
