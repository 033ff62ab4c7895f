"""Lets the tests find the module, the SDK and the types of the interface."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "sdk"), str(ROOT / "sdk" / "bindings")]
