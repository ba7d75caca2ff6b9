// Plays the story: the first act by its timetable, all of it within two minutes; then scene after scene with a pause, for as
// long as somebody looks. Says each beginning to whoever listens; decides nothing about what is concluded.
import { type Planner, type Scene, scenes, settleSeconds } from './scenes.ts';
import type { Stage } from './stage.ts';

/** Seconds of the story between two scenes of the calm acts: each one ends before the next begins. */
const calmSeconds = 150;

export interface Play {
  readonly stage: Stage;
  readonly planner: Planner;
  readonly onScene: (scene: Scene, storySeconds: number) => void;
  readonly onCalm: () => void;
}

/** Begins now; ends with the stage. */
export function play(given: Play): void {
  const { stage, onCalm } = given;
  for (const scene of scenes) stage.after(scene.at, () => begin(given, scene, scene.at));
  const firstActSeconds = (scenes.at(-1)?.at ?? 0) + settleSeconds;
  stage.after(firstActSeconds, () => {
    onCalm();
    calmly(given, { next: 0, at: firstActSeconds + settleSeconds });
  });
}

function calmly(given: Play, { next, at }: { readonly next: number; readonly at: number }): void {
  const scene = scenes[next % scenes.length];
  if (scene === undefined) return;
  given.stage.after(settleSeconds, () => {
    begin(given, scene, at);
    given.stage.after(calmSeconds - settleSeconds, () =>
      calmly(given, { next: next + 1, at: at + calmSeconds }),
    );
  });
}

function begin({ stage, planner, onScene }: Play, scene: Scene, storySeconds: number): void {
  onScene(scene, storySeconds);
  scene.play(stage, planner);
}
