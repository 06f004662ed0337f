"""Many samples of a noisy Clifford circuit: measurements, or detectors and observables."""
