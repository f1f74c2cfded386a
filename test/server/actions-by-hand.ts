import type { Side } from '../../src/access/caller.ts';
import type { Action } from '../../src/access/permissions.ts';

/**
 * What each route is, kept apart from the routes and held against what permissions.md says: one that names the action of something lesser is
 * open to whoever may do that. Whoever adds a route decides here a second time what it is. Which roles may do
 * what is written out in test/access/permissions.test.ts.
 */
export const ROUTES: Readonly<Record<Side, Readonly<Partial<Record<Action, readonly string[]>>>>> =
  {
    centre: {
      'session.open': [
        'POST /v1/session',
        'GET /v1/session/ways',
        'POST /v1/session/openid',
        'GET /v1/session/openid/callback',
        'POST /v1/session/openid/logout',
        'GET /v1/live',
      ],
      'session.use': ['GET /v1/session', 'DELETE /v1/session'],
      'site.read': ['GET /v1/sites'],
      'camera.read': ['GET /v1/cameras', 'GET /v1/cameras/{id}'],
      'camera.steer': [
        'POST /v1/cameras/{id}/ptz',
        'POST /v1/cameras/{id}/outputs',
        'POST /v1/cameras/{id}/release',
      ],
      'control.force': ['POST /v1/cameras/{id}/force-release'],
      'alarm.read': ['GET /v1/alarms', 'GET /v1/alarms/{id}'],
      'alarm.raise': ['POST /v1/alarms'],
      'alarm.handle': [
        'POST /v1/alarms/{id}/look',
        'DELETE /v1/alarms/{id}/look',
        'POST /v1/alarms/{id}/verification',
        'PUT /v1/alarms/{id}/incident',
        'POST /v1/alarms/{id}/end',
      ],
      'incident.read': ['GET /v1/incidents', 'GET /v1/incidents/{id}'],
      'incident.manage': [
        'POST /v1/incidents',
        'PATCH /v1/incidents/{id}',
        'POST /v1/incidents/{id}/close',
        'PUT /v1/incidents/{id}/screen',
        'PUT /v1/incidents/{id}/grants/{controlRoom}',
        'POST /v1/incidents/{id}/grants/{controlRoom}/extend',
        'DELETE /v1/incidents/{id}/grants/{controlRoom}',
        'DELETE /v1/incidents/{id}/grants',
        'PUT /v1/incidents/{id}/offers/{controlRoom}',
        'DELETE /v1/incidents/{id}/offers/{controlRoom}',
        'GET /v1/colleagues',
        'PUT /v1/incidents/{id}/handover',
        'DELETE /v1/incidents/{id}/handover',
        'POST /v1/incidents/{id}/handover/accept',
        'POST /v1/incidents/{id}/handover/decline',
        'PUT /v1/incidents/{id}/steps/{step}',
        'POST /v1/incidents/{id}/images',
        'POST /v1/incidents/{id}/stills',
        'DELETE /v1/incidents/{incident}/images/{image}',
      ],
      'note.write': ['POST /v1/incidents/{id}/notes', 'POST /v1/incidents/{id}/read'],
      'incident.take': ['POST /v1/incidents/{id}/handover/take'],
      'request.read': ['GET /v1/requests'],
      'request.make': ['POST /v1/requests'],
      'request.decide': ['POST /v1/requests/{id}/accept', 'POST /v1/requests/{id}/decline'],
      'journal.read': ['GET /v1/journal', 'GET /v1/journal/head'],
      'report.read': ['GET /v1/incidents/{id}/report'],
      'camera.watch': [
        'GET /v1/cameras/{camera}/live.mp4',
        'GET /v1/cameras/{camera}/snapshot.jpg',
        'GET /v1/cameras/{camera}/live.ws',
      ],
      'demonstration.play': [
        'GET /v1/demonstration',
        'POST /v1/demonstration',
        'DELETE /v1/demonstration',
      ],
      'plan.read': [
        'GET /v1/plans',
        'GET /v1/plans/{id}/content',
        'GET /v1/incidents/{incident}/images/{image}',
      ],
      'plan.manage': [
        'POST /v1/plans',
        'DELETE /v1/plans/{id}',
        'PUT /v1/plans/{id}/cameras/{camera}',
        'DELETE /v1/plans/{id}/cameras/{camera}',
      ],
      'health.read': ['GET /healthz', 'GET /readyz'],
      'metrics.read': ['GET /metrics'],
      'console.load': ['GET /openapi.json', 'GET /', 'GET /assets/*', 'GET /*'],
    },
    police: {
      'session.open': ['POST /v1/session', 'GET /v1/live'],
      'session.use': ['GET /v1/session', 'DELETE /v1/session'],
      'incident.read': ['GET /v1/incidents', 'GET /v1/incidents/{id}', 'GET /v1/offers'],
      'offer.decide': ['POST /v1/offers/{id}/accept', 'POST /v1/offers/{id}/decline'],
      'note.write': ['POST /v1/incidents/{id}/notes', 'POST /v1/incidents/{id}/read'],
      'request.make': ['POST /v1/requests'],
      'camera.watch': [
        'GET /v1/incidents/{incident}/cameras/{camera}/live.mp4',
        'GET /v1/incidents/{incident}/cameras/{camera}/snapshot.jpg',
        'GET /v1/incidents/{incident}/cameras/{camera}/live.ws',
      ],
      'plan.read': [
        'GET /v1/incidents/{incident}/plans/{plan}',
        'GET /v1/incidents/{incident}/images/{image}',
      ],
      'console.load': ['GET /openapi.json', 'GET /', 'GET /assets/*', 'GET /*'],
    },
  };

/** Of the live socket; a request that is a note is `note.write`. */
export const MESSAGES: Readonly<Record<string, Action>> = {
  hello: 'session.use',
  ping: 'session.use',
  watch: 'camera.watch',
  unwatch: 'camera.watch',
  stats: 'camera.watch',
  follow: 'incident.read',
  unfollow: 'incident.read',
  request: 'request.make',
  hold: 'request.make',
  release: 'request.make',
  free: 'request.make',
};
