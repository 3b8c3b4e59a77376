"""Boxwright: label bounding boxes with a detector that learns from the corrections."""

from boxwright.config.offline import stay_offline

__version__ = "0.1.0"

# Before any other import of any process, since libraries read it as they load.
stay_offline()
