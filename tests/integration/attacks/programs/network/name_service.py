"""Asks for names, to carry words out in questions; no name service may answer or be asked."""

import socket

from kit import hand_in, must, refused

refused("name", socket.getaddrinfo, "word-out.example.org", 80)
refused("reverse", socket.gethostbyaddr, "192.0.2.1")
must("no resolver is configured", hold=not __import__("os").path.exists("/etc/resolv.conf"))
hand_in()
