"""Linear losses on an interval, on which Adam walks to the wrong end."""
