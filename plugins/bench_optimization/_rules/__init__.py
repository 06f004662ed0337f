"""Update rules: how a gradient moves parameters, one rule in a file.

`_driver.train` feeds a rule with gradients; `base.Rule` says what a rule is.
"""
