"""The architectures, one file each: citation, Params, class."""
