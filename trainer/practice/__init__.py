# SPDX-License-Identifier: Apache-2.0
"""What the app and the trainer must agree on to the letter: case, prompt, contract, gate, rubric, citations.

Context: a prompt or a parser that differs between training and use is the classic defect of trained products.
Choice: one package, standard library only, imported by both programs; its rule files are loaded from a folder that
the caller names, and the folder's hash travels in the trainer's `hello` so that two editions can never meet.
Turned down: a copy on each side with a test that compares them (drifts between releases), rules in Python (a school
could not read them).
"""
