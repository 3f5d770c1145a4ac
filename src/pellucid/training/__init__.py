"""Training, the only room besides the lab that imports torch: recipe in, model file out."""
