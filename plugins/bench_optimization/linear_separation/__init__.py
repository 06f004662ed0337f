"""Linear separation: how many passes over separable samples until a direction parts them."""
