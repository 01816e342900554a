# SPDX-License-Identifier: Apache-2.0
"""`python -m desktop` is the same as the command `circlekeeper`."""

from desktop.cli.main import main

if __name__ == "__main__":
    main()
