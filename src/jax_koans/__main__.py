"""`python -m jax_koans` is the `koans` command, for machines where that is not on the PATH."""

from jax_koans.cli import main

if __name__ == "__main__":
    main()
