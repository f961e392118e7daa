"""Which network a spec is: its canonical form, its published name, its torchvision call."""
