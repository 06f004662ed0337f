"""Where runs happen. An executor takes a plan and yields records as they are made."""
