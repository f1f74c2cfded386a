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
  const hand = useHand(onSteer);
  const zoom = (speed: number) => (held: boolean) => onSteer({ ...STILL, zoom: held ? speed : 0 });
  return (
    <div class="joystick">
      {axes.panTilt && <StickArea hand={hand} label={texts.joystick} />}
      {axes.zoom && (
        <div class="zoom">
          <HoldButton label={texts.zoomIn} sign="+" onHold={zoom(KEY_SPEED)} />
          <HoldButton label={texts.zoomOut} sign="−" onHold={zoom(-KEY_SPEED)} />
        </div>
      )}
    </div>
  );
}

type StickEvent = PointerEvent & { readonly currentTarget: HTMLElement };

function StickArea({ hand, label }: { hand: ReturnType<typeof useHand>; label: string }) {
  const { stick } = hand;
  return (
    <button
      type="button"
      class="stick-area"
      data-testid="joystick"
      aria-label={label}
      onPointerDown={hand.grasp}
      onPointerMove={hand.drag}
      onPointerUp={hand.letGo}
      onPointerCancel={hand.letGo}
      onLostPointerCapture={hand.letGo}
      onBlur={hand.letGo}
      onKeyDown={hand.keyDown}
      onKeyUp={hand.keyUp}
      onContextMenu={(event) => event.preventDefault()}
    >
      <span class="stick-arrows" aria-hidden="true" />
      <span
        class="stick"
        aria-hidden="true"
        style={{ transform: `translate(${stick.x * 110}%, ${stick.y * 110}%)` }}
      />
    </button>
  );
}

/** The hand on the stick, by pointer or by keys: once let go, only a new press moves again. */
function useHand(onSteer: (vector: Vector) => void) {
  const [stick, setStick] = useState({ x: 0, y: 0 });
  const pointer = useRef<number | undefined>(undefined);
  const steer = useRef(onSteer);
  steer.current = onSteer;
  const keys = useKeys((sum) => {
    setStick({ x: sum.pan, y: -sum.tilt });
    steer.current(sum);
  });
  const letGo = () => {
    pointer.current = undefined;
    keys.forget();
    setStick({ x: 0, y: 0 });
    steer.current(STILL);
  };
  useLettingGo(letGo);
  const drag = (event: StickEvent) => {
    if (pointer.current !== event.pointerId) return;
    const position = positionOn(event);
    setStick(position);
    const { x, y } = Math.hypot(position.x, position.y) < DEAD_ZONE ? { x: 0, y: 0 } : position;
    steer.current({ pan: x, tilt: -y || 0, zoom: 0 });
  };
  const grasp = (event: StickEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    pointer.current = event.pointerId;
    drag(event);
  };
  return { stick, letGo, drag, grasp, keyDown: keys.down, keyUp: keys.up };
}

/**
 * The keys that are down, by where they are on the keyboard: what a key says changes under the hand
 * (`+` is lifted as `=` when Shift went first).
 */
function useKeys(onChange: (sum: Vector) => void) {
  const held = useRef(new Map<string, Vector>());
  const changed = () => onChange([...held.current.values()].reduce(add, STILL));
  return {
    down(event: KeyboardEvent): void {
      const vector = KEYS[event.key];
      if (!vector) return;
      event.preventDefault();
      if (event.repeat || held.current.has(event.code)) return;
      held.current.set(event.code, vector);
      changed();
    },
    up(event: KeyboardEvent): void {
      if (held.current.delete(event.code)) changed();
    },
    forget: () => held.current.clear(),
  };
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

/** Where on the stick's area, −1…1 to the right and down, at most 1 from the middle. */
function positionOn({ currentTarget, clientX, clientY }: StickEvent) {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  return withinUnit(((clientX - left) / width) * 2 - 1, ((clientY - top) / height) * 2 - 1);
}

function withinUnit(x: number, y: number): { x: number; y: number } {
  const length = Math.max(1, Math.hypot(x, y));
  return { x: x / length, y: y / length };
}

function add(a: Vector, b: Vector): Vector {
  return { pan: a.pan + b.pan, tilt: a.tilt + b.tilt, zoom: a.zoom + b.zoom };
}
