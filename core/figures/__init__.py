"""Results in, figures out: plotly for 3-D and HTML, Pillow for PNG."""
