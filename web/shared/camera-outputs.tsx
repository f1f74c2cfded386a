import type { CameraView, ControlView, OutputView, RequestHandle } from '../../src/client/index.ts';
import { useTexts } from './i18n.tsx';
import type { LiveDesk } from './live-desk.ts';
import { deedText, isDangerous, isHeld, leftOutputs, outputState, stateText } from './outputs.ts';
import { useStore } from './store.ts';

export interface CameraOutputsProps {
  readonly desk: LiveDesk;
  readonly camera: CameraView;
  /** What it is asked for; required for a control room. */
  readonly incident?: string;
  readonly onState: (handle: RequestHandle) => void;
}

/** What hangs on a camera and how it is now, with a button for each thing that can be done with it. */
export function CameraOutputs(props: CameraOutputsProps) {
  const { desk, camera, incident, onState } = props;
  const texts = useTexts();
  const { controls } = useStore(desk.atDesk);
  const { state } = useStore(desk.connection);
  const control = state === 'open' ? (controls.get(camera.id) ?? FREE) : undefined;
  const left = leftOutputs(camera, control);
  const { outputs = [] } = camera;
  if (outputs.length + left.length === 0) return null;
  const within = incident === undefined ? {} : { incident };
  const set = (output: string, on: boolean) =>
    desk.client.request({
      ...{ action: 'relay.set', camera: camera.id, args: { output, on } },
      ...within,
      onState,
    });
  return (
    <fieldset class="outputs" data-testid="outputs">
      <legend>{texts.outputs.title}</legend>
      {outputs.map((output) => (
        <Output
          key={output.id}
          output={output}
          control={control}
          onSet={(on) => set(output.id, on)}
        />
      ))}
      {left.map((id) => (
        <p key={id} class="output-warning" data-testid={`output-left-${id}`}>
          {texts.outputs.left(id)}
        </p>
      ))}
    </fieldset>
  );
}

/** As of a camera of which the gateway told nothing. */
const FREE: ControlView = { holder: null };

interface OutputProps {
  readonly output: OutputView;
  readonly control: ControlView | undefined;
  readonly onSet: (on: boolean) => void;
}

function Output({ output, control, onSet }: OutputProps) {
  const texts = useTexts();
  const { id, only } = output;
  const state = outputState(id, control);
  const told = control?.on?.find((each) => each.output === id);
  const ways = isHeld(output) ? [true, false] : [true];
  return (
    <div class={`output ${state}`} data-testid={`output-${id}`} data-state={state}>
      {ways
        .filter((on) => only === undefined || only === (on ? 'on' : 'off'))
        .map((on) => (
          <OutputButton
            key={String(on)}
            output={output}
            on={on}
            isSo={state === (on ? 'on' : 'off')}
            onPress={() => onSet(on)}
          />
        ))}
      <span class="output-state" role="status">
        <span class="visually-hidden">{texts.outputs.name(output.name)}: </span>
        {stateText(output, state, texts)}
      </span>
      {state === 'unsure' && (
        <p class="output-warning">{texts.outputs.unsureHint(told?.error ?? '')}</p>
      )}
    </div>
  );
}

interface OutputButtonProps {
  readonly output: OutputView;
  readonly on: boolean;
  /** It is as this button would make it. */
  readonly isSo: boolean;
  readonly onPress: () => void;
}

/** One click does it, so its label says what; a key that is held does it once. */
function OutputButton({ output, on, isSo, onPress }: OutputButtonProps) {
  const texts = useTexts();
  const held = isHeld(output);
  // Pressed again while it is pressed, the drive of a gate would stop half way.
  const isPressed = !held && isSo;
  return (
    <button
      type="button"
      class={on && isDangerous(output) ? 'danger' : ''}
      data-testid={`output-${output.id}-${on ? 'on' : 'off'}`}
      aria-pressed={held ? isSo : undefined}
      aria-disabled={isPressed}
      onKeyDown={(event) => {
        if (event.repeat) event.preventDefault();
      }}
      onClick={() => {
        if (!isPressed) onPress();
      }}
    >
      {deedText(output, on, texts)}
    </button>
  );
}
