"""The run store, the trainer, the dispatcher and the worker."""
