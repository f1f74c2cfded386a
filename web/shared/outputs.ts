import type { CameraView, ControlView, LiveRequest, OutputView } from '../../src/client/index.ts';
import { inWords, type Reason } from './reasons.ts';
import type { Texts } from './texts-nl.ts';

/** `unsure`: the camera did not confirm what it was told last. `unknown`: there is no word of the gateway. */
export type OutputState = 'on' | 'off' | 'unsure' | 'unknown';

/** @param control what the gateway says of the camera; undefined while it says nothing. */
export function outputState(output: string, control: ControlView | undefined): OutputState {
  if (!control) return 'unknown';
  const on = control.on?.find((each) => each.output === output);
  if (!on) return 'off';
  return on.unsure ? 'unsure' : 'on';
}

/** Identifiers of what may be on and is configured no longer. */
export function leftOutputs(camera: CameraView, control: ControlView | undefined): string[] {
  const ids = (control?.on ?? []).map(({ output }) => output);
  return ids.filter((id) => !camera.outputs?.some((each) => each.id === id));
}

/** It stays as it is switched; what does not is on for a moment. */
export function isHeld({ pulseMs }: OutputView): boolean {
  return pulseMs === undefined;
}

/** Worth the colour of danger: people hear it, or are in its way. */
export function isDangerous({ kind }: OutputView): boolean {
  return kind === 'siren' || kind === 'gate';
}

/** What is done with it, for a button: `Sirene aan`, `Poort bedienen`. */
export function deedText(output: OutputView, on: boolean, { outputs: texts }: Texts): string {
  const name = texts.name(output.name);
  const isGate = output.kind === 'gate';
  if (on && !isHeld(output)) return isGate ? texts.press(name) : texts.pulse(name);
  if (isGate && isHeld(output)) return on ? texts.open(name) : texts.close(name);
  return on ? texts.on(name) : texts.off(name);
}

/** How it is, in a word. */
export function stateText(output: OutputView, state: OutputState, { outputs }: Texts): string {
  const { states } = outputs;
  if (output.kind !== 'gate' || !isHeld(output)) return states[state];
  return { ...states, on: states.open, off: states.closed }[state];
}

/** What is asked: `Sirene aan (Winkel)`. One that is not there any more goes by its identifier. */
export function switchingText(
  { args }: Pick<LiveRequest, 'args'>,
  camera: CameraView | undefined,
  texts: Texts,
): string {
  const id = String(args['output']);
  const known = camera?.outputs?.find((output) => output.id === id);
  const output: OutputView = known ?? { id, kind: 'other', name: { nl: id, en: id } };
  const deed = deedText(output, args['on'] === true, texts);
  return camera ? texts.outputs.at(deed, camera.name) : deed;
}

/** Why a request came to nothing; of what is switched in words of its own. */
export function refusalText(
  { action }: Pick<LiveRequest, 'action'>,
  reason: Reason,
  texts: Texts,
): string {
  const isTaken = action === 'relay.set' && reason.code === 'control-taken';
  return isTaken ? texts.outputs.taken : inWords(reason, texts);
}

/** How far a request is: what is switched does not move, nor does what is only held. */
export function progressText(
  { action, state }: Pick<LiveRequest, 'action' | 'state'>,
  texts: Texts,
): string {
  if (action === 'ptz.take' && state === 'running') return texts.hands.running;
  const isOn = action === 'relay.set' && state === 'running';
  return isOn ? texts.outputs.running : texts.states[state];
}
