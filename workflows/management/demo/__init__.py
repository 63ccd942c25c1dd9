"""The demo: invented people play real procedures on real, publicly documented AI systems."""
