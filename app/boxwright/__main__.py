"""`python -m boxwright`."""

import sys

from boxwright.main import main

sys.exit(main())
