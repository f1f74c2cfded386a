import { type CameraEvent, stateOf } from '../../cameras/events.ts';
import type { OnvifRule } from '../../config/alarm-sources.ts';
import type { Config } from '../../config/schema.ts';
import { builtInRules } from './onvif-topics.ts';

type CameraAlarms = Config['cameras'][number]['alarms'];

/** What holds for a camera, in the order in which it is asked: its own, those for all, those that are on. */
export function rulesFor(camera: CameraAlarms, all: Config['alarms']['onvif']): OnvifRule[] {
  return [...camera.rules, ...all.rules, ...builtInRules(camera.on ?? all.on)];
}

/** The first rule that this event is of. */
export function ruleFor(event: CameraEvent, rules: readonly OnvifRule[]): OnvifRule | undefined {
  return rules.find(({ topic, match }) => isOf(event.topic, topic) && agrees(event, match));
}

/**
 * Whether it is an alarm, or over; undefined for what happens without a state. Numbers count as a state
 * only where the camera says that it is one: an object may have the number 0.
 */
export function isActive(event: CameraEvent, rule: OnvifRule): boolean | undefined {
  const inWords = ({ data }: CameraEvent) => [...data].filter(([, value]) => !/^\d+$/.test(value));
  const told = event.operation ? event : { ...event, data: new Map(inWords(event)) };
  const state = stateOf(told);
  return state === undefined ? undefined : state === rule.when;
}

function isOf(topic: string, wanted: string): boolean {
  if (!wanted.endsWith('/*')) return topic === wanted;
  return topic.startsWith(wanted.slice(0, -1));
}

function agrees({ source, data }: CameraEvent, match: OnvifRule['match']): boolean {
  return Object.entries(match).every(
    ([name, value]) => source.get(name) === value || data.get(name) === value,
  );
}
