"""There is no solver in the file.

Caught by: `loads`, which says "defines no solver".
"""

problem = "pick_k"
