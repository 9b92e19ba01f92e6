"""Devices that attempts lease: what this machine has, what a lease costs, how it is doing."""
