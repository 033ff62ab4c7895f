"""The main file of the component: connects `src/policy.py` with the module interface.

componentize-py imports it while it builds the component, and what is loaded then is all that there will be.
"""

import sys

import wit_world
from countersign import component, outside, warm_up
from countersign.log import Lines, unlogged

sys.stdout = sys.stderr = Lines()  # type: ignore[assignment]
outside.load()
outside.close()

# There is no log while the component is built.
with unlogged():
    import policy

_KIND = "decide" if hasattr(wit_world.WitWorld, "decide") else "validate"
_MODULE = component.find(policy)
if not hasattr(_MODULE, _KIND):
    _WANTED = {"decide": "a policy", "validate": "a validator"}[_KIND]
    raise TypeError(f"policy.py does not define {_WANTED}, which this builds")

WitWorld = component.world(_MODULE)
warm_up.warm_up(WitWorld(), _KIND)
outside.close_imports()
