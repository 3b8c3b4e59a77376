"""Torch code. It imports torch at the top, so it is itself imported only inside functions of a training process."""

import os

from boxwright.config.paths import cache_dir

# Its optimizers make this folder, by default in the one for everybody's scratch, where nobody removes it.
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(cache_dir() / "torch"))
