import type { Reducers } from './state.ts';
import type { viewingEvents } from './viewing-events.ts';

export const viewingReducers: Reducers<keyof typeof viewingEvents> = {
  'viewing.started': (_, { data: { viewing: id, camera }, incident, actor }) => ({
    viewing: { id, camera, incident, actor },
  }),
  'viewing.ended': (_, { data }) => ({ viewingEnded: data.viewing }),
};
