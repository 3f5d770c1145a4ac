def page(command, done): return str(done)
