"""Studies of calibration: rows held out by deployment, model, accelerator and time."""
