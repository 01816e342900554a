# SPDX-License-Identifier: Apache-2.0
"""The Circlekeeper application: window, command line, vault, inference and the near side of training.

Who may import whom: `domain` only the standard library; adapters (`store`, `secrets`, `inference`, `training`) the
domain, `errors`, `ports` and their own library; `services` the domain and `ports`; `viewmodels` the services; `ui` the
view-models; `wiring` builds adapters and services for `app` and `cli`. Of `trainer` only `trainer.protocol` and
`trainer.practice` are imported, and no machine-learning library anywhere in here.
"""
