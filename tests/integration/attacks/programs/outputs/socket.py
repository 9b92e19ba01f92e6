"""Leaves a socket as its table; it must be taken for what it is."""

import socket

socket.socket(socket.AF_UNIX).bind("/kaggle/working/submission.csv")
