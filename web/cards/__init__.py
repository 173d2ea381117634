"""Cards as SVG pictures, and badges: who is here and who fronts, for READMEs and forums."""
