"""Lets the tests find the SDK and the types of the interface."""

import sys
from pathlib import Path

SDK = Path(__file__).resolve().parent.parent / "sdk"
sys.path[:0] = [str(SDK), str(SDK / "bindings")]
