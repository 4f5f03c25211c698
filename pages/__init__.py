"""The pages: they pick, call core, and draw; they compute nothing."""
