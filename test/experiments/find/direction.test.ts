import { expect, test } from "vitest";
import { knownDirection } from "../../../src/experiments/find/direction.ts";

test.each([
  ["accuracy", "max"],
  ["validation.accuracy", "max"],
  ["val_acc", "max"],
  ["f1", "max"],
  ["roc_auc", "max"],
  ["eval/loss", "min"],
  ["log_loss", "min"],
  ["train.rmse", "min"],
  ["elapsed_time", "min"],
  ["epochs", undefined],
  ["size", undefined],
  ["", undefined],
])("%s: %s", (name, direction) => {
  expect(knownDirection(name)).toBe(direction);
});
