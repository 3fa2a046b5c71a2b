"""What a lesson imports: the blank, probes that look inside JAX, figures."""
