"""The study that is run unless a plan says otherwise: every task, d from 4 to 64, ten seeds."""

from __future__ import annotations

from hwsim.studies.paper.plan import (
    GradientsPlan,
    RemainsPlan,
    SensitivityPlan,
    StudyPlan,
    TaskPlan,
)

# K follows the task: a latch of one level where one of two things is kept, the counter's own two
# levels where it is counted, and room where nothing is known. Tasks whose answer depends on the
# order of the steps have two blocks: one CMRU block that is read at the end adds up its inputs,
# whatever their order.
USUAL = StudyPlan(
    tasks=(
        TaskPlan(task="japanese_vowels", readout="mean", steps=300, levels_half=7, target=0.9),
        TaskPlan(task="digits_by_row", steps=500, levels_half=7, target=0.85),
        TaskPlan(task="running_count", steps=400, levels_half=2, target=0.9),
        TaskPlan(task="copy_first", steps=300, levels_half=1, target=0.95, beta=1.0),
        TaskPlan(task="flip_flop", steps=400, levels_half=1, target=0.95, blocks=2),
        TaskPlan(task="digits_by_pixel", steps=600, levels_half=7, target=0.7, blocks=2),
        TaskPlan(task="digits_permuted", steps=600, levels_half=7, target=0.7, blocks=2),
        TaskPlan(task="list_ops", steps=400, levels_half=7, target=0.4, blocks=2),
        TaskPlan(task="pathfinder", steps=400, levels_half=7, target=0.7, blocks=2),
    ),
    sensitivity=SensitivityPlan(tasks=("digits_by_row", "copy_first")),
    gradients=GradientsPlan(tasks=("running_count", "copy_first", "flip_flop")),
    remains=RemainsPlan(tasks=("japanese_vowels", "digits_by_row", "running_count")),
)
