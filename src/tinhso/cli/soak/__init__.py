"""Long scenarios whose limits of time and load are asserted on a quiet machine: one file a scenario."""
